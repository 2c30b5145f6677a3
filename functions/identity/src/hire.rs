//! What became of hirings: each makes an account a worker's once. Pure.

use kernel::{AccountId, ApplicationId, Timestamp};
use serde::{Deserialize, Serialize};

/// A hiring that was dealt with. Written once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Hire {
    /// Who was hired.
    pub account: AccountId,
    /// On which application.
    pub application: ApplicationId,
    /// When the role was granted.
    pub granted_at: Timestamp,
}

impl Hire {
    /// Why the roles changed, for the record.
    pub fn reason(&self) -> String {
        format!("Hired on {}", self.application)
    }
}
