//! Random histories of a payment: customers start, pay, are declined; orders expire, are cancelled, are returned;
//! webhooks come twice and in any order; calls fail, before and after their effect; time passes.

use crate::model::{Bank, Fate, MINUTE, Model, Told};
use futures_util::FutureExt;
use kernel::{AccountId, Currency, Money, OrderId, PaymentId, PaymentMethodId, RefundId, ReturnId, Timestamp};
use payments::attempt::{Progress, Way};
use payments::carry_out::{answer, follow};
use payments::payment::{End, Payment, PaymentEvent, Standing, Wish};
use payments::refund::RefundState;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const PRICE: i64 = 1000;

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    Start { saved: bool },
    Call { fates: Vec<Fate>, bank: Bank },
    Pay { attempt: usize, other: bool },
    Decline { attempt: usize },
    Webhook { which: usize },
    Close { cancelled: bool },
    Return { which: u8, amount: i64 },
    SettleRefund { which: usize, fails: bool },
    Sweep,
    Pass { minutes: u32 },
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        4 => Just(Fate::Answered),
        2 => Just(Fate::ReplyLost),
        1 => Just(Fate::NotSent),
        1 => Just(Fate::Failed),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let bank = prop_oneof![3 => Just(Bank::Pays), 1 => Just(Bank::Declines), 1 => Just(Bank::WantsTheCustomer)];
    prop_oneof![
        3 => any::<bool>().prop_map(|saved| Step::Start { saved }),
        8 => (prop::collection::vec(fate(), 0..3), bank).prop_map(|(fates, bank)| Step::Call { fates, bank }),
        3 => (0..4usize, prop::bool::weighted(0.1)).prop_map(|(attempt, other)| Step::Pay { attempt, other }),
        1 => (0..4usize).prop_map(|attempt| Step::Decline { attempt }),
        6 => (0..64usize).prop_map(|which| Step::Webhook { which }),
        1 => any::<bool>().prop_map(|cancelled| Step::Close { cancelled }),
        1 => (0..4u8, 0..600i64).prop_map(|(which, amount)| Step::Return { which, amount }),
        2 => (0..4usize, prop::bool::weighted(0.2)).prop_map(|(which, fails)| Step::SettleRefund { which, fails }),
        1 => Just(Step::Sweep),
        2 => (1..20u32).prop_map(|minutes| Step::Pass { minutes }),
    ]
}

struct History {
    model: Model,
    payment: Payment,
    now: Timestamp,
    pay_until: Timestamp,
    /// What customers know the client secret of.
    disclosed: BTreeSet<PaymentId>,
    events: Vec<PaymentEvent>,
    starts: u128,
    expired: bool,
    cancelled: bool,
}

impl History {
    fn new() -> Self {
        let now = Timestamp::from_millis(1_767_600_000_000);
        Self {
            model: Model::default(),
            payment: Payment::of(OrderId::from_bits(1), AccountId::from_bits(2)),
            now,
            pay_until: now.after(15 * MINUTE),
            disclosed: BTreeSet::new(),
            events: Vec::new(),
            starts: 0,
            expired: false,
            cancelled: false,
        }
    }

    fn becomes(&mut self, next: Option<(Payment, Vec<PaymentEvent>)>) -> bool {
        let Some((payment, events)) = next else {
            return false;
        };
        self.payment = payment;
        self.events.extend(events);
        for attempt in &self.payment.attempts {
            if matches!(attempt.progress, Progress::Open { .. }) {
                self.disclosed.insert(attempt.id);
            }
        }
        true
    }

    fn start(&mut self, saved: bool) {
        self.starts += 1;
        let way = match saved {
            true => Way::Saved {
                id: PaymentMethodId::from_bits(1),
                method: "pm_1".to_owned().into(),
                payer: "cus_1".to_owned().into(),
            },
            false => Way::Form { save_for: None },
        };
        let wish = Wish {
            id: PaymentId::from_bits(self.starts),
            request: String::new(),
            amount: Money::new(PRICE, Currency::GBP),
            way,
            pay_until: self.pay_until,
        };
        let next = self.payment.start(wish, self.now).ok();
        self.becomes(next);
    }

