//! Somebody paid something onto a balance: it is there.
//!
//! Consumes `payments.balance-topped-up.v1`. A top-up is entered once, however often it is told, on the account that
//! its owner has as a client.

use crate::calendar::Calendar;
use crate::ledger::{Account, Fact};
use crate::posting::{Outcome, enter, transfer};
use contracts::payments::BalanceToppedUp;
use platform::{Error, Function, Now, On, Setting, Table, events};

/// On `payments.balance-topped-up.v1`
pub fn function() -> Function {
    events::on(credit_top_up)
}

/// Enters the top-up, unless that was done before.
pub async fn credit_top_up(
    paid: On<BalanceToppedUp>,
    Now(now): Now,
    Setting(calendar): Setting<Calendar>,
    billing: Table,
) -> Result<(), Error> {
    let BalanceToppedUp { top_up, account, amount, .. } = paid.event;
    if amount.amount_minor <= 0 {
        return Err(Error::broken(format!("{top_up} brings nothing")));
    }
    let (fact, when) = (Fact::TopUp { top_up }, (now, calendar.period_of(now)));
    let txn = transfer(fact, Account::Bank, Account::Client(account), amount, when)?;
    match enter(&billing, txn, |transaction| transaction).await? {
        Outcome::Done | Outcome::Known => Ok(()),
        Outcome::Short | Outcome::Changed => Err(Error::broken(format!("{top_up} is refused without a reason"))),
    }
}
