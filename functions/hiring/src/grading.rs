//! What answers are worth, and what a candidate's tests say about a worker. Pure.

use crate::bank::{Chosen, Question};
use crate::sitting::Sitting;
use kernel::{Skills, Text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The best level of a skill.
const BEST: u8 = 5;

/// How many per cent of the questions were answered with exactly the right options, rounded down.
pub fn percent(questions: &[Question], answers: &[Chosen]) -> u8 {
    let right = questions.iter().zip(answers).filter(|(question, chosen)| question.right() == **chosen).count();
    u8::try_from(right * 100 / questions.len().max(1)).unwrap_or(100)
}

/// What a new worker masters.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Mastery {
    /// Each skill, from 1 to 5.
    pub skills: Skills,
    /// The best of them.
    pub strengths: Vec<String>,
    /// The worst of them, if they differ.
    pub weaknesses: Vec<String>,
}

impl Mastery {
    /// What these tests show. A skill counts at the best level that was shown; who is hired in spite of a test that was
    /// taken and not passed has just begun to learn that skill.
    pub fn of(sittings: &[Sitting], in_spite: bool) -> Self {
        let mut skills: BTreeMap<Text<1, 40>, u8> = BTreeMap::new();
        for (skill, shown) in sittings.iter().filter_map(|sitting| level(sitting, in_spite)) {
            let best = skills.entry(skill).or_default();
            *best = shown.max(*best);
        }
        let (best, worst) = (skills.values().max().copied(), skills.values().min().copied());
        let at = |level: Option<u8>| {
            let names = skills.iter().filter(|(_, shown)| Some(**shown) == level);
            names.map(|(skill, _)| skill.as_str().to_owned()).collect::<Vec<_>>()
        };
        let (strengths, weaknesses) = (at(best), if worst == best { Vec::new() } else { at(worst) });
        Self { skills, strengths, weaknesses }
    }
}

/// The skill that a test shows, and how well it is mastered: a level for each started fifth of the right answers.
fn level(sitting: &Sitting, in_spite: bool) -> Option<(Text<1, 40>, u8)> {
    let (paper, outcome) = (sitting.paper.as_ref()?, sitting.outcome.as_ref()?);
    match outcome.passed {
        true => Some((paper.skill.clone(), outcome.percent.div_ceil(20).clamp(1, BEST))),
        false => (in_spite && outcome.answers.is_some()).then(|| (paper.skill.clone(), 1)),
    }
}
