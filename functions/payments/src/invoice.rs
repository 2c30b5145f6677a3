//! The payment of a client's invoice: first the client's saved method is charged while the client is away; what that
//! does not pay the client pays. Pure.
//!
//! A charge that comes to nothing is announced once, as something for the client to act on. One that turns out never
//! to have reached the provider is made anew, under a new id, because the provider may remember its own failure under
//! the old one. An invoice stays payable until it is paid: nobody closes it.

use crate::attempt::{Attempt, Way};
use crate::payment::{MAX_ATTEMPTS, Next, Payment, PaymentEvent, Standing, Wish};
use crate::purpose::Purpose;
use contracts::payments::Unpaid;
use kernel::id::Id;
use kernel::{AccountId, Digest, InvoiceId, Money, PaymentId, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How often a client is charged for an invoice, where the provider turned out not to have been asked.
const MAX_CHARGES: u32 = 3;
/// How long a charge may take at the least, however late the invoice was told.
const CHARGE_TIME: Duration = Duration::from_secs(86_400);
/// How long a client who began to pay has. Then the provider's form takes no money any more; another may be opened.
pub const TIME_TO_PAY: Duration = Duration::from_secs(3600);

/// What a client is to pay.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Bill {
    /// How much.
    pub amount: Money,
    /// Until when.
    pub pay_until: Timestamp,
}

/// What became of a charge that brought no money.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Uncharged {
    /// The client is to act.
    Unpaid(Unpaid),
    /// The provider was not asked.
    NeverAsked,
}

/// The id of an invoice's charge number `n`.
pub fn charge_id(invoice: InvoiceId, n: u32) -> PaymentId {
    PaymentId::from_digest(&Digest::of(["invoice", &invoice.to_string(), &n.to_string()]))
}

impl Payment {
    /// The payment of an invoice that was just issued: the saved method is to be charged, if there is one.
    pub fn of_invoice(invoice: InvoiceId, client: AccountId, bill: Bill, saved: Option<Way>, now: Timestamp) -> Next {
        let payment = Payment { bill: Some(bill), ..Payment::of(invoice, client) };
        let Some(way) = saved else {
            return payment.settled(vec![PaymentEvent::Unpaid(Unpaid::NoMethod)], now);
        };
        let Bill { amount, pay_until } = bill;
        payment
            .adding(Attempt::planned(Wish {
                id: charge_id(invoice, 0),
                request: String::new(),
                amount,
                way,
                pay_until: pay_until.max(now.after(CHARGE_TIME)),
            }))
            .settled(Vec::new(), now)
    }

    /// Which of the charges of an absent client an attempt is; none if the client started it.
    pub(crate) fn charge(&self, id: PaymentId) -> Option<(InvoiceId, u32)> {
        let Purpose::Invoice(invoice) = self.purpose else {
            return None;
        };
        (0..MAX_CHARGES).find(|n| charge_id(invoice, *n) == id).map(|n| (invoice, n))
    }

    /// An attempt came to nothing. If it was a charge of an absent client, and nothing else is under way, it is made
    /// anew or announced.
    pub(crate) fn uncharged(&mut self, id: PaymentId, why: Uncharged) -> Option<PaymentEvent> {
        let (invoice, n) = self.charge(id)?;
        let room = n + 1 < MAX_CHARGES && self.attempts.len() < MAX_ATTEMPTS;
        let attempt = self.attempts.last_mut().filter(|last| last.id == id)?;
        if self.standing != Standing::Payable {
            return None;
        }
        // Its client secret is told to nobody, so that nobody can pay it any more.
        attempt.unwanted = true;
        let because = match why {
            Uncharged::Unpaid(because) => because,
            Uncharged::NeverAsked if room => {
                let again = Attempt::again(attempt, charge_id(invoice, n + 1));
                self.attempts.push(again);
                return None;
            }
            Uncharged::NeverAsked => Unpaid::Declined,
        };
        Some(PaymentEvent::Unpaid(because))
    }
}

impl Attempt {
    /// The same once more, under another name.
    fn again(attempt: &Attempt, id: PaymentId) -> Attempt {
        Attempt::planned(Wish {
            id,
            request: attempt.request.clone(),
            amount: attempt.amount,
            way: attempt.way.clone(),
            pay_until: attempt.pay_until,
        })
    }
}
