//! The sweeper: sees to every payout that has waited too long.
//!
//! Started by the clock every ten minutes. Usually finds nothing: payouts are sent when they are planned, and webhooks
//! tell what became of them. It sends what was never sent, asks after what was never answered and what has been under
//! way for long. It does as much as it can before it reports what failed.

use crate::calendar::Calendar;
use crate::carry_out::carry_out;
use crate::golden_hat::{GoldenHat, GoldenHatApi, GoldenHatKey};
use crate::payout::{Payout, WAITING};
use platform::{Error, Function, Now, Partner, Secret, Setting, Table, schedule};
use std::time::Duration;

/// Every ten minutes
pub fn function() -> Function {
    schedule::every(Duration::from_secs(600), poll_payouts)
}

/// Goes through everything that is due.
pub async fn poll_payouts(
    Now(now): Now,
    Setting(calendar): Setting<Calendar>,
    billing: Table,
    api: Partner<GoldenHatApi>,
    api_key: Secret<GoldenHatKey>,
) -> Result<(), Error> {
    let (provider, when) = (GoldenHat::new(api, api_key), (now, calendar.period_of(now)));
    let (mut outcome, mut due) = (Ok(()), billing.due::<Payout>(WAITING, now));
    while let Some(payout) = due.next().await? {
        outcome = outcome.and(carry_out(&billing, &provider, payout.value.id, when).await);
    }
    outcome
}
