//! The token of an unsubscribe link: who does not want which letters any more. Only this context can make one, and
//! nobody can tell from one whose it is. It never expires: a letter may be read years later.

use crate::topic::Topic;
use kernel::AccountId;
use platform::seal::{open, seal};
use platform::signer::{base64url, from_base64url};
use platform::{Error, SecretValues};

const PURPOSE: &str = "notifications.unsubscribe";

/// The token for `account` to do without letters of `topic`.
pub fn token(key: &SecretValues, account: AccountId, topic: Topic) -> Result<String, Error> {
    let text = serde_json::to_vec(&(account, topic)).map_err(Error::broken)?;
    Ok(base64url(seal(&key.current, PURPOSE, &text)?.as_bytes()))
}

/// Who does not want what; `None` for a token that we did not make.
pub fn read(key: &SecretValues, token: &str) -> Option<(AccountId, Topic)> {
    let sealed = String::from_utf8(from_base64url(token)?).ok()?;
    let text = key.accepted().find_map(|key| open(key, PURPOSE, &sealed))?;
    serde_json::from_slice(&text).ok()
}
