//! What is derived with the server's key: which questions a candidate gets, and the marks by which two applications of
//! one person are recognised. Nobody who reads the table or knows a candidate can work out either.

use crate::person::Person;
use aws_lc_rs::hmac;
use kernel::{ApplicationId, Digest, TestId};
use platform::{Error, SecretValues};

/// The shortest key, in bytes.
const SHORTEST: usize = 16;

/// The server's key, and the one before its last rotation.
pub struct Keys {
    current: hmac::Key,
    previous: Option<hmac::Key>,
}

impl Keys {
    /// From the secret's values.
    pub fn new(values: &SecretValues) -> Result<Self, Error> {
        let key = |value: &Vec<u8>| {
            if value.len() < SHORTEST {
                return Err(Error::broken("the server's key is too short"));
            }
            Ok(hmac::Key::new(hmac::HMAC_SHA256, value))
        };
        Ok(Self {
            current: key(&values.current)?,
            previous: values.previous.as_ref().map(key).transpose()?,
        })
    }

    /// `drawn` of the numbers below `questions`, in the order in which the candidate gets them: the same whenever this
    /// application begins this edition of the test.
    pub fn draw(
        &self,
        application: ApplicationId,
        test: TestId,
        edition: u32,
        questions: u16,
        drawn: usize,
    ) -> Vec<u16> {
        let scope = format!("{application} {test} {edition}");
        let mut numbers: Vec<u16> = (0..questions).collect();
        numbers.sort_by_cached_key(|number| derive(&self.current, "draw", &[&scope, &number.to_string()]));
        numbers.truncate(drawn);
        numbers
    }

    /// The marks under which applications of this person may stand, the current key's first.
    pub fn marks(&self, person: &Person) -> Vec<String> {
        let [name, birth_date] = person.likeness();
        let mark = |key: &hmac::Key| derive(key, "likeness", &[&name, &birth_date]);
        std::iter::once(&self.current).chain(&self.previous).map(mark).collect()
    }
}

/// 128 bits that only who knows the key can tell from chance.
fn derive(key: &hmac::Key, purpose: &str, parts: &[&str]) -> String {
    let mut hash = hmac::Context::with_key(key);
    for part in std::iter::once(&purpose).chain(parts) {
        hash.update(&(part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    Digest::of([hash.sign()]).short(26)
}
