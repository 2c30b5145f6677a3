//! A stock keeping unit: the code a variant of a product is sold, priced and counted under.

/// A stock keeping unit: 1 to 40 of `A–Z a–z 0–9 . _ -`, compared to the letter.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct Sku(String);

impl Sku {
    /// The longest code, in characters.
    pub const MAX: usize = 40;

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Sku {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if text.is_empty() || text.len() > Self::MAX || !text.bytes().all(known) {
            return Err(format!("a SKU is 1 to {} letters, digits, dots, dashes or underscores", Self::MAX));
        }
        Ok(Self(text))
    }
}

impl std::str::FromStr for Sku {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.to_owned().try_into()
    }
}

impl std::fmt::Display for Sku {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl schemars::JsonSchema for Sku {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Sku".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A stock keeping unit.",
            "pattern": "^[A-Za-z0-9._-]{1,40}$",
            "examples": ["85123A"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_with_other_characters_are_refused() {
        assert!("85123A".parse::<Sku>().is_ok());
        for text in ["", "a b", "a/b", "шарф", "a#b", &"x".repeat(41)] {
            assert!(text.parse::<Sku>().is_err(), "{text}");
        }
    }
}
