//! How an order goes on from its placing: the transitions of its states and their refusals. Pure.

use crate::order::{Command, Order, OrderEvent, Refund, State, Step};
use contracts::catalog::Shortage;
use kernel::{Money, MoneyError, RefundId, Timestamp};
use std::time::Duration;

/// After so long what should follow a step has followed, or never will by itself.
pub const OVERDUE: Duration = Duration::from_secs(3600);

/// An order and what it announces.
pub type Next = (Order, Vec<OrderEvent>);

/// The order does not allow this (any more); it is in this state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WrongState(pub State);

/// What a payment means for an order.
#[derive(Clone, PartialEq, Debug)]
pub enum Payment {
    /// The order is paid now.
    Paid(Box<Next>),
    /// The order is not reserved yet: whether it can be paid shows then.
    TooEarly,
    /// It was paid before, has ended, or costs another amount: what is too much, payments gives back.
    Unneeded,
}

impl Order {
    /// The goods are set aside; the customer has `patience` to pay. What costs nothing is paid at once. `None`: that is
    /// known, or the order has ended.
    pub fn reserved(&self, patience: Duration, now: Timestamp) -> Option<Next> {
        (self.state == State::Placed).then(|| {
            let mut order = self.step(State::Reserved, now);
            order.pay_until = Some(now.after(patience));
            match self.total_minor {
                0 => (order.step(State::Paid, now), vec![OrderEvent::Reserved, OrderEvent::Paid]),
                _ => (order, vec![OrderEvent::Reserved]),
            }
        })
    }

    /// There was not enough. `None`: that is known, or the order was cancelled first.
    pub fn rejected(&self, short: Vec<Shortage>, now: Timestamp) -> Option<Next> {
        (self.state == State::Placed).then(|| {
            let mut order = self.step(State::Rejected, now);
            if let Some(step) = order.timeline.last_mut() {
                step.short = short;
            }
            (order, vec![OrderEvent::Rejected])
        })
    }

    /// The customer cancels, which is possible until it is packed.
    pub fn cancel(&self, command: Command, now: Timestamp) -> Result<Next, WrongState> {
        match self.state {
            State::Placed | State::Reserved | State::Expiring | State::Paid => {
                let mut order = self.step(State::Cancelled, now);
                order.cancelled_by = Some(command);
                Ok((order, vec![OrderEvent::Cancelled]))
            }
            state => Err(WrongState(state)),
        }
    }

    /// The time to pay is over. `None`: it is not, or it no longer matters.
    pub fn unpaid(&self, now: Timestamp) -> Option<Next> {
        let over = self.pay_until.is_some_and(|until| until <= now);
        (self.state == State::Reserved && over).then(|| (self.step(State::Expiring, now), vec![OrderEvent::Expiring]))
    }

    /// Nothing was paid and nothing will be. `None`: that no longer matters.
    pub fn expired(&self, now: Timestamp) -> Option<Next> {
        (self.state == State::Expiring).then(|| (self.step(State::Expired, now), vec![OrderEvent::Expired]))
    }

    /// `amount` was paid. A success that comes before the order has expired wins.
    pub fn paid(&self, amount: Money, now: Timestamp) -> Payment {
        match self.state {
            _ if amount != self.total() => Payment::Unneeded,
            State::Placed => Payment::TooEarly,
            State::Reserved | State::Expiring => {
                Payment::Paid(Box::new((self.step(State::Paid, now), vec![OrderEvent::Paid])))
            }
            _ => Payment::Unneeded,
        }
    }

    /// Staff packed it. `None`: it was packed before.
    pub fn pack(&self, now: Timestamp) -> Result<Option<Next>, WrongState> {
        self.forward(State::Paid, State::Packed, OrderEvent::Packed, now)
    }

    /// Staff handed it to the carrier, who calls it `tracking`. `None`: it was shipped before.
    pub fn ship(&self, tracking: Option<&str>, now: Timestamp) -> Result<Option<Next>, WrongState> {
        let next = self.forward(State::Packed, State::Shipped, OrderEvent::Shipped, now)?;
        Ok(next.map(|(mut order, events)| {
            order.tracking = tracking.map(str::to_owned);
            (order, events)
        }))
    }

    /// The customer has it. `None`: it was delivered before.
    pub fn deliver(&self, now: Timestamp) -> Result<Option<Next>, WrongState> {
        self.forward(State::Shipped, State::Delivered, OrderEvent::Delivered, now)
    }

    /// Some of it came back, or the rest of it.
    pub fn took_back(&self, everything: bool, now: Timestamp) -> Order {
        let mut order = if everything { self.step(State::Returned, now) } else { self.clone() };
        order.returns += 1;
        order
    }

    /// Money went back. `None`: that is known. An amount that does not add up with those before is an error.
    pub fn refund(&self, id: RefundId, amount: Money) -> Result<Option<Next>, MoneyError> {
        if self.refunds.iter().any(|refund| refund.id == id) {
            return Ok(None);
        }
        self.refunded().checked_add(amount)?;
        let mut order = self.clone();
        order.refunds.push(Refund { id, amount_minor: amount.amount_minor });
        Ok(Some((order, vec![OrderEvent::Refunded(amount.amount_minor)])))
    }

    /// What should have followed by now did not: the order expires if it was not paid in time, or announces once more
    /// what nobody answered. `None`: there is still time, or nothing to wait for.
    pub fn overdue(&self, now: Timestamp) -> Option<Next> {
        let told = match self.state {
            State::Reserved => return self.unpaid(now),
            State::Placed => OrderEvent::Placed,
            State::Expiring => OrderEvent::Expiring,
            _ => return None,
        };
        let since = self.timeline.last().map_or(self.placed_at, |step| step.at);
        let last_told = self.told_again_at.map_or(since, |again| again.max(since));
        (last_told.after(OVERDUE) <= now).then(|| {
            let mut order = self.clone();
            order.told_again_at = Some(now);
            (order, vec![told])
        })
    }

    /// One step of the way from payment to delivery. `None`: it was taken before, whatever followed.
    fn forward(&self, from: State, to: State, event: OrderEvent, now: Timestamp) -> Result<Option<Next>, WrongState> {
        match self.state {
            state if state == from => Ok(Some((self.step(to, now), vec![event]))),
            _ if self.came_to(to).is_some() => Ok(None),
            state => Err(WrongState(state)),
        }
    }

    fn step(&self, state: State, at: Timestamp) -> Order {
        let mut order = self.clone();
        order.state = state;
        order.timeline.push(Step { state, at, short: Vec::new() });
        order
    }
}
