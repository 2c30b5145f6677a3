//! An admin says what somebody is to the marketplace.
//!
//! Called by an admin with all roles that the account is to have, and why; `If-Match` guards against overwriting a
//! colleague's change. Writes the roles and the record of the change, which announces `identity.roles-changed.v1`.
//! Tokens carry the new roles from their next renewal, ten minutes later at most. Asking for what is already so changes
//! and records nothing. The last admin stays one.

use crate::account::Account;
use crate::get_roles::RolesView;
use crate::roles::{Admins, MAX_ADMINS, NotAllowed, RoleEvent, RoleName, Roles};
use crate::store;
use derive::Refusal;
use kernel::{AccountId, List, Role, Text};
use platform::http::caller::Admin;
use platform::http::{self, IfMatch, Json, Path, Staff};
use platform::{Commit, Error, Failure, Function, Now, Table};
use schemars::JsonSchema;
use serde::Deserialize;

/// How often this is decided anew when something changes in between.
const DECISIONS: usize = 8;

/// What the account is to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"roles": ["customer", "manager"], "reason": "Runs the shop from Monday"}))]
pub struct ChangeRoles {
    /// All of its roles.
    pub roles: List<RoleName, 0, 12>,
    /// Why, for the record.
    pub reason: Text<1, 500>,
}

/// Why roles are not changed.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The last admin would go.
    #[problem(409, "last-admin", "Make somebody else an admin first.")]
    LastAdmin,
    /// There are too many admins.
    #[problem(409, "too-many-admins", "There are {at_most} admins, which is as many as there may be.")]
    TooManyAdmins {
        /// How many there may be.
        at_most: usize,
    },
    /// The role cannot be granted to a person.
    #[problem(422, "role-not-grantable", "Partners are created with POST /v1/partners.")]
    NotGrantable,
}

/// `PUT /v1/accounts/{account}/roles`
pub fn function() -> Function {
    http::put("/v1/accounts/{account}/roles", change_roles)
}

/// Writes roles and record at once, and the list of admins if it changes.
pub async fn change_roles(
    admin: Staff<Admin>,
    Path(id): Path<AccountId>,
    seen: IfMatch,
    Json(request): Json<ChangeRoles>,
    Now(now): Now,
    identity: Table,
) -> Result<http::Ok<RolesView>, Failure<Refused>> {
    let wanted = Roles::of(request.roles.iter().map(|role| role.0));
    if wanted.has(Role::Partner) {
        return Err(Refused::NotGrantable.into());
    }
    let (account_key, admins_key) = (store::account_key(id), store::admins_key());
    for _ in 0..DECISIONS {
        let found = platform::both(identity.get::<Account>(&account_key), identity.get::<Admins>(&admins_key)).await?;
        let (Some(account), admins) = found else {
            return Err(http::not_found());
        };
        let view = |version| http::Ok::at(version, RolesView { account: id, roles: wanted.clone() });
        let changed = account.value.with_roles(wanted.clone(), Some(admin.account), request.reason.as_str(), now);
        let Some((next, change)) = changed else {
            return Ok(view(account.version));
        };
        seen.check(account.version)?;
        let mut transaction = identity.transaction().replace(&account, &next, Vec::new());
        transaction = transaction.create(&change, vec![RoleEvent::Changed]);
        let known = admins.as_ref().map(|admins| admins.value.clone()).unwrap_or_default();
        if let Some(next) = known.after(id, &wanted)? {
            transaction = transaction.write(admins.as_ref(), &next, Vec::new());
        }
        if let Commit::Done = transaction.commit().await? {
            return Ok(view(account.version + 1));
        }
    }
    Err(Failure::Failed(Error::contended(format!("{account_key} kept changing"))))
}

impl From<NotAllowed> for Failure<Refused> {
    fn from(not: NotAllowed) -> Self {
        Failure::Refused(match not {
            NotAllowed::LastAdmin => Refused::LastAdmin,
            NotAllowed::TooManyAdmins => Refused::TooManyAdmins { at_most: MAX_ADMINS },
        })
    }
}
