//! What a deployment may want otherwise.

use platform::http::Limit;
use platform::{Figure, SecretName};

/// How many messages of one kind a person gets in an hour; what is over it comes as one at the end of the hour.
#[derive(Debug)]
pub struct MessagesPerHour;

impl Figure for MessagesPerHour {
    type Value = u32;
    const NAME: &'static str = "MESSAGES_PER_HOUR";
    const DEFAULT: &'static str = "20";

    fn read(text: &str) -> Result<u32, String> {
        // More would not fit the item that counts them.
        text.parse()
            .ok()
            .filter(|most| *most <= 1000)
            .ok_or_else(|| "a number up to 1000 is expected".to_owned())
    }
}

/// Links of letters followed from one network, and in how many minutes. Mail services follow them for many people.
#[derive(Debug)]
pub struct Unsubscribes;

impl Limit for Unsubscribes {
    const NAME: &'static str = "UNSUBSCRIBE_LIMIT";
    const DEFAULT: &'static str = "1000,5";
}

/// Where the web client is. Letters link to it.
#[derive(Debug)]
pub struct SiteUrl;

impl Figure for SiteUrl {
    type Value = String;
    const NAME: &'static str = "SITE_URL";
    const DEFAULT: &'static str = "https://yarmarka.example";

    fn read(text: &str) -> Result<String, String> {
        url(text)
    }
}

/// Where the API is, as mail programs reach it.
#[derive(Debug)]
pub struct ApiUrl;

impl Figure for ApiUrl {
    type Value = String;
    const NAME: &'static str = "API_URL";
    const DEFAULT: &'static str = "https://api.yarmarka.example";

    fn read(text: &str) -> Result<String, String> {
        url(text)
    }
}

fn url(text: &str) -> Result<String, String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic()) && !text.contains(['<', '>', '"']);
    let known = text.starts_with("https://") || text.starts_with("http://");
    match plain && known {
        true => Ok(text.trim_end_matches('/').to_owned()),
        false => Err("a URL is expected".to_owned()),
    }
}

/// What identity seals codes with.
#[derive(Debug)]
pub struct CodeSeal;

impl SecretName for CodeSeal {
    const NAME: &'static str = "code-seal";
}

/// What makes the tokens of unsubscribe links.
#[derive(Debug)]
pub struct UnsubscribeKey;

impl SecretName for UnsubscribeKey {
    const NAME: &'static str = "unsubscribe";
}
