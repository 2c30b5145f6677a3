//! Parameters: `application/x-www-form-urlencoded`, nested names in brackets.

use super::refusal::Refusal;
use kernel::Digest;
use std::collections::BTreeMap;

/// The most entries, and the longest names and values, of metadata.
const METADATA: (usize, usize, usize) = (50, 40, 500);

/// The parameters of a request.
#[derive(Clone, Debug, Default)]
pub struct Form(BTreeMap<String, String>);

impl Form {
    /// Reads a body or a query.
    pub fn parse(bytes: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(bytes).into_owned().collect())
    }

    /// With those of `other` too.
    pub fn extend(&mut self, other: Form) {
        self.0.extend(other.0);
    }

    /// Takes a parameter out.
    pub fn remove(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    /// A parameter that says something.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// A parameter that must be there.
    pub fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name).ok_or_else(|| Refusal::missing(name))
    }

    /// A whole number.
    pub fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        text.parse()
            .map(Some)
            .map_err(|_| Refusal::parameter("parameter_invalid_integer", name, format!("Invalid integer: {text}")))
    }

    /// A truth value; false if it is not there.
    pub fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.text(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => {
                Err(Refusal::parameter("parameter_invalid_boolean", name, format!("Invalid boolean: {other}")))
            }
        }
    }

    /// `metadata[…]`.
    pub fn metadata(&self) -> Result<BTreeMap<String, String>, Refusal> {
        let mut metadata = BTreeMap::new();
        for (name, value) in &self.0 {
            let Some(key) = name.strip_prefix("metadata[").and_then(|rest| rest.strip_suffix(']')) else {
                continue;
            };
            if key.chars().count() > METADATA.1 || value.chars().count() > METADATA.2 {
                return Err(Refusal::invalid("Metadata keys may be 40 and values 500 characters long."));
            }
            metadata.insert(key.to_owned(), value.clone());
        }
        match metadata.len() {
            entries if entries > METADATA.0 => Err(Refusal::invalid("Metadata may have 50 keys.")),
            _ => Ok(metadata),
        }
    }

    /// Refuses parameters that the endpoint does not have.
    pub fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        let top = |name: &String| name.split('[').next().unwrap_or_default().to_owned();
        match self.0.keys().map(top).find(|name| !known.contains(&name.as_str())) {
            Some(name) => {
                Err(Refusal::parameter("parameter_unknown", &name, format!("Received unknown parameter: {name}")))
            }
            None => Ok(()),
        }
    }

    /// Tells requests with other parameters apart.
    pub fn fingerprint(&self) -> String {
        Digest::of(self.0.iter().flat_map(|(name, value)| [name, value])).short(26)
    }
}
