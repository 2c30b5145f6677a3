//! E-mail addresses and phone numbers: what people type, and what makes two of them the same.
//!
//! Little is normalised, because whoever owns the mailbox decides: a domain is case-blind and has an ASCII form; local
//! parts are compared without case, which every large provider does; dots and `+tags` tell mailboxes apart. Of a phone
//! number only its punctuation goes; a number without its country is refused, never completed.

use contracts::identity::ContactKind;
use kernel::Digest;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The longest e-mail address that is delivered to (RFC 5321), in bytes.
const MAX_EMAIL: usize = 254;
const MAX_LOCAL_PART: usize = 64;
/// What a phone number may be written with, in characters.
const MAX_PHONE_TEXT: usize = 40;

/// An e-mail address: its local part as typed, its domain in lower case and ASCII.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// The address as mail is sent to.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two spellings of one address have in common.
    pub fn canonical(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl TryFrom<String> for Email {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let text = text.trim();
        // Bounded before anything is computed from it; a domain may be shorter in its ASCII form, not by this much.
        if text.len() > 4 * MAX_EMAIL {
            return Err(format!("an e-mail address has at most {MAX_EMAIL} characters"));
        }
        let (local, domain) = text.rsplit_once('@').ok_or("an e-mail address looks like name@example.com")?;
        check_local_part(local)?;
        let email = format!("{local}@{}", ascii_domain(domain)?);
        if email.len() > MAX_EMAIL {
            return Err(format!("an e-mail address has at most {MAX_EMAIL} characters"));
        }
        Ok(Self(email))
    }
}

/// A dot-atom (RFC 5322) in ASCII: what mail providers deliver to. Quoted local parts exist on paper only.
fn check_local_part(local: &str) -> Result<(), String> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    let is_dot_atom = local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(known));
    match is_dot_atom && local.len() <= MAX_LOCAL_PART {
        true => Ok(()),
        false => Err("before the @ stand 1 to 64 Latin letters, digits and a few signs".to_owned()),
    }
}

/// The domain as DNS knows it: in lower case, letters of other scripts encoded.
fn ascii_domain(domain: &str) -> Result<String, String> {
    let wrong = || "after the @ stands a domain, such as example.com".to_owned();
    let domain = idna::domain_to_ascii_strict(domain).map_err(|_| wrong())?;
    let is_name = domain.split('.').count() >= 2;
    let is_no_number = domain.rsplit('.').next().is_some_and(|top| top.bytes().any(|byte| byte.is_ascii_lowercase()));
    if is_name && is_no_number { Ok(domain) } else { Err(wrong()) }
}

/// A phone number in its international form (E.164): `+` and 8 to 15 digits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// The number as it is dialled.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Phone {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.chars().count() > MAX_PHONE_TEXT {
            return Err(format!("a phone number is written with at most {MAX_PHONE_TEXT} characters"));
        }
        if text.contains("(0)") {
            return Err("leave out the (0): it is not dialled from abroad".to_owned());
        }
        let number: String = text.chars().filter(|letter| !is_punctuation(*letter)).collect();
        let digits = number.strip_prefix('+').ok_or("a phone number begins with + and the code of its country")?;
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
        match is_number && (8..=15).contains(&digits.len()) {
            true => Ok(Self(number)),
            false => Err("a phone number is + and 8 to 15 digits".to_owned()),
        }
    }
}

/// What people and address books put between digits: blanks, dashes, brackets, dots, and the invisible marks that
/// keep a number from being turned around in a text that is written from right to left.
fn is_punctuation(letter: char) -> bool {
    let is_blank = matches!(letter, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}');
    let is_sign = matches!(letter, '-' | '(' | ')' | '.' | '\u{2010}'..='\u{2015}');
    let is_mark = matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    is_blank || is_sign || is_mark
}

/// One or the other.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// An e-mail address.
    Email(Email),
    /// A phone number.
    Phone(Phone),
}

impl Address {
    /// Which of the two.
    pub fn kind(&self) -> ContactKind {
        match self {
            Address::Email(_) => ContactKind::Email,
            Address::Phone(_) => ContactKind::Phone,
        }
    }

    /// What two spellings of it have in common.
    pub fn canonical(&self) -> String {
        match self {
            Address::Email(email) => email.canonical(),
            Address::Phone(phone) => phone.0.clone(),
        }
    }

    /// Names the address in keys, which end up in messages and metrics. Not keyed, so that it outlives every key: the
    /// account beside it holds the address anyway.
    pub fn digest(&self) -> String {
        Digest::of(["contact", self.kind().name(), &self.canonical()]).short(26)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> String {
        email.0
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> String {
        phone.0
    }
}

// Personal data stays out of logs, whoever prints a value.
impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Email(…)")
    }
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Phone(…)")
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Address({})", self.kind().name())
    }
}

impl JsonSchema for Email {
    fn schema_name() -> Cow<'static, str> {
        "Email".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "email",
            "description": "An e-mail address.",
            "maxLength": MAX_EMAIL,
            "examples": ["maria@example.com"],
        })
    }
}

impl JsonSchema for Phone {
    fn schema_name() -> Cow<'static, str> {
        "Phone".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A phone number with the code of its country; blanks, dashes and brackets do not matter.",
            "maxLength": MAX_PHONE_TEXT,
            "examples": ["+44 20 7946 0018"],
        })
    }
}
