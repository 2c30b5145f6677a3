//! Publishes what billing announces: jobs settled, invoices, payouts, runs and adjustments.
//!
//! Reads the stream of the billing table; writes nothing. What an event says was decided when it was announced and
//! never changes afterwards, so it can be read from the item at any later version.

use crate::adjustment::{Adjustment, AdjustmentEvent};
use crate::invoice::{Invoice, InvoiceEvent};
use crate::ledger::Fact;
use crate::payout::{Payout, PayoutEvent};
use crate::posting::{Txn, TxnEvent};
use crate::run::{Part, PartEvent, Run, RunEvent};
use contracts::billing::{
    AccountAdjusted, AdjustmentProposed, InvoiceIssued, InvoiceSettled, JobSettled, PageDue, PayoutFailed, PayoutPaid,
    PayoutPlanned, Published, RunFinished,
};
use platform::{Change, Error, Function, Item, relay};

/// The relay of the billing table
pub fn function() -> Function {
    relay::from_outbox(relay_billing)
}

/// The events of one change, in the order of its outbox.
pub async fn relay_billing(change: Change) -> Result<Vec<Published>, Error> {
    match change.kind() {
        Txn::KIND => each(&change, settled),
        Invoice::KIND => each(&change, |invoice, event| Ok(invoiced(invoice, event))),
        Payout::KIND => each(&change, |payout, event| Ok(paid_out(payout, event))),
        Adjustment::KIND => each(&change, |adjustment, event| Ok(adjusted(adjustment, event))),
        Run::KIND => each(&change, |run: &Run, event| match event {
            RunEvent::Finished => {
                let (invoices, payouts) = (run.invoices, run.payouts);
                Ok(RunFinished { period: run.period.to_string(), invoices, payouts }.into())
            }
        }),
        Part::KIND => each(&change, |part: &Part, event| match event {
            PartEvent::Due { step } => Ok(PageDue { period: part.period.to_string(), part: part.part, step }.into()),
        }),
        _ => Err(Error::broken(format!("{} announces nothing", change.key))),
    }
}

fn each<T: Item>(
    change: &Change,
    announced: impl Fn(&T, T::Event) -> Result<Published, Error>,
) -> Result<Vec<Published>, Error> {
    let (item, outbox) = change.read::<T>()?;
    outbox.events.into_iter().map(|event| announced(&item, event)).collect()
}

fn settled(txn: &Txn, TxnEvent::Settled: TxnEvent) -> Result<Published, Error> {
    match txn.fact {
        Fact::Job { job, client, charge, worker, accrual, fine } => {
            Ok(JobSettled { job, client, charge, worker, accrual, fine }.into())
        }
        _ => Err(Error::broken(format!("{} settles no job", txn.fact.key()))),
    }
}

fn invoiced(invoice: &Invoice, event: InvoiceEvent) -> Published {
    let Invoice { id, client, period, amount, pay_until, .. } = *invoice;
    match event {
        InvoiceEvent::Issued => InvoiceIssued {
            invoice: id,
            client,
            amount,
            period: period.to_string(),
            pay_until,
        }
        .into(),
        InvoiceEvent::Settled => InvoiceSettled { invoice: id, client, amount }.into(),
    }
}

fn paid_out(payout: &Payout, event: PayoutEvent) -> Published {
    let Payout { id: payout, worker, amount, period, .. } = *payout;
    let period = period.to_string();
    match event {
        PayoutEvent::Planned => PayoutPlanned { payout, worker, amount, period }.into(),
        PayoutEvent::Paid => PayoutPaid { payout, worker, amount, period }.into(),
        PayoutEvent::Failed => PayoutFailed { payout, worker, amount, period }.into(),
    }
}

fn adjusted(adjustment: &Adjustment, event: AdjustmentEvent) -> Published {
    let Adjustment { id, account, amount, proposed_by, .. } = *adjustment;
    match event {
        AdjustmentEvent::Adjusted => {
            let approved_by = adjustment.approved_by();
            AccountAdjusted { adjustment: id, account, amount, proposed_by, approved_by }.into()
        }
        AdjustmentEvent::Proposed => AdjustmentProposed { adjustment: id, account, amount, proposed_by }.into(),
    }
}
