//! Who calls: an account and its roles.

use crate::AccountId;

/// What a caller is to the marketplace. One account may have several roles.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// Buys goods and services.
    Customer,
    /// Does jobs.
    Worker,
    /// Applies to become a worker.
    Candidate,
    /// Owns a shop.
    Merchant,
    /// Runs the marketplace day by day.
    Manager,
    /// Reviews jobs.
    Quality,
    /// Issues supplies to workers.
    Supplier,
    /// Answers tickets.
    Support,
    /// Edits content.
    Editor,
    /// Grants roles and operates the system.
    Admin,
    /// Reads everything, changes nothing.
    Auditor,
    /// A machine of a partner.
    Partner,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 12] = [
        Role::Customer,
        Role::Worker,
        Role::Candidate,
        Role::Merchant,
        Role::Manager,
        Role::Quality,
        Role::Supplier,
        Role::Support,
        Role::Editor,
        Role::Admin,
        Role::Auditor,
        Role::Partner,
    ];

    /// The role as tokens and documents write it.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Customer => "customer",
            Role::Worker => "worker",
            Role::Candidate => "candidate",
            Role::Merchant => "merchant",
            Role::Manager => "manager",
            Role::Quality => "quality",
            Role::Supplier => "supplier",
            Role::Support => "support",
            Role::Editor => "editor",
            Role::Admin => "admin",
            Role::Auditor => "auditor",
            Role::Partner => "partner",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Role::ALL.into_iter().find(|role| role.name() == text).ok_or_else(|| format!("{text:?} is no role"))
    }
}

/// A caller whose token was checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Principal {
    /// The account that calls.
    pub account: AccountId,
    /// The roles its token grants.
    pub roles: Vec<Role>,
}

impl Principal {
    /// Whether the caller has this role.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}
