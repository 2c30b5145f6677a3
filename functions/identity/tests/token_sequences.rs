//! Rotation of refresh tokens (RFC 9700, 4.14.2) under any sequence of uses, alone and at the same time: checked
//! against a model that knows nothing of how tokens are made. Of a session's tokens at most one is good, a token used
//! twice ends its session, and what ended stays ended.

use crate::support::{EMAIL, principal, refresh, stage, tokens, verified, writes};
use kernel::{AccountId, Role};
use local::faults::Fate;
use local::stage::Stage;
use proptest::prelude::*;
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What may happen.
#[derive(Clone, Debug)]
enum Step {
    /// Somebody uses one of the tokens issued so far.
    Use(prop::sample::Index),
    /// Somebody uses one while the use of another is under way.
    Race(prop::sample::Index, prop::sample::Index),
    /// Time passes, in seconds.
    Pass(u64),
    /// The owner signs in once more.
    SignIn,
    /// The owner ends every session.
    EndAll,
}

fn step() -> impl Strategy<Value = Step> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        6 => index().prop_map(Step::Use),
        3 => (index(), index()).prop_map(|(one, other)| Step::Race(one, other)),
        3 => prop::sample::select(vec![1, 29, 30, 31, 3_600, 29 * 86_400, 30 * 86_400]).prop_map(Step::Pass),
        1 => Just(Step::SignIn),
        1 => Just(Step::EndAll),
    ]
}

/// A session as the model sees it: its tokens' numbers, the newest last.
struct Session {
    tokens: Vec<usize>,
    renewed_at: u64,
    ended: bool,
}

/// What becomes of a use.
#[derive(PartialEq, Eq, Debug)]
enum Outcome {
    /// A token that was never seen before.
    New,
    /// The token of this number, again.
    Again(usize),
    /// Nothing.
    Invalid,
}

#[derive(Default)]
struct Model {
    sessions: Vec<Session>,
    now: u64,
    issued: usize,
}

impl Model {
    fn signed_in(&mut self) {
        let renewed_at = self.now;
        self.sessions.push(Session { tokens: vec![self.issued], renewed_at, ended: false });
        self.issued += 1;
    }

    fn used(&mut self, token: usize) -> Outcome {
        let now = self.now;
        let Some(session) = self.sessions.iter_mut().find(|session| session.tokens.contains(&token)) else {
            return Outcome::Invalid;
        };
        if session.ended || now >= session.renewed_at + 30 * 86_400 {
            return Outcome::Invalid;
        }
        let newest_first: Vec<usize> = session.tokens.iter().rev().copied().collect();
        if newest_first[0] == token {
            session.tokens.push(self.issued);
            session.renewed_at = now;
            self.issued += 1;
            return Outcome::New;
        }
        if newest_first.get(1) == Some(&token) && now < session.renewed_at + 30 {
            return Outcome::Again(newest_first[0]);
        }
        session.ended = true;
        Outcome::Invalid
    }
}

/// The system beside the model.
struct Both {
    stage: Arc<Stage>,
    account: AccountId,
    model: Model,
    /// Every token that was issued, by the model's number.
    issued: Vec<String>,
    sign_ins: usize,
}

impl Both {
    fn new() -> Self {
        let stage = Arc::new(stage());
        stage.set("SIGN_IN_LIMIT", "0,1");
        let account = verified(&stage, EMAIL);
        let mut both = Self {
            stage,
            account,
            model: Model::default(),
            issued: Vec::new(),
            sign_ins: 0,
        };
        both.sign_in();
        both
    }

    fn sign_in(&mut self) {
        self.sign_ins += 1;
        let begun = tokens(&self.stage, EMAIL, &format!("sign-in {}", self.sign_ins));
        self.issued.push(begun["refresh_token"].as_str().unwrap().to_owned());
        self.model.signed_in();
    }

    fn check(&mut self, token: usize, answer: &(u16, Value)) -> Result<(), TestCaseError> {
        let (status, body) = answer;
        let given = body["refresh_token"].as_str().map(str::to_owned);
        let seen = match (status, given) {
            (200, Some(given)) => match self.issued.iter().position(|known| *known == given) {
                Some(known) => Outcome::Again(known),
                None => {
                    self.issued.push(given);
                    Outcome::New
                }
            },
            (401, None) => Outcome::Invalid,
            _ => return Err(TestCaseError::fail(format!("{status}: {body}"))),
        };
        prop_assert_eq!(self.model.used(token), seen, "token {}", token);
        Ok(())
    }

    fn take(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Use(index) => {
                let token = index.index(self.issued.len());
                let answer = used(&self.stage, &self.issued[token]);
                self.check(token, &answer)
            }
            Step::Race(one, other) => {
                let (one, other) = (one.index(self.issued.len()), other.index(self.issued.len()));
                self.race(one, other)
            }
            Step::Pass(seconds) => {
                self.stage.pass(Duration::from_secs(*seconds));
                self.model.now += seconds;
                Ok(())
            }
            Step::SignIn => {
                self.sign_in();
                Ok(())
            }
            Step::EndAll => {
                let by = principal(self.account, Role::Customer);
                prop_assert_eq!(self.stage.ask("end-sessions").by(&by).get().status_code, 204);
                self.model.sessions.iter_mut().for_each(|session| session.ended = true);
                Ok(())
            }
        }
    }

    /// `other` is used between the moment at which the use of `one` has read and the one at which it writes.
    fn race(&mut self, one: usize, other: usize) -> Result<(), TestCaseError> {
        let (between, entered) = (Arc::new(Mutex::new(None)), AtomicBool::new(false));
        let (slot, stage, token) = (between.clone(), self.stage.clone(), self.issued[other].clone());
        self.stage.interfere(move |call| {
            if writes(call) && !entered.swap(true, Ordering::Relaxed) {
                *slot.lock().unwrap() = Some(used(&stage, &token));
            }
            Fate::Answered
        });
        let outer = used(&self.stage, &self.issued[one]);
        self.stage.calm();
        let between = between.lock().unwrap().take();
        // Whoever wrote first was first. A use that writes nothing had no moment in between.
        if let Some(inner) = between {
            self.check(other, &inner)?;
        }
        self.check(one, &outer)
    }
}

fn used(stage: &Stage, token: &str) -> (u16, Value) {
    let answer = refresh(stage, &serde_json::json!({ "refresh_token": token }));
    (answer.status_code, answer.json())
}

proptest! {
    #[test]
    fn of_a_family_at_most_one_token_is_good(steps in prop::collection::vec(step(), 1..24)) {
        let mut both = Both::new();
        for step in &steps {
            both.take(step)?;
        }
        // In the end each token is tried, the newest first: whoever has an old one ends the session and no more.
        for token in (0..both.issued.len()).rev() {
            let answer = used(&both.stage, &both.issued[token]);
            both.check(token, &answer)?;
        }
    }
}
