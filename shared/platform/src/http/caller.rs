//! Who calls. The gateway's JWT authorizer is the first wall (signature, issuer, audience, expiry); the function
//! checks what it can again, and the roles.

use crate::argument::broken;
use crate::settings::{AUDIENCE, ISSUER};
use crate::{Argument, Call};
use kernel::{AccountId, Principal, Problem, Role, SessionId};
use std::marker::PhantomData;

/// Declares a caller who has one role, whose queries start at the own account.
macro_rules! caller_with_role {
    ($(#[doc = $doc:literal])* $name:ident = $role:ident) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name {
            /// The caller's account. Queries start here.
            pub account: AccountId,
        }

        impl Argument for $name {
            fn take(call: &Call) -> Result<Self, Problem> {
                Ok($name { account: caller(call, Role::$role)?.account })
            }

            #[cfg(feature = "describe")]
            fn describe(description: &mut crate::describe::Description) {
                description.caller(crate::describe::Caller::Role(Role::$role));
            }
        }
    };
}

caller_with_role! {
    /// A signed-in customer.
    Customer = Customer
}
caller_with_role! {
    /// A signed-in worker.
    Worker = Worker
}
caller_with_role! {
    /// A machine of a partner.
    Machine = Partner
}

/// A member of staff with the role `R`.
#[derive(Clone, Copy, Debug)]
pub struct Staff<R> {
    /// The member's account, for the audit trail.
    pub account: AccountId,
    role: PhantomData<R>,
}

/// A role that [`Staff`] can ask for.
pub trait StaffRole: Send {
    /// The role.
    const ROLE: Role;
}

/// Declares a role that staff may have: `staff_role!(Manager, "Runs the marketplace day by day.")`.
macro_rules! staff_role {
    ($name:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl StaffRole for $name {
            const ROLE: Role = Role::$name;
        }
    };
}

staff_role!(Admin, "Grants roles and operates the system.");
staff_role!(Auditor, "Reads everything, changes nothing.");
staff_role!(Editor, "Edits content.");
staff_role!(Manager, "Runs the marketplace day by day.");
staff_role!(Quality, "Reviews jobs.");
staff_role!(Supplier, "Issues supplies to workers.");
staff_role!(Support, "Answers tickets.");

/// Declares a caller who has one of two roles: `caller_of_either!(Overseer = Manager | Auditor, "manager or auditor")`.
macro_rules! caller_of_either {
    ($(#[doc = $doc:literal])* $name:ident = $one:ident | $other:ident, $called:literal) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name {
            /// The member's account, for the audit trail.
            pub account: AccountId,
        }

        impl $name {
            /// Either of these.
            pub const ROLES: [Role; 2] = [Role::$one, Role::$other];
        }

        impl Argument for $name {
            fn take(call: &Call) -> Result<Self, Problem> {
                let principal = principal(call)?;
                match Self::ROLES.into_iter().any(|role| principal.has(role)) {
                    true => Ok($name { account: principal.account }),
                    false => Err(role_missing($called)),
                }
            }

            #[cfg(feature = "describe")]
            fn describe(description: &mut crate::describe::Description) {
                description.caller(crate::describe::Caller::$name);
            }
        }
    };
}

caller_of_either! {
    /// A member of staff who sees to that things are as they should be: a manager, or an auditor. For what is only read.
    Overseer = Manager | Auditor, "manager or auditor"
}
caller_of_either! {
    /// A member of staff who looks at how jobs were done: quality, or a manager.
    Inspector = Quality | Manager, "quality or manager"
}

/// Anybody, signed in or not.
#[derive(Clone, Copy, Debug)]
pub struct Anyone;

impl Argument for Anyone {
    fn take(_: &Call) -> Result<Self, Problem> {
        Ok(Anyone)
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.caller(crate::describe::Caller::Anyone);
    }
}

/// Who issues access tokens, and for what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Authority {
    /// The issuer, a URL.
    pub issuer: String,
    /// The audience: this API.
    pub audience: String,
}

impl Argument for Authority {
    fn take(call: &Call) -> Result<Self, Problem> {
        let setting = |name| call.world.settings.get(name).map(str::to_owned).map_err(|error| broken(call, &error));
        Ok(Self { issuer: setting(ISSUER)?, audience: setting(AUDIENCE)? })
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.settings.extend(["issuer", "audience"]);
    }
}

/// A signed-in person or machine, whatever its roles.
#[derive(Clone, Copy, Debug)]
pub struct SignedIn {
    /// The account. Queries start here.
    pub account: AccountId,
    /// The session that the token belongs to.
    pub session: Option<SessionId>,
}

impl Argument for SignedIn {
    fn take(call: &Call) -> Result<Self, Problem> {
        let account = principal(call)?.account;
        let session = call.http().ok().and_then(|request| request.claim("sid")?.parse().ok());
        Ok(SignedIn { account, session })
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.caller(crate::describe::Caller::SignedIn);
    }
}

impl<R: StaffRole> Argument for Staff<R> {
    fn take(call: &Call) -> Result<Self, Problem> {
        Ok(Staff { account: caller(call, R::ROLE)?.account, role: PhantomData })
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.caller(crate::describe::Caller::Role(R::ROLE));
    }
}

/// The caller, if its token is good and grants `role`.
fn caller(call: &Call, role: Role) -> Result<Principal, Problem> {
    let principal = principal(call)?;
    if principal.has(role) {
        return Ok(principal);
    }
    Err(role_missing(role.name()))
}

fn role_missing(role: &'static str) -> Problem {
    let detail = format!("This needs the role {role}.");
    Problem::new(403, "role-missing", "The caller may not do this", detail).with("role", role)
}

/// Who calls, from the claims that the gateway passed on.
pub(crate) fn principal(call: &Call) -> Result<Principal, Problem> {
    let request = call.http().map_err(|error| broken(call, &error))?;
    let issuer = call.world.settings.get(ISSUER).map_err(|error| broken(call, &error))?;
    let audience = call.world.settings.get(AUDIENCE).map_err(|error| broken(call, &error))?;
    let claim = |name: &str| request.claim(name);
    let expires: Option<i64> = claim("exp").and_then(|seconds| seconds.parse().ok());
    let good = claim("iss").as_deref() == Some(issuer)
        && claim("aud").as_deref() == Some(audience)
        && claim("token_use").as_deref() == Some("access")
        && expires.is_some_and(|expires| call.now.as_seconds() < expires);
    let account = claim("sub").and_then(|account| account.parse().ok());
    match account {
        Some(account) if good => Ok(Principal { account, roles: roles(&claim("roles").unwrap_or_default()) }),
        _ => Err(Problem::new(
            401,
            "token-invalid",
            "The access token is missing, expired or not for this API",
            "Sign in, or refresh the session, and send the new token.",
        )),
    }
}

/// Roles as the token lists them, separated by blanks. Unknown ones grant nothing.
fn roles(text: &str) -> Vec<Role> {
    text.split_ascii_whitespace().filter_map(|role| role.parse().ok()).collect()
}
