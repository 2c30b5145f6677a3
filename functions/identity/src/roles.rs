//! Roles: who may do what, and the record of every change. Pure.

use kernel::{AccountId, Role, Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A role by its name, as documents write it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoleName(pub Role);

impl From<RoleName> for String {
    fn from(RoleName(role): RoleName) -> String {
        role.name().to_owned()
    }
}

impl TryFrom<String> for RoleName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map(RoleName)
    }
}

impl JsonSchema for RoleName {
    fn schema_name() -> Cow<'static, str> {
        "Role".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "A role.", "enum": Role::ALL.map(Role::name) })
    }
}

/// The roles of an account.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Roles(BTreeSet<RoleName>);

impl Roles {
    /// These.
    pub fn of(roles: impl IntoIterator<Item = Role>) -> Self {
        Self(roles.into_iter().map(RoleName).collect())
    }

    /// Whether this is one of them.
    pub fn has(&self, role: Role) -> bool {
        self.0.contains(&RoleName(role))
    }

    /// With one more.
    #[must_use]
    pub fn with(&self, role: Role) -> Self {
        let mut roles = self.0.clone();
        roles.insert(RoleName(role));
        Self(roles)
    }

    /// Those of these that the others are not.
    #[must_use]
    pub fn without(&self, others: &Roles) -> Self {
        Self(self.0.difference(&others.0).copied().collect())
    }

    /// Their names.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|RoleName(role)| role.name().to_owned()).collect()
    }

    /// As an access token lists them.
    pub fn claim(&self) -> String {
        self.names().join(" ")
    }
}

/// A change of an account's roles. Written once, with the change, and never again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RoleChange {
    /// Whose roles.
    pub account: AccountId,
    /// Counts the changes of this account, from 1.
    pub number: u32,
    /// All roles after it.
    pub roles: Roles,
    /// Those that came.
    pub granted: Roles,
    /// Those that went.
    pub revoked: Roles,
    /// Who changed them; nobody, if the deployment named the first admin or hiring made a worker.
    #[serde(rename = "changed_by", default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// What a change of roles announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoleEvent {
    /// It was made.
    Changed,
}

/// The accounts that are admins. One item, so that no two changes leave the marketplace without any.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Admins {
    /// Which.
    pub accounts: BTreeSet<AccountId>,
}

/// Why a change of roles is not made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotAllowed {
    /// The last admin would go.
    LastAdmin,
    /// There are as many admins as anybody can keep an eye on.
    TooManyAdmins,
}

/// How many admins there may be.
pub const MAX_ADMINS: usize = 100;

impl Admins {
    /// After an account's roles changed; `None` if that changes nothing here.
    pub fn after(&self, account: AccountId, roles: &Roles) -> Result<Option<Self>, NotAllowed> {
        let mut accounts = self.accounts.clone();
        let changed = match roles.has(Role::Admin) {
            true => accounts.insert(account),
            false => accounts.remove(&account),
        };
        match (changed, accounts.len()) {
            (false, _) => Ok(None),
            (true, 0) => Err(NotAllowed::LastAdmin),
            (true, count) if count > MAX_ADMINS => Err(NotAllowed::TooManyAdmins),
            (true, _) => Ok(Some(Self { accounts })),
        }
    }
}
