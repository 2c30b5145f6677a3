//! The items of the identity table, their keys, and the queries by name.
//!
//! | item | pk | sk | announces |
//! | --- | --- | --- | --- |
//! | [`Account`]: contacts, password hash, roles | `acc_…` | `account` | registered, contact verified |
//! | [`Access`]: sessions, failures to sign in | `acc_…` | `access` | locked, token reused |
//! | [`Challenge`] of a contact | `acc_…` | `code#email`, `code#phone` | code issued |
//! | [`RoleChange`], written once | `acc_…` | `role-change#000001` | roles changed |
//! | [`Hire`] that was dealt with, written once | `acc_…` | `hire#app_…` | |
//! | [`Partner`] | `acc_…` | `partner` | |
//! | [`Admission`] of a partner's client | `client#<digest>` | `client` | client admitted |
//! | [`Claim`] of a verified address | `contact#<digest>` | `claim` | |
//! | [`Admins`], one | `admins` | `admins` | |
//!
//! Contact details stand in the account alone. A claim's key is a digest of the address; who asks for an address
//! knows it, who sees a key does not learn it. An address is claimed when it is verified, not when somebody
//! registers with it, so registering tells nobody whether it is known.
//!
//! Failures with an address that nobody claimed are counted like others, in an access item under an id that stands for
//! the address; those items alone carry a time to live (a number `expires_at`) and are forgotten.

use crate::access::{Access, AccessEvent};
use crate::account::{Account, AccountEvent};
use crate::address::Address;
use crate::admission::{Admission, AdmissionEvent};
use crate::challenge::{Challenge, ChallengeEvent};
use crate::credentials::{Candidate, Credentials, stand_in};
use crate::hire::Hire;
use crate::keys::Keys;
use crate::partner::Partner;
use crate::roles::{Admins, RoleChange, RoleEvent};
use crate::settings::Cost;
use contracts::identity::ContactKind;
use kernel::{AccountId, ApplicationId, Digest, Timestamp};
use platform::{Error, Item, Key, Never, TableReader};
use serde::{Deserialize, Serialize};

impl Item for Account {
    type Event = AccountEvent;
    const KIND: &'static str = "account";
    /// An account announces that it is there, and each contact once.
    const HISTORY: bool = true;

    fn key(&self) -> Key {
        account_key(self.id)
    }
}

impl Item for Access {
    type Event = AccessEvent;
    const KIND: &'static str = "access";

    fn key(&self) -> Key {
        access_key(self.account)
    }
}

impl Item for Challenge {
    type Event = ChallengeEvent;
    const KIND: &'static str = "code";

    fn key(&self) -> Key {
        challenge_key(self.account, self.kind)
    }
}

impl Item for RoleChange {
    type Event = RoleEvent;
    const KIND: &'static str = "role-change";

    fn key(&self) -> Key {
        Key::new(self.account, format!("{}#{:06}", Self::KIND, self.number))
    }
}

impl Item for Partner {
    type Event = Never;
    const KIND: &'static str = "partner";

    fn key(&self) -> Key {
        partner_key(self.id)
    }
}

impl Item for Admins {
    type Event = Never;
    const KIND: &'static str = "admins";

    fn key(&self) -> Key {
        admins_key()
    }
}

impl Item for Hire {
    type Event = Never;
    const KIND: &'static str = "hire";

    fn key(&self) -> Key {
        hire_key(self.account, self.application)
    }
}

/// The key of a hiring.
pub fn hire_key(account: AccountId, application: ApplicationId) -> Key {
    Key::new(account, format!("{}#{application}", Hire::KIND))
}

impl Item for Admission {
    type Event = AdmissionEvent;
    const KIND: &'static str = "client";
    /// It is announced when it is made, and heard of again later.
    const HISTORY: bool = true;

    fn key(&self) -> Key {
        admission_key(&self.source, &self.external_id)
    }
}

/// The key of a partner's client.
pub fn admission_key(source: &str, external_id: &str) -> Key {
    let digest = Digest::of([source, external_id]).short(26);
    Key::new(format!("{}#{digest}", Admission::KIND), Admission::KIND)
}

/// Whose a verified address is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Claim {
    /// The digest of the address.
    pub address: String,
    /// The account.
    pub account: AccountId,
    /// When it was claimed.
    pub claimed_at: Timestamp,
}

impl Item for Claim {
    type Event = Never;
    const KIND: &'static str = "claim";

    fn key(&self) -> Key {
        Key::new(format!("contact#{}", self.address), Self::KIND)
    }
}

/// The key of an account.
pub fn account_key(account: AccountId) -> Key {
    Key::new(account, Account::KIND)
}

/// The key of an account's sessions and failures.
pub fn access_key(account: AccountId) -> Key {
    Key::new(account, Access::KIND)
}

/// The key of a contact's challenge.
pub fn challenge_key(account: AccountId, kind: ContactKind) -> Key {
    Key::new(account, format!("{}#{}", Challenge::KIND, kind.name()))
}

/// The key of a partner.
pub fn partner_key(partner: AccountId) -> Key {
    Key::new(partner, Partner::KIND)
}

/// The key of an address's claim.
pub fn claim_key(address: &Address) -> Key {
    Key::new(format!("contact#{}", address.digest()), Claim::KIND)
}

/// The key of the list of admins.
pub fn admins_key() -> Key {
    Key::new(Admins::KIND, Admins::KIND)
}

/// Who these credentials are of. It takes the same reads whether there is anybody.
pub async fn candidate(
    identity: &TableReader,
    credentials: Credentials,
    keys: &Keys,
    cost: Cost,
    now: Timestamp,
) -> Result<Candidate, Error> {
    match credentials {
        Credentials::Person(address, password) => {
            let stand_in = stand_in(&address, keys);
            let claim = identity.get::<Claim>(&claim_key(&address)).await?;
            let account = claim.map_or(stand_in, |claim| claim.value.account);
            let account = identity.get::<Account>(&account_key(account)).await?.map(|account| account.value);
            Ok(Candidate::person(account, stand_in, address.kind(), password, cost))
        }
        Credentials::Partner(id, secret) => {
            let partner = identity.get::<Partner>(&partner_key(id)).await?.map(|partner| partner.value);
            Ok(Candidate::partner(id, partner.as_ref(), &secret, now))
        }
    }
}
