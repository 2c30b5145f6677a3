//! What a manager sends to change the pipeline, and what may be wrong with it: everything is said at once, field by
//! field.

use crate::pipeline::{Pipeline, Policy, Timing, WeightedStep};
use crate::share::Share;
use crate::step::{Step, StepName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most steps. A kind of step occurs once, so more kinds than there are could only be a mistake.
pub const MAX_STEPS: usize = 6;
/// The largest weight.
pub const MAX_WEIGHT: i64 = 1_000;

/// A pipeline as a manager writes it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PipelineDraft {
    /// The steps, in the order in which they run.
    pub steps: Vec<StepDraft>,
    /// How a decision goes.
    #[serde(default)]
    pub policy: PolicyDraft,
}

/// A step as a manager writes it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepDraft {
    /// `distance`, `skill-level`, `rating`, `load`, `fairness` or `past-result`.
    pub step: String,
    /// How much it counts: 0 to 1000, one of them above 0.
    pub weight: i64,
    /// Who scores less is left out, as long as anybody remains. In millionths.
    #[serde(default)]
    pub at_least_ppm: i64,
    /// `distance`: `reach`, in metres. `load`: `full`, in jobs a day. `past-result`: `unknown_ppm`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, i64>,
}

/// How a decision goes, as a manager writes it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyDraft {
    /// How many candidates are scored: 16 to 32.
    pub candidates: i64,
    /// How many workers are looked at to find them: 16 to 256.
    pub look_at: i64,
    /// The score below which a request rather waits, while there is time. In millionths.
    pub reservation_ppm: i64,
    /// How often open requests are looked at again: 1 to 120 seconds.
    pub tick_s: i64,
    /// How long a request may be held back for a better match: 0 to 3600 seconds.
    pub hold_s: i64,
    /// How long a worker may take to accept an offer: 0 to 900 seconds. 0: assigned directly.
    pub offer_timeout_s: i64,
}

impl Default for PipelineDraft {
    /// What is in force until a manager writes something else. With these weights a simulated month keeps loads even
    /// ([`month`](crate::replay::month)).
    fn default() -> Self {
        let step = |step: &str, weight, parameter: Option<(&str, i64)>| StepDraft {
            step: step.to_owned(),
            weight,
            at_least_ppm: 0,
            parameters: parameter.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        };
        Self {
            steps: vec![
                step("distance", 30, Some(("reach", 10_000))),
                step("rating", 25, None),
                step("skill-level", 15, None),
                step("past-result", 10, Some(("unknown_ppm", 500_000))),
                step("load", 20, Some(("full", 8))),
                step("fairness", 25, None),
            ],
            policy: PolicyDraft::default(),
        }
    }
}

impl Default for PolicyDraft {
    fn default() -> Self {
        Self {
            candidates: 16,
            look_at: 64,
            reservation_ppm: 0,
            tick_s: 5,
            hold_s: 0,
            offer_timeout_s: 0,
        }
    }
}

/// What is wrong with one field.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct FieldProblem {
    /// The field, as `steps[1].weight`.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

/// Everything that is wrong with a draft.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema, thiserror::Error)]
#[error("{}", .0.iter().map(|one| format!("{}: {}", one.field, one.problem)).collect::<Vec<_>>().join("; "))]
pub struct Problems(pub Vec<FieldProblem>);

impl PipelineDraft {
    /// The checked parts of a pipeline, or everything that is wrong.
    pub(crate) fn check(&self) -> Result<(Vec<WeightedStep>, Policy), Problems> {
        let mut checks = Checks::default();
        if self.steps.is_empty() {
            checks.wrong("steps", "at least one step is needed");
        }
        if self.steps.len() > MAX_STEPS {
            checks.wrong("steps", format!("at most {MAX_STEPS} steps are allowed, these are {}", self.steps.len()));
            return Err(Problems(checks.0));
        }
        let mut seen = Vec::new();
        let mut steps = Vec::new();
        for (index, draft) in self.steps.iter().enumerate() {
            let Some(step) = draft.check(&format!("steps[{index}]"), &mut checks) else {
                continue;
            };
            if seen.contains(&step.step.name()) {
                checks.wrong(&format!("steps[{index}].step"), format!("there is another step {}", draft.step));
            }
            seen.push(step.step.name());
            steps.push(step);
        }
        if !self.steps.is_empty() && self.steps.iter().all(|step| step.weight == 0) {
            checks.wrong("steps", "one weight at least must be above 0");
        }
        let policy = self.policy.check(&mut checks);
        if checks.0.is_empty() { Ok((steps, policy)) } else { Err(Problems(checks.0)) }
    }
}

