//! Random histories of the whole context: jobs end and are told of again, people are credited and fined, weeks pass,
//! runs begin, webhooks come, payouts are tried again, invoices are paid; and calls fail, before and after their effect.

use crate::support::{End, adjust, calendar, invoice_id, job, manager, other_manager, pays, stage, transferred};
use billing::adjustment::Adjustment;
use billing::invoice::Invoice;
use billing::ledger::{Account, Fact};
use billing::payout::{Payout, Standing};
use billing::posting::Txn;
use billing::proof::Stored;
use billing::run::{Run, Tally};
use kernel::AccountId;
use local::faults::Fate;
use local::stage::Stage;
use platform::Item;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    Job {
        end: End,
        client: u128,
        worker: u128,
        price: i64,
    },
    Again {
        which: usize,
    },
    Adjust {
        worker: u128,
        minor: i64,
    },
    Decide {
        which: usize,
        approve: bool,
    },
    Pass {
        hours: u64,
    },
    Clock,
    Events,
    Retry {
        which: usize,
    },
    Pay {
        which: usize,
    },
}

/// A step, and from which of its calls on three fail.
#[derive(Clone, Debug)]
struct Act {
    step: Step,
    fault: Option<(usize, bool)>,
}

fn act() -> impl Strategy<Value = Act> {
    let end = prop::sample::select(vec![End::Completed, End::Completed, End::Cancelled, End::Failed, End::Missed]);
    // 60 % of the last two is what the provider fails and refuses.
    let price = prop::sample::select(vec![10_000, 12_345, 7, 10_022, 10_028]);
    let step = prop_oneof![
        6 => (end, 1..3u128, 11..14u128, price)
            .prop_map(|(end, client, worker, price)| Step::Job { end, client, worker, price }),
        2 => any::<usize>().prop_map(|which| Step::Again { which }),
        2 => (11..14u128, prop::sample::select(vec![-700, 500, -600_000, 650_000]))
            .prop_map(|(worker, minor)| Step::Adjust { worker, minor }),
        1 => (any::<usize>(), any::<bool>()).prop_map(|(which, approve)| Step::Decide { which, approve }),
        3 => (1..100u64).prop_map(|hours| Step::Pass { hours }),
        3 => Just(Step::Clock),
        4 => Just(Step::Events),
        1 => any::<usize>().prop_map(|which| Step::Retry { which }),
        1 => any::<usize>().prop_map(|which| Step::Pay { which }),
    ];
    let fault = prop::option::weighted(0.4, (0..25usize, any::<bool>()));
    (step, fault).prop_map(|(step, fault)| Act { step, fault })
}

/// Every item of a kind.
fn all<T: Item>(stage: &Stage) -> Vec<T> {
    stage.cloud.items("billing").unwrap()
}

struct History {
    stage: Stage,
    told: Vec<Value>,
    count: u128,
}

impl History {
    fn act(&mut self, act: &Act) {
        if let Some((from, is_lost_after)) = act.fault {
            let seen = AtomicUsize::new(0);
            self.stage.interfere(move |_| {
                let at = seen.fetch_add(1, Ordering::SeqCst);
                match (from..from + 3).contains(&at) {
                    true if is_lost_after => Fate::ReplyLost,
                    true => Fate::NeverSent,
                    false => Fate::Answered,
                }
            });
        }
        self.take(&act.step);
        self.stage.calm();
    }

    fn take(&mut self, step: &Step) {
        let stage = &self.stage;
        match step {
            Step::Job { end, client, worker, price } => {
                self.count += 1;
                let event = job(stage, self.count, *end, (*client, *worker), *price);
                stage.deliver("settle-job", &event);
                self.told.push(event);
            }
            Step::Again { which } => {
                if let Some(event) = pick(&self.told, *which) {
                    stage.deliver("settle-job", event);
                }
            }
            Step::Adjust { worker, minor } => {
                self.count += 1;
                adjust(stage, &format!("the-key-of-adjustment-{}", self.count), *worker, "worker", *minor);
            }
            Step::Decide { which, approve } => {
                if let Some(adjustment) = pick(&all::<Adjustment>(stage), *which) {
                    let ask = stage.ask("decide-adjustment").by(&other_manager()).at(adjustment.id);
                    ask.key(&format!("a-decision-{which:020}")).send(&json!({ "approve": approve }));
                }
            }
            Step::Pass { hours } => stage.pass(Duration::from_secs(hours * 3600)),
            Step::Clock => {
                for function in ["begin-run", "poll-payouts", "lapse-adjustments"] {
                    stage.start(function);
                }
            }
            // What failed on the way comes again later.
            Step::Events => drop(stage.rest(Duration::from_secs(10))),
            Step::Retry { which } => {
                if let Some(payout) = pick(&all::<Payout>(stage), *which) {
                    let ask = stage.ask("retry-payout").by(&manager()).at(payout.id);
                    ask.key(&format!("a-retry-{which:020}")).get();
                }
            }
            Step::Pay { which } => {
                if let Some(invoice) = pick(&all::<Invoice>(stage), *which) {
                    let client = if invoice.client == AccountId::from_bits(1) { 1 } else { 2 };
                    pays(stage, *which as u128, invoice.id, client, invoice.amount.amount_minor);
                }
            }
        }
    }

