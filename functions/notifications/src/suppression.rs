//! Addresses that are not written to any more: they do not exist, or their owner complained.
//!
//! The address itself is not kept, only what tells whether the person's present one is the same.

use crate::channel::Channel;
use crate::notice::Notice;
use kernel::{AccountId, Digest, Timestamp};
use serde::{Deserialize, Serialize};

/// What is known against a person's address.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Suppression {
    /// Whose.
    pub account: AccountId,
    /// Of which channel.
    pub channel: Channel,
    /// The address, as [`fingerprint`] has it.
    pub address: String,
    /// What is known.
    pub reason: Complaint,
    /// Since when.
    pub at: Timestamp,
}

/// What is known against an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Complaint {
    /// It does not exist.
    Bounced,
    /// Its owner called our mail unwanted.
    Complained,
}

/// What a suppression announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SuppressionEvent {
    /// The address is not written to any more.
    Suppressed,
}

impl Complaint {
    /// As events write it.
    pub fn name(self) -> &'static str {
        match self {
            Complaint::Bounced => "bounce",
            Complaint::Complained => "complaint",
        }
    }
}

impl Suppression {
    /// Whether `notice` may not go to `address`. Who complained still gets the codes that they ask for.
    pub fn stops(&self, notice: &Notice, address: &str) -> bool {
        let wanted = self.reason == Complaint::Complained && matches!(notice, Notice::Code { .. });
        self.address == fingerprint(self.account, address) && !wanted
    }

    /// Whether this much is known of the address already. That it does not exist is more than a complaint.
    pub fn covers(&self, address: &str, reason: Complaint) -> bool {
        self.address == address && (self.reason == reason || self.reason == Complaint::Bounced)
    }
}

/// Tells whether two addresses of a person are the same, whatever their case.
pub fn fingerprint(account: AccountId, address: &str) -> String {
    Digest::of([account.to_string(), address.trim().to_lowercase()]).short(26)
}
