//! A client paid an invoice: the client's account is credited, and what the client has paid so far grows.
//!
//! Consumes `payments.invoice-paid.v1`. A payment is entered once, however often it is told. Once all of the invoice is
//! paid, `billing.invoice-settled.v1` follows; what is paid beyond it stays on the account.

use crate::calendar::Calendar;
use crate::invoice::Invoice;
use crate::ledger::{Account, Fact};
use crate::posting::{Outcome, enter, transfer};
use crate::store::invoice_key;
use contracts::payments::InvoicePaid;
use platform::{Error, Function, Now, On, Setting, Table, events};

/// How often it is decided anew when others change the invoice in between.
const TRIES: usize = 8;

/// On `payments.invoice-paid.v1`
pub fn function() -> Function {
    events::on(settle_invoice)
}

/// Enters the payment, with the invoice as it is then.
pub async fn settle_invoice(
    paid: On<InvoicePaid>,
    Now(now): Now,
    Setting(calendar): Setting<Calendar>,
    billing: Table,
) -> Result<(), Error> {
    let InvoicePaid { invoice: id, client, payment, amount } = paid.event;
    for _ in 0..TRIES {
        let found = billing.get::<Invoice>(&invoice_key(id)).await?;
        let found = found.ok_or_else(|| Error::unavailable(format!("{id} is not here yet")))?;
        if (found.value.client, found.value.amount.currency) != (client, amount.currency) || amount.amount_minor <= 0 {
            return Err(Error::broken(format!("{payment} is not for {id} as it stands here")));
        }
        let (invoice, events) = found.value.pay(amount, now);
        let (fact, when) = (Fact::InvoicePaid { payment, invoice: id }, (now, calendar.period_of(now)));
        let txn = transfer(fact, Account::Bank, Account::Client(client), amount, when)?;
        let outcome = enter(&billing, txn, |transaction| transaction.replace(&found, &invoice, events.clone()));
        match outcome.await? {
            Outcome::Done | Outcome::Known => return Ok(()),
            Outcome::Changed | Outcome::Short => {}
        }
    }
    Err(Error::contended(format!("{id} kept changing")))
}
