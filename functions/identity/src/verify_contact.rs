//! A person proves to be reached under a contact, by the code that was sent there.
//!
//! Called by anybody who knows the account's id. The right code claims the address for the account, marks the contact
//! as verified and announces `identity.contact-verified.v1`, in one transaction; given again it gets the same reply. An
//! address that another account has claimed stays that account's: only who has just proved to own it learns that.
//! A wrong code counts, and the answer comes after the count, so guesses in parallel win nothing; one network may try
//! so many codes in a while, whosever they are. The owner of the address that the deployment names becomes the first
//! admin.

use crate::account::{Account, AccountEvent};
use crate::challenge::{Challenge, Code, Tried};
use crate::keys::Keys;
use crate::roles::{Admins, RoleEvent};
use crate::settings::{CodeRequests, Codes, FirstAdmin, ServerKey};
use crate::store::{self, Claim};
use contracts::identity::ContactKind;
use derive::Refusal;
use kernel::{AccountId, Role, Timestamp};
use platform::http::{self, Anyone, Json, Path, RateLimit};
use platform::{Commit, Error, Failure, Function, Now, Secret, Setting, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How often this is decided anew when something changes in between.
const DECISIONS: usize = 8;

/// The code that arrived.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"kind": "email", "code": "123456"}))]
pub struct VerifyContact {
    /// Under which of the account's contacts.
    pub kind: ContactKind,
    /// The code.
    pub code: Code,
}

/// The contact is verified.
#[derive(Debug, Serialize, JsonSchema)]
pub struct VerifiedContact {
    /// Which.
    pub kind: ContactKind,
    /// Since when.
    pub verified_at: Timestamp,
}

/// Why a contact is not verified.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// It is another code.
    #[problem(422, "code-wrong", "This is not the code that was sent. {tries_left} tries are left.")]
    Wrong {
        /// How many more tries there are.
        tries_left: u32,
    },
    /// The code is not good any more.
    #[problem(422, "code-expired", "The code expired, was used or was tried too often. Ask for another one.")]
    Expired,
    /// The address belongs to another account.
    #[problem(409, "contact-taken", "Another account verified this address. Sign in to that one.")]
    Taken,
}

/// `POST /v1/accounts/{account}/verifications`
pub fn function() -> Function {
    http::post("/v1/accounts/{account}/verifications", verify_contact)
}

/// Tries the code, and writes what follows from it.
pub async fn verify_contact(
    (_, limit): (Anyone, RateLimit<CodeRequests>),
    Path(id): Path<AccountId>,
    Json(VerifyContact { kind, code }): Json<VerifyContact>,
    Now(now): Now,
    (Setting(rules), Setting(first_admin)): (Setting<Codes>, Setting<FirstAdmin>),
    server: Secret<ServerKey>,
    identity: Table,
) -> Result<http::Ok<VerifiedContact>, Failure<Refused>> {
    limit.admit(&identity).await?;
    let keys = Keys::new(&server.read().await?)?;
    let verified = |verified_at| http::Ok { version: None, body: VerifiedContact { kind, verified_at } };
    let (account_key, challenge_key) = (store::account_key(id), store::challenge_key(id, kind));
    for _ in 0..DECISIONS {
        let found =
            platform::both(identity.get::<Account>(&account_key), identity.get::<Challenge>(&challenge_key)).await?;
        let (Some(account), Some(challenge)) = found else {
            return Err(http::not_found());
        };
        match challenge.value.tried(&code, &keys, now, rules) {
            Tried::Again(met_at) => return Ok(verified(met_at)),
            Tried::Dead => return Err(Refused::Expired.into()),
            Tried::Wrong(counted, tries_left) => {
                if identity.replace(&challenge, counted, Vec::new()).await?.is_some() {
                    return Err(Refused::Wrong { tries_left }.into());
                }
            }
            Tried::Met(met) => {
                let becomes_admin = account.value.is_first_admin(kind, first_admin.as_ref());
                if write(&identity, &account, (&challenge, &met), becomes_admin, now).await? {
                    return Ok(verified(now));
                }
            }
        }
    }
    Err(Failure::Failed(Error::contended(format!("{challenge_key} kept changing"))))
}

/// Claims the address, and writes what is verified by it; `false`: something changed in between.
async fn write(
    identity: &Table,
    account: &Stored<Account>,
    (challenge, met): (&Stored<Challenge>, &Challenge),
    becomes_admin: bool,
    now: Timestamp,
) -> Result<bool, Failure<Refused>> {
    let (id, kind) = (account.value.id, met.kind);
    let address = account.value.address(kind).ok_or_else(http::not_found)?;
    let claim = Claim { address: address.digest(), account: id, claimed_at: now };
    let mut next = account.value.verified(kind, now);
    let mut transaction = identity.transaction().create(&claim, Vec::new()).replace(challenge, met, Vec::new());
    let roles = next.roles.with(Role::Admin);
    if becomes_admin && let Some((admin, change)) = next.with_roles(roles, None, "Named by the deployment", now) {
        let old = identity.get::<Admins>(&store::admins_key()).await?;
        let admins = old.as_ref().map(|old| old.value.clone()).unwrap_or_default();
        if let Ok(Some(admins)) = admins.after(id, &admin.roles) {
            transaction = transaction.write(old.as_ref(), &admins, Vec::new());
            transaction = transaction.create(&change, vec![RoleEvent::Changed]);
            next = admin;
        }
    }
    let transaction = transaction.replace(account, &next, vec![AccountEvent::Verified { kind }]);
    match transaction.commit().await? {
        Commit::Done => Ok(true),
        Commit::Refused(refused) => {
            let claim_key = store::claim_key(&address);
            if refused.iter().all(|refused| refused.key != claim_key) {
                return Ok(false);
            }
            let owner = identity.get::<Claim>(&claim_key).await?.map(|claim| claim.value.account);
            if owner == Some(id) { Ok(false) } else { Err(Refused::Taken.into()) }
        }
    }
}