    /// Makes the next call, if there is one that is not among `left`; whether that changed anything.
    fn call(&mut self, left: &[payments::next_call::Matter]) -> Option<(payments::next_call::Matter, bool)> {
        let payment = self.payment.clone();
        let call = payment.next_call(left, self.now)?;
        let answered = answer(&self.model, &call).now_or_never().unwrap();
        let next = answered.ok().and_then(|answer| follow(&payment, &answer, self.now));
        Some((call.matter(), self.becomes(next)))
    }

    fn hear(&mut self, told: &Told) {
        let next = match told {
            Told::Intent(intent) => self.payment.heard(intent.payment.unwrap(), intent, self.now).unwrap(),
            Told::Refund(news) => self.payment.refund_heard(news, self.now),
        };
        self.becomes(next);
    }

    fn close(&mut self, because: End) {
        self.expired |= because == End::Expired;
        self.cancelled |= because == End::Cancelled;
        let next = self.payment.close(because, self.now);
        self.becomes(next);
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Start { saved } => self.start(*saved),
            Step::Call { fates, bank } => {
                self.model.set(self.now, fates, *bank);
                self.call(&[]);
            }
            Step::Pay { attempt, other } => {
                if let Some(intent) = self.payable(*attempt) {
                    self.model.pay(&intent, if *other { -1 } else { 0 });
                }
            }
            Step::Decline { attempt } => {
                if let Some(intent) = self.payable(*attempt) {
                    self.model.decline(&intent);
                }
            }
            Step::Webhook { which } => {
                let told = self.model.told();
                if let Some(told) = (!told.is_empty()).then(|| &told[which % told.len()]) {
                    self.hear(told);
                }
            }
            Step::Close { cancelled } => self.close(if *cancelled { End::Cancelled } else { End::Expired }),
            Step::Return { which, amount } => {
                let amount = Money::new(*amount, Currency::GBP);
                let next = self.payment.returned(ReturnId::from_bits((*which).into()), amount, self.now);
                self.becomes(next.unwrap_or(None));
            }
            Step::SettleRefund { which, fails } => self.model.settle_refund(*which, *fails),
            Step::Sweep => {
                let next = self.payment.overdue(self.now);
                self.becomes(next);
            }
            Step::Pass { minutes } => self.now = self.now.after(*minutes * MINUTE),
        }
    }

    /// An intent whose client secret a customer has.
    fn payable(&self, attempt: usize) -> Option<payments::provider::IntentRef> {
        let attempt = self.payment.attempts.get(attempt)?;
        self.disclosed.contains(&attempt.id).then(|| attempt.intent().cloned())?
    }

    /// What must hold at every moment.
    fn check(&self) {
        assert!(!self.model.overdrawn(), "more was asked back than there was: {:?}", self.payment);
        for attempt in &self.payment.attempts {
            assert!(attempt.kept_minor() >= 0, "{attempt:?}");
        }
        let live: Vec<_> = self.payment.attempts.iter().filter(|attempt| attempt.is_under_way()).collect();
        assert!(live.iter().filter(|attempt| !attempt.unwanted).count() <= 1, "{live:?}");
        let wanted_beside_unwanted = live.len() > 1 && live.iter().any(|attempt| !attempt.unwanted);
        assert!(!wanted_beside_unwanted, "two attempts could bring money: {live:?}");
        let succeeded = self.count(|event| matches!(event, PaymentEvent::Succeeded(_)));
        let closed = self.count(|event| *event == PaymentEvent::Closed);
        assert!(succeeded + closed <= 1, "{:?}", self.events);
        assert_eq!(succeeded == 1, self.was_paid(), "{:?} {:?}", self.events, self.payment.standing);
        assert_eq!(self.payment.due.is_some(), self.payment.waiting.is_some());
        let waits = self.payment.attempts.iter().any(|attempt| attempt.is_live())
            || self.refunds().any(|state| matches!(state, RefundState::Asked { .. } | RefundState::Pending { .. }));
        assert_eq!(self.payment.due.is_some(), waits, "whatever waits has a deadline");
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for event in &self.events {
            *seen.entry(format!("{event:?}")).or_default() += 1;
        }
        assert!(seen.values().all(|count| *count == 1), "announced twice: {:?}", self.events);
    }

    fn count(&self, which: impl Fn(&PaymentEvent) -> bool) -> usize {
        self.events.iter().filter(|event| which(event)).count()
    }

    fn was_paid(&self) -> bool {
        match self.payment.standing {
            Standing::Paid { .. } => true,
            Standing::Closed { because: End::Cancelled } => {
                self.count(|event| matches!(event, PaymentEvent::Succeeded(_))) == 1
            }
            _ => false,
        }
    }

    fn refunds(&self) -> impl Iterator<Item = &RefundState> {
        self.payment.attempts.iter().flat_map(|attempt| attempt.refunds()).map(|refund| &refund.state)
    }

    /// Everything that was told is heard, every call is answered, banks decide, the sweeper comes by.
    fn come_to_rest(&mut self) {
        for _ in 0..40 {
            let mut left = Vec::new();
            self.model.set(self.now, &[], Bank::Pays);
            while let Some((matter, changed)) = self.call(&left) {
                if !changed {
                    left.push(matter);
                }
                self.check();
            }
            (0..64).for_each(|n| self.model.settle_refund(n, false));
            for told in self.model.told() {
                self.hear(&told);
                self.check();
            }
            self.now = self.now.after(11 * MINUTE);
            if self.payment.due.is_some_and(|due| due <= self.now) {
                self.take(&Step::Sweep);
            }
        }
    }

    /// What must hold in the end.
    fn check_end(&self) {
        assert_eq!(self.payment.due, None, "something still waits: {:#?}", self.payment);
        let kept = self.model.kept();
        for attempt in &self.payment.attempts {
            let (captured, back) = kept.get(&attempt.id).copied().unwrap_or_default();
            let here = matches!(attempt.progress, Progress::Captured { amount, .. } if amount.amount_minor == captured);
            assert_eq!(here, captured > 0, "the provider has captured {captured}: {attempt:?}");
            assert_eq!(attempt.kept_minor(), captured - back, "{attempt:?}");
        }
        let paid_by = match self.payment.standing {
            Standing::Paid { by } => Some(by),
            _ => None,
        };
        for attempt in self.payment.attempts.iter().filter(|attempt| Some(attempt.id) != paid_by) {
            let failed: i64 = attempt
                .refunds()
                .iter()
                .filter(|refund| !refund.counts() && refund.return_id().is_none())
                .map(|refund| refund.amount.amount_minor)
                .sum();
            let failed_returns =
                attempt.refunds().iter().any(|refund| !refund.counts() && refund.return_id().is_some());
            let kept = attempt.kept_minor();
            assert!(kept == failed || failed_returns && kept >= failed, "kept without need: {attempt:?}");
        }
        let mut ids: Vec<RefundId> = self.model.refund_ids();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "a refund was made twice");
        let (paid, closed) = (paid_by.is_some(), matches!(self.payment.standing, Standing::Closed { .. }));
        assert!(closed || !self.cancelled, "{:?}", self.payment.standing);
        assert!(closed || paid || !self.expired, "{:?}", self.payment.standing);
        let loose = self.model.loose(&BTreeSet::new());
        let lost = self.payment.attempts.iter().filter(|attempt| !self.disclosed.contains(&attempt.id)).count();
        assert!(loose <= lost, "an intent whose secret is known can still be paid");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_no_money_is_lost_kept_or_given_back_twice(steps in prop::collection::vec(step(), 1..60)) {
        let mut history = History::new();
        for step in &steps {
            history.take(step);
            history.check();
        }
        history.come_to_rest();
        history.check_end();
    }
}
