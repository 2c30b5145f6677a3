//! The steps of which a pipeline is made: each gives a worker a score between 0 and 1 for a request.

use crate::fit::Fit;
use crate::request::{MAX_LEVEL, Request};
use crate::share::Share;
use crate::worker::{Facts, Worker};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Names a step.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StepName {
    /// Near is better.
    Distance,
    /// Better mastered is better.
    SkillLevel,
    /// Better rated is better.
    Rating,
    /// Fewer jobs on the day is better.
    Load,
    /// Fewer jobs in the period than the others is better.
    Fairness,
    /// Who did well for this client before is better.
    PastResult,
}

/// A step with its parameters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// 1 where the worker is, falling linearly to 0 at `reach` (units of the plane) and beyond.
    Distance {
        /// Where the score has fallen to 0.
        reach: u32,
    },
    /// The level of the worst mastered of the needed skills, of [`MAX_LEVEL`]. 1 if none is needed.
    SkillLevel,
    /// The rating.
    Rating,
    /// 1 with no job on the day, falling linearly to 0 at `full` jobs and beyond.
    Load {
        /// With how many jobs a day is full.
        full: u32,
    },
    /// 1 with no job in the period, ½ with as many as the candidates have on average, 0 from twice as many on.
    Fairness,
    /// How earlier jobs for this client ended; `unknown` if there were none.
    PastResult {
        /// The score of who never worked for this client.
        unknown: Share,
    },
}

/// What the candidates of one decision have in common.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Crowd {
    /// How many they are.
    pub candidates: u64,
    /// Their jobs of the period, all together.
    pub jobs_of_period: u64,
}

impl Crowd {
    /// What these have in common.
    pub fn of<'a>(facts: impl IntoIterator<Item = &'a Facts>) -> Self {
        facts.into_iter().fold(Self::default(), |crowd, facts| Self {
            candidates: crowd.candidates.saturating_add(1),
            jobs_of_period: crowd.jobs_of_period.saturating_add(u64::from(facts.jobs_of_period)),
        })
    }
}

impl Step {
    /// Its name.
    pub fn name(&self) -> StepName {
        match self {
            Self::Distance { .. } => StepName::Distance,
            Self::SkillLevel => StepName::SkillLevel,
            Self::Rating => StepName::Rating,
            Self::Load { .. } => StepName::Load,
            Self::Fairness => StepName::Fairness,
            Self::PastResult { .. } => StepName::PastResult,
        }
    }

    /// What this worker gets.
    pub fn score(&self, request: &Request, worker: &Worker, fit: &Fit, facts: &Facts, crowd: Crowd) -> Share {
        match *self {
            Self::Load { full } => Share::of(u64::from(facts.jobs_of_day), u64::from(full)).rest(),
            Self::Fairness => {
                let twice_the_average = crowd.jobs_of_period.saturating_mul(2);
                if twice_the_average == 0 {
                    return Share::FULL;
                }
                // jobs ÷ (2 · sum ÷ candidates), without dividing twice.
                Share::of(u64::from(facts.jobs_of_period).saturating_mul(crowd.candidates), twice_the_average).rest()
            }
            Self::PastResult { unknown } => facts.past_result.unwrap_or(unknown),
            Self::Distance { .. } | Self::SkillLevel | Self::Rating => self.bound(request, worker, fit),
        }
    }

    /// The most that this worker can get, whatever facts are not yet read.
    pub fn bound(&self, request: &Request, worker: &Worker, fit: &Fit) -> Share {
        match *self {
            Self::Distance { reach } => Share::of(fit.distance, u64::from(reach)).rest(),
            Self::SkillLevel => {
                let level = |skill| worker.skills.get(skill).copied().unwrap_or(0);
                let worst = request.skills.keys().map(level).min().unwrap_or(MAX_LEVEL);
                Share::of(u64::from(worst), u64::from(MAX_LEVEL))
            }
            Self::Rating => worker.rating,
            Self::Load { .. } | Self::Fairness | Self::PastResult { .. } => Share::FULL,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Skill;
    use crate::samples::{at, request, worker};

    #[track_caller]
    fn check(step: Step, change: impl FnOnce(&mut Request, &mut Worker, &mut Facts), percent: u64) {
        let (mut request, mut worker, mut facts) = (request(1), worker(1), Facts::default());
        change(&mut request, &mut worker, &mut facts);
        let fit = crate::fit::fit(&request, &worker, at(0)).unwrap();
        let crowd = Crowd { candidates: 4, jobs_of_period: 40 };
        let score = step.score(&request, &worker, &fit, &facts, crowd);
        assert_eq!(score, Share::of(percent, 100));
        assert!(score <= step.bound(&request, &worker, &fit), "the bound is no bound");
    }

    #[test]
    fn distance_falls_linearly() {
        let step = Step::Distance { reach: 8_000 };
        for (metres, percent) in [(0, 100), (2_000, 75), (8_000, 0), (9_000, 0)] {
            check(step, |request, _, _| request.place.x = metres, percent);
        }
    }

    #[test]
    fn the_worst_mastered_skill_counts() {
        let (dogs, cats) = (Skill::new("dogs").unwrap(), Skill::new("cats").unwrap());
        check(Step::SkillLevel, |_, _, _| (), 100);
        check(
            Step::SkillLevel,
            |request, worker, _| {
                request.skills.extend([(dogs.clone(), 1), (cats.clone(), 1)]);
                worker.skills.extend([(dogs, 5), (cats, 2)]);
            },
            40,
        );
    }

    #[test]
    fn load_and_fairness_prefer_who_has_less() {
        for (jobs, load, fair) in [(0, 100, 100), (5, 50, 75), (10, 0, 50), (20, 0, 0), (u32::MAX, 0, 0)] {
            check(Step::Load { full: 10 }, |_, _, facts| facts.jobs_of_day = jobs, load);
            check(Step::Fairness, |_, _, facts| facts.jobs_of_period = jobs, fair);
        }
    }

    #[test]
    fn the_past_counts_where_there_is_one() {
        let step = Step::PastResult { unknown: Share::of(1, 2) };
        check(step, |_, _, _| (), 50);
        check(step, |_, _, facts| facts.past_result = Some(Share::of(9, 10)), 90);
    }
}
