//! The week itself, hour by hour: clients request and change their minds.

use super::people::{DAYS, GOOD_CARD, hour, hours, somewhere};
use super::{MINUTE, Town, client, manager, other_manager, tell};
use crate::Outcome;
use crate::answers::id;
use kernel::AccountId;
use local::sandbox::stripe::confirmation;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How a request is to end, if there is somebody to do it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Fate {
    /// Done.
    Done,
    /// The worker gives up.
    Failed,
    /// The client changes their mind before anybody is found, or at that very moment.
    CancelledAtOnce,
    /// The client changes their mind when somebody is on the way.
    CancelledLate,
    /// The worker does not come.
    Missed,
    /// The worker gives the job back; somebody else does it.
    Withdrawn,
}

/// Fates, and how many of a thousand requests have each.
const FATES: [(Fate, usize); 6] = [
    (Fate::Done, 840),
    (Fate::Failed, 35),
    (Fate::CancelledAtOnce, 35),
    (Fate::CancelledLate, 35),
    (Fate::Missed, 25),
    (Fate::Withdrawn, 30),
];
/// How many of a hundred clients who request something pay onto their balance first.
const TOP_UPS: u32 = 10;
/// What they pay, in kopecks.
pub(super) const TOP_UP: i64 = 30_000;

/// What a request is to come to.
pub(super) struct Wanted {
    /// Whose it is.
    pub(super) client: AccountId,
    /// How it is to end.
    pub(super) fate: Fate,
    /// Whether the client was told that it is cancelled.
    pub(super) is_cancelled: bool,
}

/// The week.
pub(super) struct Week {
    pub(super) clients: Vec<AccountId>,
    pub(super) workers: Vec<AccountId>,
    services: Vec<(String, u32)>,
    requests: usize,
    /// All requests, by id.
    pub(super) wanted: BTreeMap<String, Wanted>,
    /// Who paid something onto the balance, by the top-up's id.
    pub(super) top_ups: BTreeMap<String, AccountId>,
}

impl Week {
    pub(super) fn new(
        clients: Vec<AccountId>,
        workers: Vec<AccountId>,
        services: Vec<(String, u32)>,
        requests: usize,
    ) -> Self {
        Self {
            clients,
            workers,
            services,
            requests,
            wanted: BTreeMap::new(),
            top_ups: BTreeMap::new(),
        }
    }
}

impl Town {
    /// Plays Monday to Saturday.
    pub(super) fn play(&mut self, week: &mut Week) -> Outcome {
        let hours: Vec<(u64, u64)> = hours().collect();
        let mut placed = 0;
        for (n, (day, at)) in hours.iter().copied().enumerate() {
            // An hour before: those who want somebody soon.
            self.live_until(hour(day, at - 1))?;
            let due = week.requests * (n + 1) / hours.len();
            for _ in placed..due {
                self.request(week, (day, at))?;
            }
            placed = due;
            self.live(10 * MINUTE)?;
            self.change_minds(week)?;
            self.give_back(week)?;
            self.draw(week)?;
            self.live_until(hour(day, at))?;
            self.start(week)?;
            // Who was found late draws late.
            self.live(10 * MINUTE)?;
            self.draw(week)?;
            self.live(5 * MINUTE)?;
            self.start(week)?;
            self.live(35 * MINUTE)?;
            self.finish(week)?;
            if hours.get(n + 1).is_none_or(|next| next.0 != day) {
                let again = self.ask_again(week, day)?;
                tell(self, &format!("{placed} requests so far; {again} clients whose worker did not come ask again"));
            }
        }
        // Who did not come has not come by now, and who waits for somebody is told that there is nobody.
        self.live_until(hour(DAYS - 1, 23))?;
        self.adjust(week)
    }

    pub(super) fn live_until(&mut self, until: kernel::Timestamp) -> Outcome {
        let left = until.as_millis() - self.stage.now().as_millis();
        self.live(std::time::Duration::from_millis(left.max(0).unsigned_abs()))
    }

    fn request(&mut self, week: &mut Week, (day, at): (u64, u64)) -> Outcome {
        let Some(account) = self.random.pick(&week.clients).copied() else {
            return Ok(());
        };
        let who = client(account);
        if self.random.chance(TOP_UPS) && !week.top_ups.values().any(|of| *of == account) {
            let amount = json!({ "amount": { "amount_minor": TOP_UP, "currency": "RUB" } });
            let started = self.ask(201, &who, "top-up-balance", "", Some(&amount))?;
            self.confirm(&started, GOOD_CARD)?;
            week.top_ups.insert(id(&started)?, account);
        }
        let shares: Vec<usize> = week.services.iter().map(|(_, share)| *share as usize).collect();
        let service = &week.services[self.random.weighted(&shares)].0;
        let (place, wide) = (somewhere(self), 1 + u64::from(self.random.between(0, 2)));
        let body = json!({
            "service": service, "description": "Be nice to the cat", "address": "Tverskaya 1, flat 5",
            "contact": "Maria, +7 900 000-00-00", "place": place, "from": hour(day, at), "until": hour(day, at + wide),
        });
        let made = self.ask(201, &who, "request-service", "", Some(&body))?;
        let weights: Vec<usize> = FATES.iter().map(|(_, weight)| *weight).collect();
        let fate = FATES[self.random.weighted(&weights)].0;
        let request = id(&made)?;
        let is_cancelled = fate == Fate::CancelledAtOnce;
        if is_cancelled {
            self.ask(200, &who, "cancel-service-request", &request, Some(&json!({})))?;
        }
        week.wanted.insert(request, Wanted { client: account, fate, is_cancelled });
        Ok(())
    }

