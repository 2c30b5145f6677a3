//! How an order goes on from its placing: the transitions of its states and their refusals. Pure.

use crate::order::{Command, Order, OrderEvent, Refund, State, Step};
use contracts::catalog::Shortage;
use kernel::{Money, RefundId, Timestamp};
use std::time::Duration;

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
    /// It was before.
    Known,
    /// The order has ended, or is for another amount: payments gives it back.
    Unwanted,
}

impl Order {
    /// The goods are set aside; the customer has `patience` to pay. `None`: that is known, or the order has ended.
    pub fn reserved(&self, patience: Duration, now: Timestamp) -> Option<Next> {
        (self.state == State::Placed).then(|| {
            let mut order = self.step(State::Reserved, now);
            order.pay_until = Some(now.after(patience));
            (order, vec![OrderEvent::Reserved])
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
            State::Reserved | State::Expiring if amount == self.total() => {
                Payment::Paid(Box::new((self.step(State::Paid, now), vec![OrderEvent::Paid])))
            }
            State::Paid | State::Packed | State::Shipped | State::Delivered | State::Returned => Payment::Known,
            State::Placed | State::Reserved | State::Expiring => Payment::Unwanted,
            State::Rejected | State::Expired | State::Cancelled => Payment::Unwanted,
        }
    }

    /// Staff packed it. `None`: it was packed before.
    pub fn pack(&self, now: Timestamp) -> Result<Option<Next>, WrongState> {
        self.forward(State::Paid, State::Packed, OrderEvent::Packed, now)
    }

    /// Staff handed it to the carrier, who calls it `tracking`. `None`: that was so before.
    pub fn ship(&self, tracking: Option<&str>, now: Timestamp) -> Result<Option<Next>, WrongState> {
        let next = self.forward(State::Packed, State::Shipped, OrderEvent::Shipped, now)?;
        Ok(next.map(|(mut order, events)| {
            order.tracking = tracking.map(str::to_owned);
            (order, events)
        }))
    }

    /// The customer has it. `None`: that was so before.
    pub fn deliver(&self, now: Timestamp) -> Result<Option<Next>, WrongState> {
        self.forward(State::Shipped, State::Delivered, OrderEvent::Delivered, now)
    }

    /// Money went back. `None`: that is known.
    pub fn refund(&self, id: RefundId, amount: Money) -> Option<Next> {
        let is_new = self.refunds.iter().all(|refund| refund.id != id);
        is_new.then(|| {
            let mut order = self.clone();
            order.refunds.push(Refund { id, amount_minor: amount.amount_minor });
            (order, vec![OrderEvent::Refunded(amount.amount_minor)])
        })
    }

    /// Goods of this price came back, which is everything or not.
    pub fn took_back(&self, refund: Money, everything: bool, now: Timestamp) -> Order {
        let mut order = if everything { self.step(State::Returned, now) } else { self.clone() };
        order.returned_minor += refund.amount_minor;
        order
    }

    /// One step of the way from payment to delivery. Who repeats a step, or a step before it, changes nothing.
    fn forward(&self, from: State, to: State, event: OrderEvent, now: Timestamp) -> Result<Option<Next>, WrongState> {
        match self.state {
            state if state == from => Ok(Some((self.step(to, now), vec![event]))),
            state if self.came_to(to).is_some() && state != State::Cancelled => Ok(None),
            state => Err(WrongState(state)),
        }
    }

    pub(crate) fn step(&self, state: State, at: Timestamp) -> Order {
        let mut order = self.clone();
        order.state = state;
        order.timeline.push(Step { state, at, short: Vec::new() });
        order
    }
}
