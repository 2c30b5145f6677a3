//! The domain of orders: what holds whatever happens to one.

use crate::domain::{PATIENCE, STATES, at, command, line, place, pounds, shortage};
use crate::life::announcement;
use crate::support::sku;
use kernel::{RefundId, ReturnId, Timestamp};
use orders::life::{Next, Payment};
use orders::order::{Line, Order, OrderEvent, State};
use orders::returning::{Return, ReturnedLine, take_back};
use proptest::prelude::*;
use std::time::Duration;

/// Something that happens to an order.
#[derive(Clone, Debug)]
enum Happening {
    Reserved,
    Rejected,
    Cancel,
    Unpaid,
    Expired,
    Paid(i64),
    Pack,
    Ship,
    Deliver,
    Return(Option<usize>),
    Refund,
    RefundAgain,
    Sweep,
}

fn happening() -> impl Strategy<Value = Happening> {
    // What leads on is likelier, so that many histories come far.
    prop_oneof![
        4 => Just(Happening::Reserved),
        1 => Just(Happening::Rejected),
        1 => Just(Happening::Cancel),
        2 => Just(Happening::Unpaid),
        1 => Just(Happening::Expired),
        4 => Just(Happening::Paid(0)),
        1 => (-700..700i64).prop_map(Happening::Paid),
        4 => Just(Happening::Pack),
        4 => Just(Happening::Ship),
        4 => Just(Happening::Deliver),
        3 => (0..3usize).prop_map(|n| Happening::Return(Some(n))),
        1 => Just(Happening::Return(None)),
        3 => Just(Happening::Refund),
        2 => Just(Happening::RefundAgain),
        1 => Just(Happening::Sweep),
    ]
}

/// An order with what came back of it, and what payments owes its customer.
struct History {
    order: Order,
    lines: Vec<Line>,
    returns: Vec<Return>,
    owed: Vec<i64>,
    refunds: u128,
    events: Vec<OrderEvent>,
}

impl History {
    fn take(&mut self, next: Option<Next>) {
        if let Some((order, events)) = next {
            let gives_back = order.state == State::Cancelled && order.came_to(State::Paid).is_some();
            if gives_back && self.order.state != State::Cancelled {
                self.owed.push(order.total_minor);
            }
            self.order = order;
            self.events.extend(events);
        }
    }

    fn happen(&mut self, happening: &Happening, now: Timestamp) {
        let order = self.order.clone();
        match happening {
            Happening::Reserved => self.take(order.reserved(PATIENCE, now)),
            Happening::Rejected => self.take(order.rejected(shortage(), now)),
            Happening::Cancel => self.take(order.cancel(command(), now).ok()),
            Happening::Unpaid => self.take(order.unpaid(now)),
            Happening::Expired => self.take(order.expired(now)),
            Happening::Paid(off) => match order.paid(pounds(order.total_minor + off), now) {
                Payment::Paid(next) => self.take(Some(*next)),
                Payment::TooEarly | Payment::Unneeded => {}
            },
            Happening::Pack => self.take(order.pack(now).ok().flatten()),
            Happening::Ship => self.take(order.ship(None, now).ok().flatten()),
            Happening::Deliver => self.take(order.deliver(now).ok().flatten()),
            Happening::Return(which) => {
                let wanted = which.map(|n| vec![ReturnedLine { sku: sku(n), quantity: 1 }]);
                let forever = Duration::from_secs(u32::MAX.into());
                let taken = take_back(&order, &self.lines, &self.returns, wanted.as_deref(), forever, now);
                if let Ok(taken) = taken {
                    self.order = order.took_back(taken.everything, now);
                    self.owed.push(taken.refund.amount_minor);
                    self.returns.push(Return {
                        id: ReturnId::from_bits(self.returns.len() as u128),
                        order: order.id,
                        customer: order.customer,
                        lines: taken.lines,
                        refund: taken.refund,
                        at: now,
                        reason: None,
                        request: String::new(),
                    });
                }
            }
            Happening::Refund => {
                if let Some(amount) = self.owed.pop() {
                    self.refunds += 1;
                    self.take(order.refund(RefundId::from_bits(self.refunds), pounds(amount)).unwrap());
                }
            }
            Happening::RefundAgain => {
                let known = order.refunds.last().map(|refund| (refund.id, refund.amount_minor));
                if let Some((id, amount)) = known {
                    assert_eq!(order.refund(id, pounds(amount)), Ok(None));
                }
            }
            Happening::Sweep => self.take(order.overdue(now)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Whatever happens in whatever order: what was agreed stays, each state is come to once and in time, what has
    /// ended has ended, and no more money goes back than came.
    #[test]
    fn an_order_keeps_its_word_whatever_happens(steps in prop::collection::vec((happening(), 0..1200u64), 0..60)) {
        let lines = vec![line(0, 2, 100), line(1, 1, 300), line(0, 1, 50), line(2, 1, 0)];
        let (agreed, _) = place(lines.clone(), 95);
        let mut history = History {
            order: agreed.clone(),
            lines,
            returns: Vec::new(),
            owed: Vec::new(),
            refunds: 0,
            events: Vec::new(),
        };
        let mut seconds = 0;
        for (happening, wait) in steps {
            seconds += wait;
            let before = history.order.clone();
            history.happen(&happening, at(seconds));
            let order = &history.order;

            prop_assert!(order.timeline.starts_with(&before.timeline), "the timeline only grows");
            prop_assert!(order.timeline.len() <= before.timeline.len() + 1, "step by step");
            prop_assert_eq!(order.timeline.last().map_or(State::Placed, |step| step.state), order.state);
            prop_assert!(order.timeline.windows(2).all(|pair| pair[0].at <= pair[1].at), "in its order");
            for state in STATES {
                let times = order.timeline.iter().filter(|step| step.state == state).count();
                prop_assert!(times <= 1, "{:?} came {} times", state, times);
            }
            let has_ended = [State::Rejected, State::Expired, State::Cancelled, State::Returned];
            if has_ended.contains(&before.state) {
                prop_assert_eq!(order.state, before.state, "what has ended has ended");
            }
            let came = if order.came_to(State::Paid).is_some() { order.total_minor } else { 0 };
            let owed: i64 = history.owed.iter().sum();
            let refunded = order.refunded().amount_minor;
            prop_assert!(refunded + owed <= came, "{} + {} of {} go back", refunded, owed, came);
            if order.state == State::Returned {
                prop_assert_eq!(refunded + owed, came, "all of it comes back");
            }
            prop_assert_eq!(usize::from(order.returns), history.returns.len());

            let untouched = Order {
                state: agreed.state,
                timeline: Vec::new(),
                cancelled_by: None,
                pay_until: None,
                tracking: None,
                returns: 0,
                refunds: Vec::new(),
                told_again_at: None,
                ..order.clone()
            };
            prop_assert_eq!(untouched, agreed.clone(), "what was agreed stays");
        }
        for state in STATES.into_iter().filter(|state| ![State::Placed, State::Expiring].contains(state)) {
            let told = history.events.iter().filter(|event| Some(*event) == announcement(state).as_ref()).count();
            prop_assert_eq!(told, usize::from(state != State::Returned && history.order.came_to(state).is_some()));
        }
    }
}
