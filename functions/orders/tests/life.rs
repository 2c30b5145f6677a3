//! The domain of orders: how one goes on.

use crate::domain::{PATIENCE, STATES, at, command, in_state, line, pay, place, pounds, shortage};
use kernel::{Currency, Money, MoneyError, RefundId, Timestamp};
use orders::life::{Next, OVERDUE, Payment, WrongState};
use orders::order::{Order, OrderEvent, State};
use std::time::Duration;

/// What a command comes to.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Outcome {
    /// The order comes to this state, and announces it.
    To(State),
    /// The order stays as it is.
    Stays,
    /// The order stays as it is, and the caller is told so.
    Refused,
    /// The order is to be asked again later.
    Waits,
}

/// What an order says when it comes to a state; `None`: the return says it.
pub fn announcement(state: State) -> Option<OrderEvent> {
    Some(match state {
        State::Placed => OrderEvent::Placed,
        State::Reserved => OrderEvent::Reserved,
        State::Rejected => OrderEvent::Rejected,
        State::Expiring => OrderEvent::Expiring,
        State::Expired => OrderEvent::Expired,
        State::Cancelled => OrderEvent::Cancelled,
        State::Paid => OrderEvent::Paid,
        State::Packed => OrderEvent::Packed,
        State::Shipped => OrderEvent::Shipped,
        State::Delivered => OrderEvent::Delivered,
        State::Returned => return None,
    })
}

/// The outcome of a command, after a look at what must hold whatever it is.
fn outcome(before: &Order, next: Option<Next>) -> Outcome {
    let Some((order, events)) = next else {
        return Outcome::Stays;
    };
    assert_eq!(events, Vec::from_iter(announcement(order.state)), "{:?} is announced", order.state);
    let (last, earlier) = order.timeline.split_last().unwrap();
    assert_eq!((last.state, last.at), (order.state, later()));
    assert_eq!(earlier, before.timeline);
    Outcome::To(order.state)
}

/// When the commands of the table are given: the time to pay is over.
fn later() -> Timestamp {
    at(3600)
}

fn or_refused(before: &Order, next: Result<Option<Next>, WrongState>) -> Outcome {
    match next {
        Ok(next) => outcome(before, next),
        Err(WrongState(state)) => {
            assert_eq!(state, before.state, "the refusal tells the state");
            Outcome::Refused
        }
    }
}

#[test]
fn each_command_leads_from_each_state_where_it_should() {
    use Outcome::{Refused as X, Stays as O, To, Waits};
    use State::{Cancelled, Delivered, Expired, Expiring, Packed, Paid, Placed, Rejected, Reserved, Returned, Shipped};
    #[rustfmt::skip]
    let table: [(State, [Outcome; 9]); 11] = [
        // from      reserved      rejected      cancel         unpaid        expired      paid      pack        ship         deliver
        (Placed,    [To(Reserved), To(Rejected), To(Cancelled), O,            O,           Waits,    X,          X,           X]),
        (Reserved,  [O,            O,            To(Cancelled), To(Expiring), O,           To(Paid), X,          X,           X]),
        (Rejected,  [O,            O,            X,             O,            O,           O,        X,          X,           X]),
        (Expiring,  [O,            O,            To(Cancelled), O,            To(Expired), To(Paid), X,          X,           X]),
        (Expired,   [O,            O,            X,             O,            O,           O,        X,          X,           X]),
        (Cancelled, [O,            O,            X,             O,            O,           O,        X,          X,           X]),
        (Paid,      [O,            O,            To(Cancelled), O,            O,           O,        To(Packed), X,           X]),
        (Packed,    [O,            O,            X,             O,            O,           O,        O,          To(Shipped), X]),
        (Shipped,   [O,            O,            X,             O,            O,           O,        O,          O,           To(Delivered)]),
        (Delivered, [O,            O,            X,             O,            O,           O,        O,          O,           O]),
        (Returned,  [O,            O,            X,             O,            O,           O,        O,          O,           O]),
    ];
    for (from, expected) in table {
        let order = in_state(from);
        let now = later();
        let paid = match order.paid(order.total(), now) {
            Payment::Paid(next) => outcome(&order, Some(*next)),
            Payment::TooEarly => Waits,
            Payment::Unneeded => O,
        };
        let outcomes = [
            outcome(&order, order.reserved(PATIENCE, now)),
            outcome(&order, order.rejected(shortage(), now)),
            or_refused(&order, order.cancel(command(), now).map(Some)),
            outcome(&order, order.unpaid(now)),
            outcome(&order, order.expired(now)),
            paid,
            or_refused(&order, order.pack(now)),
            or_refused(&order, order.ship(None, now)),
            or_refused(&order, order.deliver(now)),
        ];
        assert_eq!(outcomes, expected, "from {from:?}");
    }
}

#[test]
fn a_paid_order_that_was_cancelled_goes_nowhere() {
    let order = in_state(State::Paid).cancel(command(), at(3)).unwrap().0;
    for step in [order.pack(at(4)), order.ship(None, at(4)), order.deliver(at(4))] {
        assert_eq!(step, Err(WrongState(State::Cancelled)));
    }
    assert_eq!(order.paid(order.total(), at(4)), Payment::Unneeded);
}

#[test]
fn a_payment_of_another_amount_pays_no_order() {
    for state in STATES {
        let order = in_state(state);
        for other in [
            pounds(599),
            pounds(601),
            pounds(0),
            pounds(-600),
            Money::new(600, Currency::EUR),
        ] {
            assert_eq!(order.paid(other, at(2)), Payment::Unneeded, "{other} for {state:?}");
        }
    }
}

