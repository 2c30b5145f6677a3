//! A service from its request to the review of the job: what each of its use cases costs.

use super::measure::{Till, expect, id, manager};
use crate::answers::upload;
use contracts::Event;
use contracts::matching::RequestMatched;
use contracts::supplies::SuppliesNotNeeded;
use kernel::{AccountId, JobId, Money, Principal, RequestId, Role, ServiceId, SlotId};
use local::testing::event;
use serde_json::{Value, json};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

impl Till {
    /// A manager offers a service; a client requests it, and a worker does it, or the client cancels it.
    pub(super) fn working(&mut self) -> Result<(), String> {
        let service = self.offer()?;
        expect(200, self.stage.ask("list-services").get())?;
        self.note("list-services, a page of one", "list-services");
        let done = self.request(&service, "the-key-of-a-request-that-is-done")?;
        self.note("request-service", "request-service");
        let job = self.matched(&service, done)?;
        self.notes(&[("follow-match", "follow-match"), ("create-job", "create-job")]);
        self.hear("note-supplies", &SuppliesNotNeeded { job, worker: worker().account })?;
        self.note("note-supplies", "note-supplies");
        expect(200, self.stage.ask("get-job").by(&worker()).at(job).get())?;
        self.notes(&[("get-job", "get-job"), ("read-visit, asked by get-job", "read-visit")]);
        expect(200, self.stage.ask("list-jobs").by(&worker()).get())?;
        self.note("list-jobs, a page of one", "list-jobs");
        self.stage.pass(HOUR);
        let start = json!({ "photo": self.photo(job, "the-key-of-a-photo")?, "confirmed": true });
        self.note("create-photo-upload", "create-photo-upload");
        self.step("start-job", job, &start)?;
        let finish = json!({ "photo": self.photo(job, "the-key-of-another-photo")? });
        self.stage.costs();
        self.step("finish-job", job, &finish)?;
        let quality = Principal { account: AccountId::from_bits(7), roles: vec![Role::Quality] };
        let ask = self.stage.ask("create-photo-link").by(&quality).at(job).key("the-key-of-a-look-at-it");
        expect(200, ask.send(&json!({ "photo": start["photo"] })))?;
        self.note("create-photo-link", "create-photo-link");
        expect(200, self.stage.ask("get-service-request").by(self.customer()).at(done).get())?;
        self.note("get-service-request", "get-service-request");

        let failed = self.request(&service, "the-key-of-a-request-that-fails")?;
        let missed = self.matched(&service, failed)?;
        self.stage.pass(2 * HOUR);
        self.stage.costs();
        if !self.stage.start("close-missed-jobs") {
            return Err("close-missed-jobs failed".to_owned());
        }
        self.note("close-missed-jobs, one of them", "close-missed-jobs");
        self.stage.settle()?;
        self.note("follow-job, of an end", "follow-job");
        let ask = self.stage.ask("record-review").by(&quality).at(missed).key("the-key-of-a-review");
        expect(200, ask.send(&json!({ "finding": "flawed" })))?;
        self.note("record-review", "record-review");

        let regretted = self.request(&service, "the-key-of-a-request-that-is-cancelled")?;
        self.matched(&service, regretted)?;
        let ask = self.stage.ask("cancel-service-request").by(self.customer()).at(regretted);
        expect(200, ask.key("the-key-of-a-cancellation").send(&json!({})))?;
        self.note("cancel-service-request, of a match", "cancel-service-request");
        self.stage.settle()?;
        self.note("cancel-job", "cancel-job");
        Ok(())
    }

    fn offer(&mut self) -> Result<String, String> {
        let body = json!({
            "name": "Window cleaning",
            "description": "All windows of a flat, inside and outside.",
            "price": { "amount_minor": 10_000, "currency": "RUB" },
            "skills": { "windows": 1 },
            "duration_min": 60,
            "offered": true,
        });
        let created =
            expect(201, self.stage.ask("create-service").by(&manager()).key("a-service-on-offer").send(&body))?;
        self.note("create-service", "create-service");
        id(&created)
    }

    fn request(&self, service: &str, key: &str) -> Result<RequestId, String> {
        let body = json!({
            "service": service,
            "description": "Four windows on the third floor; the ladder is in the hall.",
            "address": "Tverskaya 1, flat 5, Moscow",
            "contact": "Maria Petrova, +7 900 000-00-00",
            "place": { "latitude_e7": 557_520_000, "longitude_e7": 376_175_000 },
            "from": self.stage.now().after(HOUR),
            "until": self.stage.now().after(4 * HOUR),
        });
        let made = expect(201, self.stage.ask("request-service").by(self.customer()).key(key).send(&body))?;
        id(&made)?.parse()
    }

    /// Matching found the worker; the job.
    fn matched(&self, service: &str, request: RequestId) -> Result<JobId, String> {
        let from = self.stage.now().after(HOUR);
        let matched = RequestMatched {
            request,
            attempt: 1,
            client: self.customer().account,
            worker: worker().account,
            slot: SlotId::from_bits(1),
            service: service.parse::<ServiceId>()?,
            price: Money::new(10_000, "RUB".parse()?),
            from,
            until: from.after(HOUR),
        };
        self.hear("follow-match", &matched)?;
        self.hear("create-job", &matched)?;
        self.stage.settle()?;
        let jobs = expect(200, self.stage.ask("list-jobs").by(&worker()).get())?;
        let of_it = |job: &&Value| job["request"] == json!(request);
        let job = jobs["items"].as_array().into_iter().flatten().find(of_it).ok_or("there is no job")?;
        id(job)?.parse()
    }

    fn hear<E: Event>(&self, function: &str, said: &E) -> Result<(), String> {
        match self.stage.deliver(function, &event(&self.stage, said, 1, 1)) {
            true => Ok(()),
            false => Err(format!("{function} failed: {:?}", self.stage.log().last())),
        }
    }

    /// Uploads a photo of a job; its id.
    fn photo(&self, job: JobId, key: &str) -> Result<String, String> {
        let ask = self.stage.ask("create-photo-upload").by(&worker()).at(job).key(key);
        let signed = expect(201, ask.send(&json!({ "content_type": "image/jpeg", "length": 3 })))?;
        upload(&self.stage, &signed, b"jpg")?;
        Ok(signed["photo"].as_str().ok_or("an upload without a photo")?.to_owned())
    }

    fn step(&mut self, function: &'static str, job: JobId, body: &Value) -> Result<(), String> {
        let ask = self.stage.ask(function).by(&worker()).at(job).key(&format!("the-key-to-{function}-with"));
        expect(200, ask.send(body))?;
        self.note(function, function);
        self.stage.settle()?;
        self.stage.costs();
        Ok(())
    }
}

fn worker() -> Principal {
    Principal { account: AccountId::from_bits(4), roles: vec![Role::Worker] }
}