    /// Who changes their mind while somebody is on the way does so now.
    fn change_minds(&mut self, week: &mut Week) -> Outcome {
        let late: Vec<(String, AccountId)> = week
            .wanted
            .iter()
            .filter(|(_, wanted)| wanted.fate == Fate::CancelledLate && !wanted.is_cancelled)
            .map(|(request, wanted)| (request.clone(), wanted.client))
            .collect();
        for (request, account) in late {
            let seen = self.ask(200, &client(account), "get-service-request", &request, None)?;
            if seen["state"] != "matched" {
                continue;
            }
            self.ask(200, &client(account), "cancel-service-request", &request, Some(&json!({})))?;
            if let Some(wanted) = week.wanted.get_mut(&request) {
                wanted.is_cancelled = true;
            }
        }
        // Time to be heard: who began before would go on.
        self.live(MINUTE)
    }

    /// Whose worker did not come asks for somebody else tomorrow, at the old price. How many do.
    fn ask_again(&mut self, week: &mut Week, day: u64) -> Result<usize, String> {
        let missed: Vec<(String, AccountId)> = week
            .wanted
            .iter()
            .filter(|(_, wanted)| wanted.fate == Fate::Missed)
            .map(|(request, wanted)| (request.clone(), wanted.client))
            .collect();
        let mut again = 0;
        for (request, account) in missed {
            let seen = self.ask(200, &client(account), "get-service-request", &request, None)?;
            if seen["state"] != "no-show" || seen["copied_as"].is_string() || day + 1 == DAYS {
                continue;
            }
            let window = json!({ "from": hour(day + 1, 9), "until": hour(day + 1, 19) });
            let copy = self.ask(201, &client(account), "copy-service-request", &request, Some(&window))?;
            week.wanted.insert(id(&copy)?, Wanted { client: account, fate: Fate::Done, is_cancelled: false });
            again += 1;
        }
        Ok(again)
    }

    /// Pays what was started with a test card, as an app does.
    pub(super) fn confirm(&self, started: &Value, card: &str) -> Outcome {
        let secret = started["client_secret"].as_str().ok_or("there is nothing to pay with")?;
        let answer = self.stage.cloud.sandboxes().ask("stripe", &confirmation(secret, card), self.stage.now());
        match answer.status {
            200 => Ok(()),
            status => Err(format!("the provider answers {status}: {}", String::from_utf8_lossy(&answer.body))),
        }
    }

    /// Managers credit and fine: a little alone, much with a second pair of eyes, so that two payouts come to amounts
    /// that the provider's sandbox fails and refuses.
    fn adjust(&mut self, week: &Week) -> Outcome {
        let [first, second, third, ..] = week.workers[..] else {
            return Err("there are too few workers".to_owned());
        };
        for (account, ending) in [(first, 13), (second, 17)] {
            let balances = self.ask(200, &manager(), "get-account-balance", &account.to_string(), None)?;
            let worker = balances["balances"].as_array().into_iter().flatten().find(|one| one["side"] == "worker");
            let has = worker.and_then(|one| one["balance"]["amount_minor"].as_i64()).unwrap_or(0);
            let credit = 10_000 + (ending - has).rem_euclid(100);
            self.ask(
                201,
                &manager(),
                "adjust-account",
                "",
                Some(&adjustment(account, credit, "A bonus for the week")),
            )?;
        }
        let fine = adjustment(third, -800_000, "Lost the keys of a flat");
        let proposed = id(&self.ask(201, &manager(), "adjust-account", "", Some(&fine))?)?;
        let yes = json!({ "approve": true });
        self.ask(409, &manager(), "decide-adjustment", &proposed, Some(&yes))?;
        self.ask(200, &other_manager(), "decide-adjustment", &proposed, Some(&yes))?;
        tell(self, "managers credited two workers, and two of them fined a third more than the week brought");
        Ok(())
    }
}

fn adjustment(account: AccountId, minor: i64, reason: &str) -> Value {
    json!({
        "account": account, "side": "worker", "reason": reason,
        "amount": { "amount_minor": minor, "currency": "RUB" },
    })
}