impl StepDraft {
    fn check(&self, path: &str, checks: &mut Checks) -> Option<WeightedStep> {
        let weight = checks.number(&format!("{path}.weight"), self.weight, 0, MAX_WEIGHT);
        let at_least = checks.share(&format!("{path}.at_least_ppm"), self.at_least_ppm);
        let step = match self.step.as_str() {
            "distance" => Step::Distance {
                reach: self.parameter("reach", path, 1, 1_000_000_000, checks),
            },
            "skill-level" => Step::SkillLevel,
            "rating" => Step::Rating,
            "load" => Step::Load { full: self.parameter("full", path, 1, 1_000, checks) },
            "fairness" => Step::Fairness,
            "past-result" => Step::PastResult {
                unknown: Share::from_ppm(self.parameter("unknown_ppm", path, 0, 1_000_000, checks)).unwrap_or_default(),
            },
            _ => {
                let known = "distance, skill-level, rating, load, fairness and past-result";
                checks.wrong(&format!("{path}.step"), format!("there are the steps {known}"));
                return None;
            }
        };
        let known = parameter_of(step.name());
        for name in self.parameters.keys().filter(|name| known != Some(name.as_str())) {
            checks.wrong(&format!("{path}.parameters.{name}"), format!("the step {} has no such parameter", self.step));
        }
        Some(WeightedStep { step, weight, at_least })
    }

    fn parameter(&self, name: &str, path: &str, least: i64, most: i64, checks: &mut Checks) -> u32 {
        let field = format!("{path}.parameters.{name}");
        match self.parameters.get(name) {
            Some(&value) => checks.number(&field, value, least, most),
            None => {
                checks.wrong(&field, format!("the step {} needs it", self.step));
                0
            }
        }
    }
}

fn parameter_of(step: StepName) -> Option<&'static str> {
    match step {
        StepName::Distance => Some("reach"),
        StepName::Load => Some("full"),
        StepName::PastResult => Some("unknown_ppm"),
        StepName::SkillLevel | StepName::Rating | StepName::Fairness => None,
    }
}

impl PolicyDraft {
    fn check(&self, checks: &mut Checks) -> Policy {
        let mut seconds = |name: &str, value, least, most| {
            i64::from(checks.number(&format!("policy.{name}"), value, least, most)) * 1000
        };
        let timing = Timing {
            tick_ms: seconds("tick_s", self.tick_s, 1, 120),
            hold_ms: seconds("hold_s", self.hold_s, 0, 3_600),
            offer_timeout_ms: seconds("offer_timeout_s", self.offer_timeout_s, 0, 900),
        };
        let policy = Policy {
            candidates: checks.number("policy.candidates", self.candidates, 16, 32),
            look_at: checks.number("policy.look_at", self.look_at, 16, 256),
            reservation: checks.share("policy.reservation_ppm", self.reservation_ppm),
            timing,
        };
        if policy.look_at < policy.candidates {
            checks.wrong("policy.look_at", "at least as many must be looked at as are scored");
        }
        policy
    }
}

/// Collects what is wrong.
#[derive(Default)]
struct Checks(Vec<FieldProblem>);

impl Checks {
    fn wrong(&mut self, field: &str, problem: impl Into<String>) {
        self.0.push(FieldProblem { field: field.to_owned(), problem: problem.into() });
    }

    /// The number, or 0 if it is out of bounds.
    fn number(&mut self, field: &str, value: i64, least: i64, most: i64) -> u32 {
        if value < least || value > most {
            self.wrong(field, format!("{least} to {most} are allowed, this is {value}"));
            return 0;
        }
        u32::try_from(value).unwrap_or(0)
    }

    fn share(&mut self, field: &str, ppm: i64) -> Share {
        Share::from_ppm(self.number(field, ppm, 0, i64::from(Share::FULL.ppm()))).unwrap_or_default()
    }
}

impl From<&Pipeline> for PipelineDraft {
    fn from(pipeline: &Pipeline) -> Self {
        let policy = pipeline.policy();
        Self {
            steps: pipeline.steps().iter().map(StepDraft::from).collect(),
            policy: PolicyDraft {
                candidates: i64::from(policy.candidates),
                look_at: i64::from(policy.look_at),
                reservation_ppm: i64::from(policy.reservation.ppm()),
                tick_s: policy.timing.tick_ms / 1000,
                hold_s: policy.timing.hold_ms / 1000,
                offer_timeout_s: policy.timing.offer_timeout_ms / 1000,
            },
        }
    }
}

impl From<&WeightedStep> for StepDraft {
    fn from(one: &WeightedStep) -> Self {
        let (step, value) = match one.step {
            Step::Distance { reach } => ("distance", Some(reach)),
            Step::SkillLevel => ("skill-level", None),
            Step::Rating => ("rating", None),
            Step::Load { full } => ("load", Some(full)),
            Step::Fairness => ("fairness", None),
            Step::PastResult { unknown } => ("past-result", Some(unknown.ppm())),
        };
        let parameter = parameter_of(one.step.name()).zip(value);
        Self {
            step: step.to_owned(),
            weight: i64::from(one.weight),
            at_least_ppm: i64::from(one.at_least.ppm()),
            parameters: parameter.map(|(name, value)| (name.to_owned(), i64::from(value))).into_iter().collect(),
        }
    }
}
