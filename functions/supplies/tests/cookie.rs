//! The domain of cookies: whatever answers are lost, late or wrong, a job has one cookie or none, and nothing is left at
//! the vendor that nobody wants.

use kernel::{JobId, Timestamp};
use proptest::prelude::*;
use std::time::Duration;
use supplies::cookie::{Answer, Call, Cookie, CookieEvent, Next, Progress, VendorOrder, VendorRef, VendorStatus};

const MINUTE: Duration = Duration::from_secs(60);
/// How long the vendor remembers a key.
const KEY_LIFE: Duration = Duration::from_secs(86_400);
/// How long the vendor does not find a new order.
const LAG: Duration = Duration::from_secs(30);
/// How long a request may be under way.
const UNDER_WAY: Duration = Duration::from_secs(14 * 60);

/// What becomes of a call.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Answered,
    ReplyLost,
    NotSent,
    /// It is answered by nobody, and takes effect much later.
    Late,
}

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    Call(Fate),
    /// The vendor decides on everything it has.
    Decide {
        confirms: bool,
    },
    Off,
    Sweep,
    Pass {
        minutes: u32,
    },
}

struct Order {
    key: String,
    at: Timestamp,
    status: VendorStatus,
}

#[derive(Default)]
struct Vendor {
    orders: Vec<Order>,
    late: Vec<(Timestamp, String)>,
}

impl Vendor {
    fn arrive(&mut self, now: Timestamp) {
        let (arrived, late) = std::mem::take(&mut self.late).into_iter().partition(|(at, _)| *at <= now);
        self.late = late;
        let arrived: Vec<(Timestamp, String)> = arrived;
        arrived.into_iter().for_each(|(at, key)| drop(self.place(&key, at)));
    }

    fn place(&mut self, key: &str, now: Timestamp) -> Answer {
        let known = self.orders.iter().position(|order| order.key == key && now < order.at.after(KEY_LIFE));
        let place = known.unwrap_or_else(|| {
            self.orders.push(Order { key: key.to_owned(), at: now, status: VendorStatus::Pending });
            self.orders.len() - 1
        });
        // As it was answered the first time.
        Answer::Order(VendorOrder {
            id: VendorRef(place.to_string()),
            status: VendorStatus::Pending,
        })
    }

    fn view(&self, place: usize) -> Answer {
        match self.orders.get(place) {
            Some(order) => Answer::Order(VendorOrder {
                id: VendorRef(place.to_string()),
                status: order.status.clone(),
            }),
            None => Answer::Missing,
        }
    }

    fn answer(&mut self, call: &Call, now: Timestamp) -> Answer {
        match call {
            Call::Place { key, .. } => self.place(key, now),
            Call::Find => {
                let found = self.orders.iter().position(|order| order.at.after(LAG) <= now);
                found.map_or(Answer::Missing, |place| self.view(place))
            }
            Call::Ask(id) => self.view(id.0.parse().unwrap()),
            Call::Cancel(id) => {
                let place: usize = id.0.parse().unwrap();
                if self.orders[place].status == VendorStatus::Pending {
                    self.orders[place].status = VendorStatus::Cancelled;
                }
                self.view(place)
            }
        }
    }

    fn live(&self) -> usize {
        let live = |order: &&Order| matches!(order.status, VendorStatus::Pending | VendorStatus::Confirmed);
        self.orders.iter().filter(live).count()
    }
}

struct History {
    cookie: Cookie,
    vendor: Vendor,
    now: Timestamp,
    events: Vec<CookieEvent>,
}

impl History {
    fn new(hours: u32) -> Self {
        let now = Timestamp::from_millis(1_767_600_000_000);
        let (cookie, events) = Cookie::ask(JobId::from_bits(1), now.after(hours * 60 * MINUTE), now);
        Self { cookie, vendor: Vendor::default(), now, events }
    }

    fn becomes(&mut self, next: Option<Next>) -> bool {
        let changed = next.is_some();
        if let Some((cookie, events)) = next {
            self.cookie = cookie;
            self.events.extend(events);
        }
        changed
    }

    /// Makes the next call; whether that changed anything.
    fn call(&mut self, fate: Fate) -> bool {
        self.vendor.arrive(self.now);
        let Some(call) = self.cookie.next_call(self.now) else {
            return false;
        };
        if let (Call::Place { .. }, Some(next)) = (&call, self.cookie.sending(self.now)) {
            self.becomes(Some(next));
        }
        let answer = match (fate, &call) {
            (Fate::Answered, _) => self.vendor.answer(&call, self.now),
            (Fate::ReplyLost, _) => {
                self.vendor.answer(&call, self.now);
                return false;
            }
            (Fate::Late, Call::Place { key, .. }) => {
                self.vendor.late.push((self.now.after(UNDER_WAY), key.clone()));
                return false;
            }
            (Fate::NotSent | Fate::Late, _) => return false,
        };
        let next = self.cookie.follow(&answer, self.now);
        self.becomes(next)
    }

