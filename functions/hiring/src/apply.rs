//! Somebody applies to become a worker.
//!
//! Called by a signed-in customer with an `Idempotency-Key`; the same key again gets the same reply. A network may send
//! so many applications, an account has one open application at a time and waits a while after a rejection; a worker
//! needs none. One transaction writes the application as *received*, makes it the account's latest, and puts it beside
//! those of the same name and day of birth, which managers are shown. Announces `hiring.application-received.v1`.

use crate::application::{Application, State};
use crate::caller::IsWorker;
use crate::candidate::{Candidate, MayNot, Patience};
use crate::keys::Keys;
use crate::person::Person;
use crate::settings::{AccountApplications, Applications, HiringKey, ReapplyDays};
use crate::store;
use derive::Refusal;
use kernel::{ApplicationId, Timestamp};
use platform::http::{self, Created, Customer, IdempotencyKey, Json, RateLimit};
use platform::{Error, Failure, Function, Now, Secret, Setting, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How often this is decided anew when something changes in between.
const DECISIONS: usize = 8;

/// Who applies.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = Apply::example())]
pub struct Apply(pub Person);

/// The application as it was received. Read it again to see how far it is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReceivedApplication {
    /// Names it.
    pub id: ApplicationId,
    /// Always `received`.
    pub state: State,
    /// When it came.
    pub applied_at: Timestamp,
}

/// Why an application is not taken.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The day of birth is yet to come.
    #[problem(422, "not-born-yet", "Say when you were born.")]
    NotBornYet,
    /// The caller is a worker already.
    #[problem(409, "already-worker", "You are a worker already.")]
    AlreadyWorker,
    /// An application of the caller's is open.
    #[problem(409, "already-applied", "Wait for the decision about {application}, or withdraw it.")]
    AlreadyApplied {
        /// Which.
        application: ApplicationId,
    },
    /// The caller was rejected not long ago.
    #[problem(409, "rejected-before", "You may apply again from {from} on.")]
    RejectedBefore {
        /// When.
        from: Timestamp,
    },
    /// The caller applied too often.
    #[problem(429, "too-many-applications", "You may apply again from {from} on.")]
    TooMany {
        /// When.
        from: Timestamp,
        /// In how many seconds that is.
        retry_after_s: u32,
    },
}

/// `POST /v1/applications`
pub fn function() -> Function {
    http::post("/v1/applications", apply)
}

/// Looks whether the account may apply, and writes that; decides anew if something changed meanwhile.
pub async fn apply(
    (customer, IsWorker(is_worker), limit): (Customer, IsWorker, RateLimit<Applications>),
    key: IdempotencyKey,
    Json(Apply(person)): Json<Apply>,
    Now(now): Now,
    (Setting(again_after), Setting(a_month)): (Setting<ReapplyDays>, Setting<AccountApplications>),
    server: Secret<HiringKey>,
    hiring: Table,
) -> Result<Created<ReceivedApplication>, Failure<Refused>> {
    limit.admit(&hiring).await?;
    let (id, account): (ApplicationId, _) = (key.id(), customer.account);
    let marks = Keys::new(&server.read().await?)?.marks(&person);
    for _ in 0..DECISIONS {
        if let Some(known) = hiring.get::<Application>(&store::application_key(id)).await? {
            key.replays(&known.value.request)?;
            return Ok(received(&known.value));
        }
        if is_worker {
            return Err(Refused::AlreadyWorker.into());
        }
        if !person.birth_date.has_come(now) {
            return Err(Refused::NotBornYet.into());
        }
        let (before, latest) = store::applied_before(&hiring, account).await?.unzip();
        let pair = before.as_ref().zip(latest.as_ref()).map(|(before, latest)| (&before.value, latest));
        let candidate = Candidate::applies(account, pair, id, Patience { again_after, a_month }, now)
            .map_err(|reason| refuse(reason, now))?;
        let (mark, alike) = store::likeness(&hiring, &marks).await?;

        let (application, events) =
            Application::apply((id, account), person.clone(), mark.clone(), key.fingerprint(), now);
        if store::insert(&hiring, (&application, events), (before.as_ref(), &candidate), (mark, alike.as_ref())).await?
        {
            return Ok(received(&application));
        }
    }
    Err(Error::contended(format!("{account} kept applying")).into())
}

fn received(application: &Application) -> Created<ReceivedApplication> {
    Created {
        location: format!("/v1/applications/{}", application.id),
        body: ReceivedApplication {
            id: application.id,
            state: State::Received,
            applied_at: application.applied_at,
        },
    }
}

fn refuse(reason: MayNot, now: Timestamp) -> Refused {
    match reason {
        MayNot::Open(application) => Refused::AlreadyApplied { application },
        MayNot::Hired => Refused::AlreadyWorker,
        MayNot::Before(from) => Refused::RejectedBefore { from },
        MayNot::TooOften(from) => {
            let wait = from.as_seconds().saturating_sub(now.as_seconds());
            Refused::TooMany { from, retry_after_s: u32::try_from(wait).unwrap_or(u32::MAX) }
        }
    }
}

impl Apply {
    fn example() -> serde_json::Value {
        serde_json::json!({
            "name": "Maria Petrova",
            "birth_date": "1990-05-17",
            "phone": "+442079460018",
            "about": "I cleaned hotel windows for six years.",
        })
    }
}
