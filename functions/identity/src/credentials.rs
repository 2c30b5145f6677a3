//! Who wants to sign in, and whether they prove it. Pure.
//!
//! An address that nobody claimed is tried like any other: against a hash that no password has, at the same cost, and
//! with failures counted under an id that stands for the address. What is answered does not depend on it.

use crate::account::Account;
use crate::address::Address;
use crate::keys::Keys;
use crate::partner::{Partner, PartnerSecret};
use crate::password::{TriedPassword, decoy};
use crate::roles::Roles;
use crate::settings::Cost;
use contracts::identity::ContactKind;
use kernel::id::Id;
use kernel::{AccountId, Digest, Role, Timestamp};
use platform::Error;

/// What somebody gives to sign in.
#[derive(Debug)]
pub enum Credentials {
    /// A person: an address and a password.
    Person(Address, TriedPassword),
    /// A partner's machine.
    Partner(AccountId, PartnerSecret),
}

/// Who the credentials are of, if they are good.
#[derive(Debug)]
pub struct Candidate {
    /// The account; of an address that nobody claimed, an id that stands for it.
    pub account: AccountId,
    /// The kind of address that failures count against. A partner's do not.
    pub kind: Option<ContactKind>,
    /// Whether there is such an account.
    pub exists: bool,
    /// Its roles.
    pub roles: Roles,
    proof: Proof,
}

#[derive(Debug)]
enum Proof {
    Password(TriedPassword, String),
    Secret(bool),
}

impl Candidate {
    /// A person; `account` is what is known under the address.
    pub fn person(
        account: Option<Account>,
        stand_in: AccountId,
        kind: ContactKind,
        tried: TriedPassword,
        cost: Cost,
    ) -> Self {
        let (id, exists) = (account.as_ref().map_or(stand_in, |account| account.id), account.is_some());
        let (roles, hash) = account.map_or_else(|| (Roles::default(), decoy(cost)), |a| (a.roles, a.password));
        Self {
            account: id,
            kind: Some(kind),
            exists,
            roles,
            proof: Proof::Password(tried, hash),
        }
    }

    /// A partner; `partner` is what is known under the id.
    pub fn partner(id: AccountId, partner: Option<&Partner>, secret: &PartnerSecret, now: Timestamp) -> Self {
        let is_good = partner.is_some_and(|partner| partner.accepts(secret, now));
        Self {
            account: id,
            kind: None,
            exists: partner.is_some(),
            roles: Roles::of([Role::Partner]),
            proof: Proof::Secret(is_good),
        }
    }

    /// Whether they prove it. Of a password that is slow, on purpose.
    pub fn proves(&self) -> Result<bool, Error> {
        match &self.proof {
            Proof::Password(tried, hash) => Ok(tried.verify(hash)? & self.exists),
            Proof::Secret(is_good) => Ok(*is_good),
        }
    }
}

/// The id that stands for an address while nobody has claimed it. Nobody else can tell which.
pub fn stand_in(address: &Address, keys: &Keys) -> AccountId {
    let parts = [address.kind().name().to_owned(), address.canonical()];
    AccountId::from_digest(&Digest::of([keys.current().derive("nobody", parts)]))
}
