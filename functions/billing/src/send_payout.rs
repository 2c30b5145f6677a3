//! A worker's earnings were set aside: the payout provider is to pay them.
//!
//! Consumes `billing.payout-planned.v1`. That the payout is being sent is stored first; the provider knows the attempt
//! by its reference, so it is made once however often it is sent. No answer means that it may have been made: the
//! provider is asked, and else it is sent again, by a repetition or by the sweeper. Ends in `billing.payout-paid.v1` or
//! `billing.payout-failed.v1`, at once or when the provider's webhook says so.

use crate::calendar::Calendar;
use crate::carry_out::carry_out;
use crate::golden_hat::{GoldenHat, GoldenHatApi, GoldenHatKey};
use contracts::billing::PayoutPlanned;
use platform::{Error, Function, Now, On, Partner, Secret, Setting, Table, events};

/// On `billing.payout-planned.v1`
pub fn function() -> Function {
    events::on(send_payout)
}

/// Does what the payout's state asks for.
pub async fn send_payout(
    planned: On<PayoutPlanned>,
    Now(now): Now,
    Setting(calendar): Setting<Calendar>,
    billing: Table,
    api: Partner<GoldenHatApi>,
    api_key: Secret<GoldenHatKey>,
) -> Result<(), Error> {
    let provider = GoldenHat::new(api, api_key);
    carry_out(&billing, &provider, planned.payout, (now, calendar.period_of(now))).await
}