#[test]
fn the_time_to_pay_ends_to_the_millisecond() {
    let order = in_state(State::Reserved);
    let until = at(1).after(PATIENCE);
    assert_eq!(order.pay_until, Some(until));
    assert_eq!(order.unpaid(just_before(until)), None);
    assert_eq!(order.unpaid(until).unwrap().0.state, State::Expiring);
    let late = pay(&order, until.after(Duration::from_secs(1)));
    assert_eq!(late.state, State::Paid, "a payment that is late wins while the order waits");
}

/// The millisecond before.
fn just_before(time: Timestamp) -> Timestamp {
    Timestamp::from_millis(time.as_millis() - 1)
}

#[test]
fn what_costs_nothing_is_paid_at_once() {
    let (order, _) = place(vec![line(0, 1, 0)], 0);
    let (order, events) = order.reserved(PATIENCE, at(1)).unwrap();
    assert_eq!((order.state, events), (State::Paid, vec![OrderEvent::Reserved, OrderEvent::Paid]));
    let timeline: Vec<_> = order.timeline.iter().map(|step| (step.state, step.at)).collect();
    assert_eq!(timeline, [(State::Reserved, at(1)), (State::Paid, at(1))]);
    let (order, _) = place(vec![line(0, 1, 0)], 395);
    assert_eq!(order.reserved(PATIENCE, at(1)).unwrap().0.state, State::Reserved, "its delivery is to be paid");
}

#[test]
fn each_state_is_remembered_with_what_belongs_to_it_and_nothing_else() {
    for state in STATES {
        let order = in_state(state);
        assert_eq!(order.cancelled_by.is_some(), state == State::Cancelled, "{state:?}");
        assert_eq!(order.timeline.iter().any(|step| !step.short.is_empty()), state == State::Rejected, "{state:?}");
        assert_eq!(order.pay_until.is_some(), order.came_to(State::Reserved).is_some(), "{state:?}");
        assert_eq!(order.tracking.as_deref(), order.came_to(State::Shipped).map(|_| "RM1"), "{state:?}");
        assert_eq!(order.returns, u16::from(state == State::Returned), "{state:?}");
    }
}

#[test]
fn a_tracking_number_stays_what_it_was() {
    let order = in_state(State::Packed).ship(None, at(4)).unwrap().unwrap().0;
    assert_eq!(order.tracking, None);
    assert_eq!(order.ship(Some("RM2"), at(5)), Ok(None));
}

#[test]
fn what_nobody_answered_is_told_once_an_hour_and_only_that() {
    let hour = OVERDUE.as_secs();
    for (state, since, told) in [
        (State::Placed, at(0), OrderEvent::Placed),
        (State::Expiring, at(1).after(PATIENCE), OrderEvent::Expiring),
    ] {
        let order = in_state(state);
        assert_eq!(order.overdue(just_before(since.after(OVERDUE))), None, "{state:?}");
        let (again, events) = order.overdue(since.after(OVERDUE)).unwrap();
        assert_eq!((again.state, events), (state, vec![told.clone()]));
        assert_eq!(again.timeline, order.timeline, "it is no step");
        assert_eq!(again.overdue(since.after(OVERDUE)), None, "a second sweep at the same time says nothing");
        assert_eq!(again.overdue(just_before(since.after(OVERDUE * 2))), None);
        assert_eq!(again.overdue(since.after(OVERDUE * 2)).unwrap().1, [told]);
    }
    let expiring = in_state(State::Reserved).overdue(at(1).after(PATIENCE)).unwrap();
    assert_eq!((expiring.0.state, expiring.1), (State::Expiring, vec![OrderEvent::Expiring]));
    assert_eq!(in_state(State::Reserved).overdue(just_before(at(1).after(PATIENCE))), None);
    let (again, _) = in_state(State::Placed).overdue(at(hour)).unwrap();
    let expiring = again.reserved(PATIENCE, at(2 * hour)).unwrap().0.unpaid(at(3 * hour)).unwrap().0;
    assert_eq!(expiring.overdue(at(4 * hour - 1)), None, "what was told before counts for its own state only");
    for state in STATES {
        if ![State::Placed, State::Reserved, State::Expiring].contains(&state) {
            assert_eq!(in_state(state).overdue(at(366 * 86_400)), None, "{state:?} waits for nothing");
        }
    }
}

#[test]
fn a_refund_counts_once_in_any_state_and_only_in_the_orders_currency() {
    for state in STATES {
        let order = in_state(state);
        let (order, events) = order.refund(RefundId::from_bits(1), pounds(100)).unwrap().unwrap();
        assert_eq!((order.refunded(), events), (pounds(100), vec![OrderEvent::Refunded(100)]));
        assert_eq!(order.refund(RefundId::from_bits(1), pounds(100)), Ok(None));
        assert_eq!(order.refund(RefundId::from_bits(1), pounds(7)), Ok(None), "the first word counts");
        let (twice, events) = order.refund(RefundId::from_bits(2), pounds(100)).unwrap().unwrap();
        assert_eq!((twice.refunded(), events), (pounds(200), vec![OrderEvent::Refunded(100)]));
        assert_eq!((twice.state, &twice.timeline), (order.state, &order.timeline), "money is no step");
        let euros = Money::new(1, Currency::EUR);
        assert_eq!(order.refund(RefundId::from_bits(3), euros), Err(MoneyError::OtherCurrency));
        assert_eq!(order.refund(RefundId::from_bits(3), pounds(i64::MAX)), Err(MoneyError::Overflow));
    }
}
