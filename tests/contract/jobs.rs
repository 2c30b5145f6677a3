//! What workers do: a day of jobs, and one job in each state for the authorization matrix.

use crate::services;
use contracts::Event;
use contracts::matching::{MatchEnd, MatchEnded, RequestMatched};
use contracts::supplies::SuppliesNotNeeded;
use jobs::job::id_of;
use kernel::{AccountId, JobId, Money, Principal, RequestId, Role, ServiceId, SlotId, Timestamp};
use local::stage::Stage;
use local::testing::{caller, event, good};
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// Jobs of one worker, and the photos that were taken of them.
pub struct Jobs {
    /// To be done.
    pub assigned: String,
    /// To be done now.
    pub ready: String,
    /// A photo of that.
    pub start_photo: String,
    /// Under way.
    pub started: String,
    /// The photo of its start.
    pub start_photo_of_started: String,
    /// A photo of that.
    pub report_photo: String,
    /// Given up: it waits for a review.
    pub failed: String,
}

impl Jobs {
    /// Jobs of the worker, who requested all that herself: one person may be both.
    pub fn of(stage: &Stage, account: AccountId, service: &str) -> Self {
        let town = Shop { stage, service, account };
        let [assigned, ready, started, failed] = ["assigned", "ready", "started", "failed"].map(|name| town.job(name));
        let start_photo = town.photo(ready);
        for job in [started, failed] {
            town.start(job);
        }
        let start_photo_of_started = town.view(started)["start_photo"].as_str().unwrap().to_owned();
        let report_photo = town.photo(started);
        town.step("fail-job", failed, &json!({ "reason": "No ladder" }));
        stage.settle().unwrap();
        Self {
            assigned: assigned.to_string(),
            ready: ready.to_string(),
            start_photo,
            started: started.to_string(),
            start_photo_of_started,
            report_photo,
            failed: failed.to_string(),
        }
    }
}

/// Everything that jobs announces happens once.
pub fn day(stage: &Stage) {
    let service = services::offer(stage, "Plumbing");
    let shop = Shop { stage, service: &service, account: AccountId::from_bits(1) };
    let [done, failed, missed, withdrawn, regretted, released] =
        ["done", "failed", "missed", "withdrawn", "regretted", "released"].map(|name| shop.job(name));
    for job in [done, failed] {
        shop.start(job);
    }
    shop.step("finish-job", done, &json!({ "photo": shop.photo(done) }));
    shop.step("fail-job", failed, &json!({ "reason": "No ladder" }));
    shop.step("withdraw-job", withdrawn, &json!({}));
    let review = stage.ask("record-review").by(&caller(3, Role::Quality)).at(failed).key("the-key-of-a-review");
    good(&review.send(&json!({ "finding": "excused" })));
    // Matching takes the worker away, and the client hears of it too late.
    let (request, worker, end) = (shop.request_of(released), shop.account, MatchEnd::Rematched);
    shop.hears("cancel-job", &MatchEnded { request, attempt: 1, worker, end });
    for job in [regretted, released] {
        let request = shop.request_of(job);
        let cancel = stage.ask("cancel-service-request").by(&shop.person(Role::Customer)).at(request);
        assert_eq!(good(&cancel.key("the-key-to-cancel").send(&json!({})))["state"], "cancelling");
    }
    stage.settle().unwrap();
    stage.pass(60 * MINUTE);
    assert!(stage.start("close-missed-jobs"));
    stage.settle().unwrap();
    let states: Vec<Value> = [done, failed, missed, withdrawn, regretted, released].map(|job| shop.state(job)).into();
    assert_eq!(states, ["completed", "failed", "missed", "withdrawn", "cancelled", "closed"]);
}

/// Somebody who requests services and does them.
struct Shop<'s> {
    stage: &'s Stage,
    service: &'s str,
    account: AccountId,
}

impl Shop<'_> {
    fn person(&self, role: Role) -> Principal {
        Principal { account: self.account, roles: vec![role] }
    }

    /// A job of this name, which begins in 25 minutes and needs no supplies.
    fn job(&self, name: &str) -> JobId {
        let Self { stage, service, account } = *self;
        let key = format!("a-request-whose-job-is-{name}");
        let request: RequestId = services::request(stage, &self.person(Role::Customer), service, &key).parse().unwrap();
        let from: Timestamp = stage.now().after(25 * MINUTE);
        let matched = RequestMatched {
            request,
            attempt: 1,
            client: account,
            worker: account,
            slot: SlotId::from_bits(1),
            service: service.parse::<ServiceId>().unwrap(),
            price: Money::new(10_000, "RUB".parse().unwrap()),
            from,
            until: from.after(60 * MINUTE),
        };
        let job = id_of(request, 1);
        self.hears("follow-match", &matched);
        self.hears("create-job", &matched);
        self.hears("note-supplies", &SuppliesNotNeeded { job, worker: account });
        job
    }

    fn hears<E: Event>(&self, function: &str, said: &E) {
        assert!(self.stage.deliver(function, &event(self.stage, said, 1, 1)), "{:?}", self.stage.log().last());
    }

    /// Uploads a photo of a job, if that was not done before.
    fn photo(&self, job: JobId) -> String {
        let ask = self.stage.ask("create-photo-upload").by(&self.person(Role::Worker)).at(job);
        let body = json!({ "content_type": "image/jpeg", "length": 3 });
        let signed = good(&ask.key(&format!("a-photo-of-{job}")).send(&body));
        assert!(matches!(self.stage.upload(&signed, b"jpg"), 200 | 412));
        signed["photo"].as_str().unwrap().to_owned()
    }

    fn start(&self, job: JobId) {
        self.step("start-job", job, &json!({ "photo": self.photo(job), "confirmed": true }));
    }

    fn step(&self, function: &'static str, job: JobId, body: &Value) {
        let ask = self.stage.ask(function).by(&self.person(Role::Worker)).at(job);
        good(&ask.key(&format!("the-key-to-{function}")).send(body));
    }

    fn view(&self, job: JobId) -> Value {
        good(&self.stage.ask("get-job").by(&self.person(Role::Worker)).at(job).get())
    }

    fn state(&self, job: JobId) -> Value {
        self.view(job)["state"].clone()
    }

    fn request_of(&self, job: JobId) -> RequestId {
        self.view(job)["request"].as_str().unwrap().parse().unwrap()
    }
}
