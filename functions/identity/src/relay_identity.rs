//! Publishes what changes of accounts announce: `identity.account-registered.v1`, `identity.contact-verified.v1`,
//! `identity.code-issued.v1`, `identity.roles-changed.v1`, `identity.account-locked.v1`,
//! `identity.sessions-revoked.v1`, `identity.client-admitted.v1`.
//!
//! Reads the stream of the identity table; writes nothing. No event holds a contact, and a code only sealed.

use crate::access::{Access, AccessEvent};
use crate::account::{Account, AccountEvent};
use crate::admission::{Admission, AdmissionEvent};
use crate::challenge::{Challenge, ChallengeEvent};
use crate::roles::{RoleChange, RoleEvent};
use contracts::identity::{
    AccountLocked, AccountRegistered, ClientAdmitted, CodeIssued, ContactVerified, Published, RolesChanged,
    SessionsRevoked,
};
use platform::{Change, Error, Function, Item, relay};

/// The relay of the identity table
pub fn function() -> Function {
    relay::from_outbox(relay_identity)
}

/// The events of one change, in the order of its outbox.
pub async fn relay_identity(change: Change) -> Result<Vec<Published>, Error> {
    match change.kind() {
        Account::KIND => {
            let (account, outbox) = change.read::<Account>()?;
            Ok(outbox.events.into_iter().map(|event| of_account(&account, event)).collect())
        }
        Access::KIND => {
            let (access, outbox) = change.read::<Access>()?;
            Ok(outbox.events.into_iter().map(|event| of_access(&access, event)).collect())
        }
        Challenge::KIND => {
            let (challenge, outbox) = change.read::<Challenge>()?;
            Ok(outbox.events.into_iter().map(|ChallengeEvent::Issued| issued(&challenge).into()).collect())
        }
        RoleChange::KIND => {
            let (roles, outbox) = change.read::<RoleChange>()?;
            Ok(outbox.events.into_iter().map(|RoleEvent::Changed| changed(&roles).into()).collect())
        }
        Admission::KIND => {
            let (client, outbox) = change.read::<Admission>()?;
            Ok(outbox.events.into_iter().map(|AdmissionEvent::Admitted| admitted(&client).into()).collect())
        }
        _ => Err(Error::broken(format!("{} announces nothing", change.key))),
    }
}

fn of_account(account: &Account, event: AccountEvent) -> Published {
    let account = account.id;
    match event {
        AccountEvent::Registered => AccountRegistered { account }.into(),
        AccountEvent::Verified { kind } => ContactVerified { account, kind }.into(),
    }
}

fn of_access(access: &Access, event: AccessEvent) -> Published {
    let account = access.account;
    match event {
        AccessEvent::Locked { until } => AccountLocked { account, until }.into(),
        AccessEvent::TokenReused => SessionsRevoked { account, reason: "token-reuse".to_owned() }.into(),
    }
}

fn admitted(client: &Admission) -> ClientAdmitted {
    ClientAdmitted {
        account: client.account,
        source: client.source.clone(),
        external_id: client.external_id.clone(),
        known: client.known,
    }
}

fn issued(challenge: &Challenge) -> CodeIssued {
    CodeIssued {
        account: challenge.account,
        kind: challenge.kind,
        purpose: challenge.purpose,
        sealed: challenge.sealed.clone(),
        expires_at: challenge.expires_at,
    }
}

fn changed(change: &RoleChange) -> RolesChanged {
    RolesChanged {
        account: change.account,
        roles: change.roles.names(),
        by: change.by,
    }
}
