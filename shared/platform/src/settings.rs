//! What a function is told at deployment. Only the Lambda shell reads the environment; secrets are never settings.

use crate::Error;
use std::collections::BTreeMap;

/// The function's own table.
pub const TABLE: &str = "TABLE";
/// The ARN of the context's own topic.
pub const TOPIC: &str = "TOPIC";
/// The epoch of the context's table: raised by one after a restore to an earlier point in time.
pub const EPOCH: &str = "EPOCH";
/// The issuer of access tokens, a URL.
pub const ISSUER: &str = "ISSUER";
/// The audience of access tokens.
pub const AUDIENCE: &str = "AUDIENCE";

/// Begins the names of the deployment's functions.
pub const FUNCTIONS: &str = "FUNCTIONS";
/// Begins the names of the deployment's secrets.
pub const SECRETS: &str = "SECRETS";
/// The bucket where relays park what they cannot announce.
pub const PARKING: &str = "PARKING";
/// The keys that sign access tokens, separated by commas; the first one signs.
pub const SIGNING_KEYS: &str = "SIGNING_KEYS";
/// The address that e-mails come from.
pub const MAIL_FROM: &str = "MAIL_FROM";
/// The SES configuration set that reports deliveries.
pub const MAIL_EVENTS: &str = "MAIL_EVENTS";
/// The e-mail address whose owner becomes the first admin by verifying it.
pub const FIRST_ADMIN: &str = "FIRST_ADMIN";

/// The setting with the base URL of a partner's API: `PARTNER_STRIPE`.
pub fn partner_url(name: &str) -> String {
    format!("PARTNER_{}", name.to_ascii_uppercase().replace('-', "_"))
}

/// Where uploads go, if not to the storage's own address.
pub const UPLOADS_AT: &str = "UPLOADS_AT";

/// The setting with a bucket's name: `BUCKET_JOB_PHOTOS`.
pub fn bucket_setting(name: &str) -> String {
    format!("BUCKET_{}", name.to_ascii_uppercase().replace('-', "_"))
}

/// Settings by name.
#[derive(Clone, Debug, Default)]
pub struct Settings(BTreeMap<String, String>);

impl Settings {
    /// These settings.
    pub fn new<K: Into<String>, V: Into<String>>(settings: impl IntoIterator<Item = (K, V)>) -> Self {
        Self(settings.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// The setting `name`; an error if the deployment forgot it.
    pub fn get(&self, name: &str) -> Result<&str, Error> {
        self.0
            .get(name)
            .map(String::as_str)
            .ok_or_else(|| Error::broken(format!("setting {name} is missing")))
    }

    /// The setting `name`, if the deployment has it and it says something.
    pub fn optional(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// [`EPOCH`] as a number.
    pub fn epoch(&self) -> Result<u32, Error> {
        self.get(EPOCH)?.parse().map_err(|_| Error::broken("setting EPOCH is no number"))
    }
}
