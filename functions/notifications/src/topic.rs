//! What notices are about, and how far people may do without them.

use serde::{Deserialize, Serialize};

/// What people may choose channels for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// How orders get on.
    Orders,
    /// Receipts, refunds, failed payments, invoices, payouts.
    Payments,
}

/// How far a person may do without it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nature {
    /// Codes and notices about the account's safety: always, at once, and not a matter of preferences.
    Security,
    /// What the law or the contract wants told: through the channels of the topic, or by e-mail if there are none.
    Transactional(Topic),
    /// What the person asked the marketplace for and waits to hear: by e-mail, and not a matter of preferences.
    Official,
    /// As the person likes.
    Optional(Topic),
}