    fn take(&mut self, step: &Step) {
        self.vendor.arrive(self.now);
        match step {
            Step::Call(fate) => drop(self.call(*fate)),
            Step::Decide { confirms } => {
                let pending = self.vendor.orders.iter_mut().filter(|order| order.status == VendorStatus::Pending);
                for order in pending {
                    order.status = match confirms {
                        true => VendorStatus::Confirmed,
                        false => VendorStatus::Rejected("sold_out".to_owned()),
                    };
                }
            }
            Step::Off => {
                let next = self.cookie.unwant(self.now);
                self.becomes(next);
            }
            Step::Sweep => {
                let next = self.cookie.overdue(self.now);
                self.becomes(next);
            }
            Step::Pass { minutes } => self.now = self.now.after(*minutes * MINUTE),
        }
    }

    /// What must hold at every moment.
    fn check(&self) {
        assert!(self.vendor.live() <= 1, "the vendor bakes two: {:?}", self.cookie);
        let settled = usize::from(!self.cookie.is_live());
        assert_eq!(self.events.len(), settled, "{:?}", self.cookie);
        assert_eq!(self.cookie.due.is_some(), self.cookie.is_live(), "whatever waits has a deadline");
        assert_eq!(self.cookie.waiting.is_some(), self.cookie.due.is_some());
    }

    /// The vendor answers, nothing is under way, the sweeper comes by.
    fn come_to_rest(&mut self) {
        for _ in 0..40 {
            self.take(&Step::Sweep);
            while self.call(Fate::Answered) {
                self.check();
            }
            self.now = self.now.after(10 * MINUTE);
        }
        self.take(&Step::Decide { confirms: true });
        self.take(&Step::Pass { minutes: 10 });
        while self.call(Fate::Answered) {}
        self.check();
    }

    /// What must hold in the end.
    fn check_end(&self) {
        let confirmed = self.vendor.orders.iter().filter(|order| order.status == VendorStatus::Confirmed).count();
        match &self.cookie.progress {
            Progress::Confirmed { .. } => assert_eq!(confirmed, 1),
            Progress::Refused { .. } | Progress::Cancelled => assert_eq!(self.vendor.live(), 0, "{:?}", self.cookie),
            live => panic!("something still waits: {live:?}"),
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    let fate = prop_oneof![
        4 => Just(Fate::Answered),
        3 => Just(Fate::ReplyLost),
        2 => Just(Fate::NotSent),
        2 => Just(Fate::Late),
    ];
    prop_oneof![
        8 => fate.prop_map(Step::Call),
        1 => prop::bool::weighted(0.7).prop_map(|confirms| Step::Decide { confirms }),
        1 => Just(Step::Off),
        2 => Just(Step::Sweep),
        3 => (1..30u32).prop_map(|minutes| Step::Pass { minutes }),
        1 => (60..1500u32).prop_map(|minutes| Step::Pass { minutes }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_a_job_has_one_cookie_or_none(hours in 1..100u32, steps in prop::collection::vec(step(), 1..50)) {
        let mut history = History::new(hours);
        for step in &steps {
            history.take(step);
            history.check();
        }
        history.come_to_rest();
        history.check_end();
    }
}

#[test]
fn what_is_settled_stays_as_it_is() {
    let now = Timestamp::from_millis(1_767_600_000_000);
    let (never, _) = Cookie::never(JobId::from_bits(1));
    let order = VendorOrder {
        id: VendorRef("1".to_owned()),
        status: VendorStatus::Confirmed,
    };
    for answer in [Answer::Order(order), Answer::Missing, Answer::Refused("no".to_owned())] {
        assert_eq!(never.follow(&answer, now), None);
    }
    assert_eq!((never.unwant(now), never.overdue(now), never.next_call(now)), (None, None, None));
}

#[test]
fn an_order_is_not_asked_about_before_the_vendor_had_time() {
    let now = Timestamp::from_millis(1_767_600_000_000);
    let (asked, _) = Cookie::ask(JobId::from_bits(1), now.after(600 * MINUTE), now);
    let order = VendorOrder { id: VendorRef("1".to_owned()), status: VendorStatus::Pending };
    let (placed, _) = asked.follow(&Answer::Order(order.clone()), now).unwrap();
    assert_eq!(placed.next_call(now.after(9 * MINUTE)), None);
    assert_eq!(placed.next_call(now.after(10 * MINUTE)), Some(Call::Ask(order.id.clone())));
    let (unwanted, _) = placed.unwant(now).unwrap();
    assert_eq!(unwanted.next_call(now), Some(Call::Cancel(order.id)), "but cancelled at once");
}