    /// Everything that was told is dealt with, and everybody sweeps, until nothing is left to do.
    fn come_to_rest(&mut self) {
        let told = std::mem::take(&mut self.told);
        assert!(told.iter().all(|event| self.stage.deliver("settle-job", event)));
        for _ in 0..12 {
            self.take(&Step::Clock);
            // An attempt that never reached the provider is given up after a day, and until then it fails.
            drop(self.stage.rest(Duration::from_secs(26 * 3600)));
        }
        self.stage.rest(Duration::from_secs(60)).unwrap();
        assert!(all::<Payout>(&self.stage).iter().all(|payout| payout.standing() != Standing::Pending));
        assert!(all::<Run>(&self.stage).iter().all(|run| run.finished_at.is_some()));
    }

    /// What must hold at every moment, whatever is under way.
    fn check(&self) {
        let stage = &self.stage;
        let stored = Stored {
            txns: all(stage),
            postings: all(stage),
            balances: all(stage),
            weeks: all(stage),
        };
        stored.prove().unwrap();
        let sent: i64 = transferred(stage).into_values().sum();
        let set_aside: i64 = -all::<Txn>(stage).iter().filter(|txn| is_payout(&txn.fact)).map(to_worker).sum::<i64>();
        assert!(sent <= set_aside, "more was sent than was taken: {sent} {set_aside}");
    }

    /// What must hold in the end.
    fn check_end(&self) {
        let stage = &self.stage;
        let (mut paid, mut counts) = (BTreeMap::new(), BTreeMap::<String, (u64, u64)>::new());
        for payout in all::<Payout>(stage) {
            let count = counts.entry(payout.period.to_string()).or_default();
            if payout.standing() == Standing::Paid {
                paid.insert(payout.reference(), payout.amount.amount_minor);
                count.0 += 1;
            } else {
                count.1 += 1;
            }
        }
        assert_eq!(transferred(stage), paid, "what was paid was transferred once, and nothing else was");
        let mut tallied = BTreeMap::<String, (u64, u64)>::new();
        for tally in all::<Tally>(stage).iter().filter(|tally| tally.payouts > 0) {
            let count = tallied.entry(tally.period.to_string()).or_default();
            *count = (count.0 + tally.paid, count.1 + tally.failed);
        }
        assert_eq!(tallied, counts);
        let mut charged = BTreeMap::new();
        for txn in all::<Txn>(stage) {
            if let Fact::Job { client, charge, .. } = txn.fact {
                *charged.entry((txn.week, client)).or_insert(0) += charge.amount_minor;
            }
        }
        let invoices: BTreeMap<_, _> = all::<Invoice>(stage)
            .into_iter()
            .map(|invoice| ((invoice.period, invoice.client), invoice.amount.amount_minor))
            .collect();
        let now = calendar().due_at(stage.now());
        for run in all::<Run>(stage) {
            assert!(run.period <= now);
            charged.iter().filter(|((week, _), _)| *week == run.period).for_each(|(of, charge)| {
                assert_eq!(invoices.get(of), Some(charge), "an invoice is exactly the sum of its jobs");
            });
        }
        for invoice in all::<Invoice>(stage) {
            let client = if invoice.client == AccountId::from_bits(1) { 1 } else { 2 };
            assert_eq!(invoice.id, invoice_id(client, invoice.period));
        }
    }
}

fn pick<T>(of: &[T], which: usize) -> Option<&T> {
    (!of.is_empty()).then(|| &of[which % of.len()])
}

fn is_payout(fact: &Fact) -> bool {
    matches!(fact, Fact::Payout { .. } | Fact::PayoutFailed { .. })
}

fn to_worker(txn: &Txn) -> i64 {
    let legs = txn.entry.legs().iter().filter(|leg| matches!(leg.account, Account::Worker(_)));
    legs.map(|leg| leg.amount.amount_minor).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_happens_the_money_is_all_there(acts in prop::collection::vec(act(), 5..50)) {
        let mut history = History { stage: stage(), told: Vec::new(), count: 0 };
        for act in &acts {
            history.act(act);
            history.check();
        }
        history.come_to_rest();
        history.check();
        history.check_end();
    }
}
