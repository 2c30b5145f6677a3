//! What workers do, and staff for them.

use super::people::supplier;
use super::week::{Fate, Week};
use super::{HOUR, Town, worker};
use crate::Outcome;
use crate::answers::{expect, id, upload};
use kernel::{AccountId, Timestamp};
use serde_json::{Value, json};

/// A photo, as far as anybody looks at it here.
const PHOTO: &[u8] = b"jpg";

impl Town {
    /// Some workers look at what comes next, and give it back.
    pub(super) fn give_back(&mut self, week: &mut Week) -> Outcome {
        let now = self.stage.now();
        for (account, job) in self.next_jobs(week)?.into_iter().filter(|(_, job)| job.from > now) {
            let wanted = week.wanted.get_mut(&job.request).ok_or("a job of a request that nobody made")?;
            if wanted.fate == Fate::Withdrawn {
                wanted.fate = Fate::Done;
                self.ask(200, &worker(account), "withdraw-job", &job.id, Some(&json!({ "reason": "I am ill" })))?;
            }
        }
        Ok(())
    }

    /// Workers draw what comes next needs, and staff give it out.
    pub(super) fn draw(&mut self, week: &Week) -> Outcome {
        for (account, job) in self.next_jobs(week)? {
            if !self.is_supplied(account, &job)? {
                // What was requested before is not requested again.
                let answer = self.answer(&worker(account), "request-supplies", &job.id, None);
                if ![201, 409].contains(&answer.status_code) {
                    return Err(format!("request-supplies: {}", answer.body));
                }
            }
        }
        loop {
            let page = expect(200, self.stage.ask("list-open-draws").by(&supplier()).query("limit=100").get())?;
            let draws: Vec<String> =
                page["items"].as_array().into_iter().flatten().filter_map(|draw| id(draw).ok()).collect();
            if draws.is_empty() {
                return Ok(());
            }
            for draw in draws {
                self.ask(200, &supplier(), "issue-supplies", &draw, None)?;
            }
        }
    }

    /// Who is to begin now and has what it needs begins, but those who do not come.
    pub(super) fn start(&mut self, week: &Week) -> Outcome {
        let now = self.stage.now();
        for (account, job) in self.next_jobs(week)? {
            let fate = week.wanted.get(&job.request).map(|wanted| wanted.fate);
            if job.from > now || fate == Some(Fate::Missed) || !self.is_supplied(account, &job)? {
                continue;
            }
            let photo = self.photo(account, &job.id)?;
            let begun = json!({ "photo": photo, "confirmed": true });
            self.ask(200, &worker(account), "start-job", &job.id, Some(&begun))?;
        }
        Ok(())
    }

    /// Who has begun has done it now, or gives up.
    pub(super) fn finish(&mut self, week: &Week) -> Outcome {
        for account in &week.workers {
            for job in self.jobs(*account)?.into_iter().filter(|job| job.state == "started") {
                let fate = week.wanted.get(&job.request).map(|wanted| wanted.fate);
                if fate == Some(Fate::Failed) {
                    let reason = json!({ "reason": "The cat would not let me in" });
                    self.ask(200, &worker(*account), "fail-job", &job.id, Some(&reason))?;
                } else {
                    let photo = self.photo(*account, &job.id)?;
                    self.ask(200, &worker(*account), "finish-job", &job.id, Some(&json!({ "photo": photo })))?;
                }
            }
        }
        Ok(())
    }

    /// What is to begin within an hour, with who does it.
    fn next_jobs(&mut self, week: &Week) -> Result<Vec<(AccountId, Job)>, String> {
        let (soon, mut next) = (self.stage.now().after(HOUR), Vec::new());
        for account in &week.workers {
            let jobs = self.jobs(*account)?.into_iter();
            next.extend(jobs.filter(|job| job.state == "assigned" && job.from <= soon).map(|job| (*account, job)));
        }
        Ok(next)
    }

    fn is_supplied(&mut self, account: AccountId, job: &Job) -> Result<bool, String> {
        Ok(self.ask(200, &worker(account), "get-job", &job.id, None)?["supplied"] == true)
    }

    /// What a worker has to do.
    fn jobs(&mut self, account: AccountId) -> Result<Vec<Job>, String> {
        let answer = self.stage.ask("list-jobs").by(&worker(account)).query("limit=100").get();
        let page = expect(200, answer)?;
        page["items"].as_array().into_iter().flatten().map(Job::read).collect()
    }

    fn photo(&mut self, account: AccountId, job: &str) -> Result<String, String> {
        let wanted = json!({ "content_type": "image/jpeg", "length": PHOTO.len() });
        let signed = self.ask(201, &worker(account), "create-photo-upload", job, Some(&wanted))?;
        upload(&self.stage, &signed, PHOTO)?;
        Ok(signed["photo"].as_str().ok_or("an upload without a photo")?.to_owned())
    }
}

/// A line of a worker's list.
struct Job {
    id: String,
    request: String,
    state: String,
    from: Timestamp,
}

impl Job {
    fn read(job: &Value) -> Result<Self, String> {
        let text = |name: &str| job[name].as_str().map(str::to_owned).ok_or_else(|| format!("a job without {name}"));
        Ok(Self {
            id: text("id")?,
            request: text("request")?,
            state: text("state")?,
            from: text("from")?.parse().map_err(|_| "a job without a time")?,
        })
    }
}
