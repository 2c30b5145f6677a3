//! Somebody was hired: their account becomes a worker's.
//!
//! Consumes `hiring.worker-hired.v1`. One transaction writes the roles, the record of the change, which announces
//! `identity.roles-changed.v1`, and that this very hiring was dealt with: an event that comes again, however late, does
//! not give back what an admin took away since. Tokens carry the role from their next renewal.

use crate::account::Account;
use crate::hire::Hire;
use crate::roles::RoleEvent;
use crate::store;
use contracts::hiring::WorkerHired;
use kernel::Role;
use platform::{Commit, Error, Function, Now, On, Table, events};

/// How often this is decided anew when something changes in between.
const DECISIONS: usize = 8;

/// On `hiring.worker-hired.v1`
pub fn function() -> Function {
    events::on(grant_worker)
}

/// Grants the role, once for each hiring.
pub async fn grant_worker(event: On<WorkerHired>, Now(now): Now, identity: Table) -> Result<(), Error> {
    let hire = Hire {
        account: event.worker,
        application: event.application,
        granted_at: now,
    };
    let (hire_key, account_key) = (store::hire_key(hire.account, hire.application), store::account_key(hire.account));
    for _ in 0..DECISIONS {
        let (known, account) =
            platform::both(identity.get::<Hire>(&hire_key), identity.get::<Account>(&account_key)).await?;
        if known.is_some() {
            return Ok(());
        }
        let account = account.ok_or_else(|| Error::broken(format!("{} was hired and has no account", hire.account)))?;
        let mut transaction = identity.transaction().create(&hire, Vec::new());
        let roles = account.value.roles.with(Role::Worker);
        if let Some((next, change)) = account.value.with_roles(roles, None, &hire.reason(), now) {
            transaction = transaction.replace(&account, &next, Vec::new()).create(&change, vec![RoleEvent::Changed]);
        }
        if let Commit::Done = transaction.commit().await? {
            return Ok(());
        }
    }
    Err(Error::contended(format!("{account_key} kept changing")))
}
