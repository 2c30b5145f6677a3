//! What people of a club make of answers.

use super::{About, Attempt, Club, Errand, Upload, Written};
use kernel::{ActivityId, DeviceId, EnrolmentId, WorkoutId};
use local::trigger::HttpResponse;
use serde_json::Value;
use std::collections::BTreeMap;

/// What people are told when something cannot be.
const REFUSALS: [u16; 5] = [403, 404, 409, 412, 422];

impl Club {
    /// A request is under way no more: answered, or not.
    pub(super) fn ended(&mut self, attempt: &Attempt, answer: Option<&HttpResponse>) {
        let moment = self.tick();
        let good = answer.is_some_and(|answer| (200..300).contains(&answer.status_code));
        let Attempt { errand, consent: before, .. } = attempt;
        let consent = self.consents.entry(errand.command.caller.account).or_default();
        match &errand.about {
            About::Consent(given) => consent.ended(before, good.then_some(*given)),
            About::Erasing(number) => {
                if let Some(erasure) = self.erasures.get_mut(number) {
                    erasure.first_sent = Some(erasure.first_sent.map_or(attempt.sent, |first| first.min(attempt.sent)));
                    erasure.last_ended = moment;
                    erasure.confirmed |= good;
                }
            }
            About::Batch => {
                let sure = before.is_given().filter(|_| consent.is_as(before));
                let status = answer.map(|answer| answer.status_code);
                match (sure, status) {
                    (Some(false), Some(200..300)) => {
                        self.surprises.push(format!("{:?} was taken without consent", errand.command.key));
                    }
                    (Some(true), Some(403)) => {
                        self.surprises.push(format!("{:?} was refused despite consent", errand.command.key));
                    }
                    _ => {}
                }
                let batch = errand.command.key.as_ref().and_then(|key| self.batches.get_mut(key));
                if let Some(batch) = batch.filter(|_| sure != Some(false)) {
                    batch.in_doubt = true;
                }
            }
            About::Signing(_) | About::File(_) | About::Reading(_) | About::Other => {}
        }
    }

    /// A request was answered.
    pub(super) fn heard(&mut self, attempt: Attempt, answer: &HttpResponse) {
        let Attempt { errand, .. } = attempt;
        match answer.status_code {
            200..300 => {
                let body = if answer.body.is_empty() { Value::Null } else { answer.json() };
                self.taken(errand, &body);
            }
            503 => self.again.push(errand),
            status if REFUSALS.contains(&status) => {}
            status => self.surprises.push(format!("{} came to {status}: {}", errand.command.function, answer.body)),
        }
    }

    fn taken(&mut self, errand: Errand, body: &Value) {
        let (moment, person) = (self.moment, errand.command.caller.account);
        let id = || body["id"].as_str();
        match (&errand.about, errand.command.function) {
            (About::Batch, _) => {
                let batch = errand.command.key.as_ref().and_then(|key| self.batches.get_mut(key));
                match (batch, body["batch"].as_str().and_then(|id| id.parse().ok())) {
                    (Some(batch), Some(id)) => batch.confirmed = batch.confirmed.or(Some((moment, id))),
                    _ => self.surprises.push(format!("a batch without an id: {body}")),
                }
            }
            (About::Signing(recording), _) => {
                self.signed(&errand, *recording, body);
                // How long a link is good changes from one reply to the next.
                return;
            }
            (About::File(file), _) => {
                if let Some(upload) = self.uploads.get_mut(file) {
                    upload.seen.get_or_insert(moment);
                }
                let activity = body["activity"].as_str().and_then(|id| id.parse::<ActivityId>().ok());
                self.activities.extend(activity.map(|activity| (activity, person)));
            }
            (About::Reading(device), _) => {
                if let Some(next) = body["next"].as_str() {
                    let range = errand.query.split("&cursor=").next().unwrap_or_default().to_owned();
                    let next = self.read(*device, person, format!("{range}&cursor={next}"));
                    self.again.push(next);
                }
                self.pages.entry(*device).or_default().push(body.clone());
            }
            (_, "register-device") => {
                let device = id().and_then(|id| id.parse::<DeviceId>().ok());
                self.devices.extend(device.map(|device| (device, person)));
            }
            (_, "record-activity") => {
                let activity = id().and_then(|id| id.parse::<ActivityId>().ok());
                self.activities.extend(activity.map(|activity| (activity, person)));
            }
            (_, "enrol") => {
                let run = id().and_then(|id| id.parse::<EnrolmentId>().ok());
                self.runs.extend(run.map(|run| (run, person)));
            }
            (_, "log-workout") => {
                if let Some(workout) = id().and_then(|id| id.parse::<WorkoutId>().ok()) {
                    self.written.entry(workout).or_insert(Written { person, in_doubt: false, taken_back: false });
                }
            }
            (_, "delete-workout") => {
                let workout = errand.command.path.as_ref().and_then(|(_, id)| id.parse::<WorkoutId>().ok());
                if let Some(written) = workout.and_then(|workout| self.written.get_mut(&workout)) {
                    written.taken_back = true;
                }
            }
            _ => {}
        }
        let created = [
            "add-readings",
            "register-device",
            "record-activity",
            "enrol",
            "log-workout",
        ];
        if let (true, Some(key)) = (created.contains(&errand.command.function), errand.command.key) {
            let first = self.replies.entry(key.clone()).or_insert_with(|| body.clone());
            if first != body {
                let first = first.clone();
                self.surprises
                    .push(format!("{} {key} was answered {first} and then {body}", errand.command.function));
            }
        }
    }

    /// A file may be uploaded now, or once more.
    fn signed(&mut self, errand: &Errand, recording: usize, body: &Value) {
        let target = body["url"].as_str().and_then(|url| url.split_once("/__s3/")).map(|(_, target)| target.to_owned());
        let headers: Option<BTreeMap<String, String>> = serde_json::from_value(body["headers"].clone()).ok();
        let device = errand.command.path.as_ref().and_then(|(_, device)| device.parse().ok());
        let (Some(target), Some(headers), Some(device), Some(file)) = (target, headers, device, body["file"].as_str())
        else {
            self.surprises.push(format!("this is no upload: {body}"));
            return;
        };
        let person = errand.command.caller.account;
        let upload = Upload {
            person,
            device,
            recording,
            target,
            headers,
            put: None,
            seen: None,
        };
        let known = self.uploads.entry(file.to_owned()).or_insert_with(|| upload.clone());
        (known.target, known.headers) = (upload.target, upload.headers);
    }
}
