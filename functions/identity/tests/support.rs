//! What the tests of identity share.

use identity::keys::Keys;
use kernel::Timestamp;
use platform::SecretValues;

/// So many seconds after the beginning.
pub fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(1_767_600_000_000).after(std::time::Duration::from_secs(seconds))
}

/// The server's key.
pub fn keys() -> Keys {
    Keys::new(&SecretValues { current: vec![7; 32], previous: None }).unwrap()
}

/// The key after a rotation, with or without the one before.
pub fn other_keys(with_previous: bool) -> Keys {
    let previous = with_previous.then(|| vec![7; 32]);
    Keys::new(&SecretValues { current: vec![8; 32], previous }).unwrap()
}
