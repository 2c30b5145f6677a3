//! S3, as far as functions use it: they put objects.

use crate::outside::Answer;
use std::collections::BTreeMap;

/// The bucket where relays park what they cannot announce.
pub const PARKING: &str = "local-parking";

/// Objects by bucket and key.
#[derive(Debug, Default)]
pub struct Objects(pub BTreeMap<String, Vec<u8>>);

impl Objects {
    /// Answers `PutObject`.
    pub fn put(&mut self, target: &str, body: &[u8]) -> Answer {
        self.0.insert(target.to_owned(), body.to_vec());
        Answer {
            headers: vec![("etag", "\"local\"".to_owned())],
            ..Answer::new(200, "")
        }
    }
}
