//! Staff hand the supplies of a job over to its worker.
//!
//! Called by a supplier. One transaction writes the request as *issued* and takes its lines from the stock, each under
//! the condition that there is enough; if something is short, nothing is taken and the reply says what. Announces
//! `supplies.supplies-issued.v1`: the worker may start. Who repeats it changes nothing and gets the same reply.

use crate::draw::{Draw, State, WrongState};
use crate::store::{DECISIONS, draw_key, found_on_hand, on_hand, supply_key};
use contracts::supplies::SupplyLine;
use derive::Refusal;
use kernel::{AccountId, DrawId, JobId, Sku, Timestamp};
use platform::http::caller::Supplier;
use platform::http::{self, Path, Staff};
use platform::{Commit, Error, Failure, Function, Now, Table};
use schemars::JsonSchema;
use serde::Serialize;

/// The supplies are the worker's.
#[derive(Debug, Serialize, JsonSchema)]
pub struct IssuedSupplies {
    /// The request.
    pub id: DrawId,
    /// Always `issued`.
    pub state: State,
    /// The job they are for.
    pub job: JobId,
    /// Who has them.
    pub worker: AccountId,
    /// What was handed over.
    pub lines: Vec<SupplyLine>,
    /// When it was decided.
    pub issued_at: Timestamp,
}

/// Of something there is not enough.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct ShortSupply {
    /// What.
    pub sku: Sku,
    /// How many are needed.
    pub wanted: u32,
    /// How many there are.
    pub on_hand: u32,
}

/// Why supplies are not issued.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// There is not enough of something.
    #[problem(409, "supplies-short", "Nothing was issued. Count again, or wait for what was bought.")]
    Short {
        /// Of what.
        short: Vec<ShortSupply>,
    },
    /// The request was settled before.
    #[problem(409, "draw-settled", "It was refused, or its job has ended.")]
    Settled {
        /// The state it is in.
        state: State,
    },
}

/// `POST /v1/draws/{draw}/issue`
pub fn function() -> Function {
    http::post("/v1/draws/{draw}/issue", issue_supplies)
}

/// Takes all lines from the stock, or none; decides anew if somebody was faster.
pub async fn issue_supplies(
    staff: Staff<Supplier>,
    Path(id): Path<DrawId>,
    Now(now): Now,
    supplies: Table,
) -> Result<http::Ok<IssuedSupplies>, Failure<Refused>> {
    for _ in 0..DECISIONS {
        let draw = supplies.get::<Draw>(&draw_key(id)).await?.ok_or_else(http::not_found)?;
        let Some((issued, events)) = draw.value.issue(staff.account, now)? else {
            return Ok(view(&draw.value));
        };
        let mut transaction = supplies.transaction().replace(&draw, &issued, events);
        for line in &issued.lines {
            transaction = transaction.shift(supply_key(&line.sku), &on_hand(-i64::from(line.quantity)));
        }
        let refused = match transaction.commit().await? {
            Commit::Done => return Ok(view(&issued)),
            Commit::Refused(refused) => refused,
        };
        if refused.iter().any(|refused| refused.key == draw_key(id)) {
            continue;
        }
        let short = issued.lines.iter().filter_map(|line| {
            let refused = refused.iter().find(|refused| refused.key == supply_key(&line.sku))?;
            Some(ShortSupply {
                sku: line.sku.clone(),
                wanted: line.quantity,
                on_hand: found_on_hand(refused),
            })
        });
        return Err(Refused::Short { short: short.collect() }.into());
    }
    Err(Error::contended(format!("{id} kept changing")).into())
}

fn view(draw: &Draw) -> http::Ok<IssuedSupplies> {
    http::Ok {
        version: None,
        body: IssuedSupplies {
            id: draw.id,
            state: draw.state,
            job: draw.job,
            worker: draw.worker,
            lines: draw.lines.clone(),
            issued_at: draw.decided.as_ref().map_or(draw.requested_at, |decided| decided.at),
        },
    }
}

impl From<WrongState> for Failure<Refused> {
    fn from(WrongState(state): WrongState) -> Self {
        Failure::Refused(Refused::Settled { state })
    }
}
