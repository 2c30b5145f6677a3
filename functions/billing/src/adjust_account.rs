//! A manager credits or fines somebody, and says why.
//!
//! Called by a manager with an `Idempotency-Key`; the same key again gets the same reply. Up to a limit it is in the
//! ledger at once, followed by `billing.account-adjusted.v1`; above it a second manager decides, who hears of it by
//! `billing.adjustment-proposed.v1`; as much of a fine as there is on the account is held until then. A fine may be
//! more than there is: the balance is below zero then, and carries over. Nobody credits or fines themselves: a
//! manager may be a worker too, and what a worker has is paid out.

use crate::adjustment::{Adjustment, AdjustmentEvent, Limit, Standing, State, is_adjustable};
use crate::balance::Balance;
use crate::calendar::Calendar;
use crate::ledger::{Account, Fact, Side};
use crate::posting::{enter, hold, transfer};
use crate::store::{adjustment_key, balance_key};
use crate::tariff::BusinessCurrency;
use derive::Refusal;
use kernel::{AccountId, AdjustmentId, Money, Text, Timestamp};
use platform::http::caller::Manager;
use platform::http::{self, Created, IdempotencyKey, Json, Staff};
use platform::{Commit, Error, Failure, Function, Item, Now, Setting, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How often a proposal is made anew when the balance changes in between.
const TRIES: usize = 4;

/// A credit or a fine.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({
    "account": AccountId::from_bits(3), "side": "worker", "reason": "Left the site unlocked",
    "amount": {"amount_minor": -2_000, "currency": "RUB"},
}))]
pub struct AdjustAccount {
    /// Whose account.
    pub account: AccountId,
    /// Which of them.
    pub side: Side,
    /// By how much; a fine is negative.
    pub amount: Money,
    /// Why.
    pub reason: Text<1, 500>,
}

/// A credit or a fine as it was asked for.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AskedAdjustment {
    /// Names it.
    pub id: AdjustmentId,
    /// Whether it is in the ledger, or waits for a second manager.
    pub state: Standing,
    /// When it was asked for.
    pub proposed_at: Timestamp,
}

/// Why nobody is credited or fined.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// It is the manager's own account.
    #[problem(403, "own-balance", "It is your own account. Let a colleague do it.")]
    OwnAccount,
    /// The amount is none.
    #[problem(422, "amount-not-adjustable", "Give an amount other than zero, in the currency of the business.")]
    NotAdjustable,
}

/// `POST /v1/adjustments`
pub fn function() -> Function {
    http::post("/v1/adjustments", adjust_account)
}

/// Enters it, or has it wait for a second manager.
#[allow(clippy::too_many_arguments, reason = "each one declares what the function goes by")]
pub async fn adjust_account(
    manager: Staff<Manager>,
    key: IdempotencyKey,
    Json(request): Json<AdjustAccount>,
    Now(now): Now,
    Setting(calendar): Setting<Calendar>,
    Setting(currency): Setting<BusinessCurrency>,
    Setting(limit): Setting<Limit>,
    billing: Table,
) -> Result<Created<AskedAdjustment>, Failure<Refused>> {
    let id: AdjustmentId = key.id();
    if let Some(known) = billing.get::<Adjustment>(&adjustment_key(id)).await? {
        key.replays(&known.value.request)?;
        return Ok(asked(&known.value));
    }
    let AdjustAccount { account, side, amount, reason } = request;
    if account == manager.account {
        return Err(Refused::OwnAccount.into());
    }
    if !is_adjustable(amount, currency) {
        return Err(Refused::NotAdjustable.into());
    }
    let adjustment = Adjustment {
        id,
        account,
        side,
        amount,
        reason: reason.as_str().to_owned(),
        proposed_by: manager.account,
        proposed_at: now,
        request: key.fingerprint().to_owned(),
        held_minor: 0,
        state: State::Applied,
        waiting: None,
        due: None,
        listed: None,
    }
    .begun(limit, now);
    if adjustment.state == State::Applied {
        let week = calendar.period_of(now);
        let fact = Fact::Adjustment { adjustment: id };
        let txn = transfer(fact, Account::Adjustments, adjustment.ledger_account(), amount, (now, week))?;
        let events = || vec![AdjustmentEvent::Adjusted];
        enter(&billing, txn, |transaction| transaction.create(&adjustment, events())).await?;
    } else {
        propose(&billing, &adjustment).await?;
    }
    // What stands there may be what the same request wrote at the same moment.
    let written = billing.get::<Adjustment>(&adjustment_key(id)).await?;
    let written = written.ok_or_else(|| Error::broken(format!("{id} was not written")))?.value;
    key.replays(&written.request)?;
    Ok(asked(&written))
}

/// Writes a proposal, and holds what it is to take.
async fn propose(billing: &Table, adjustment: &Adjustment) -> Result<(), Error> {
    let account = adjustment.personal();
    for _ in 0..TRIES {
        let balance = billing.get::<Balance>(&balance_key(account)).await?;
        let proposal = adjustment.holding(&balance.map_or_else(|| Balance::empty(account), |found| found.value));
        let transaction = billing.transaction().create(&proposal, vec![AdjustmentEvent::Proposed]);
        match hold(transaction, account, proposal.held_minor).commit().await? {
            Commit::Done => return Ok(()),
            Commit::Refused(refused) if refused.iter().any(|refused| refused.key == adjustment.key()) => return Ok(()),
            // Less is there than was read.
            Commit::Refused(_) => {}
        }
    }
    Err(Error::contended(format!("the balance of {} kept changing", adjustment.account)))
}

fn asked(adjustment: &Adjustment) -> Created<AskedAdjustment> {
    Created {
        location: format!("/v1/adjustments/{}", adjustment.id),
        body: AskedAdjustment {
            id: adjustment.id,
            state: adjustment.standing_at_first(),
            proposed_at: adjustment.proposed_at,
        },
    }
}
