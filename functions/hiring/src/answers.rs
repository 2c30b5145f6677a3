//! Answers as candidates send them, and what they choose. Pure.

use crate::bank::{Chosen, Question};
use kernel::{Count, List};
use schemars::JsonSchema;
use serde::Deserialize;

/// The answer to one question.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TestAnswer")]
pub struct Answer {
    /// The question's place in the test, from 1.
    pub question: Count<1, 100>,
    /// The places of the chosen options, from 1.
    pub options: List<Count<1, 6>, 0, 6>,
}

/// This question, from 1, is not there, has no such option, or was answered before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoAnswer(pub usize);

/// What the answers choose, question by question; nothing where there is no answer.
pub fn chosen(answers: &[Answer], questions: &[Question]) -> Result<Vec<Chosen>, NoAnswer> {
    let mut chosen: Vec<Option<Chosen>> = vec![None; questions.len()];
    for answer in answers {
        let place = usize::try_from(answer.question.get()).unwrap_or(usize::MAX);
        let options = answer.options.iter().fold(0, |bits: Chosen, option| bits | 1 << (option.get() - 1));
        let offered = questions.get(place - 1).is_some_and(|question| question.offers(options));
        match chosen.get_mut(place - 1) {
            Some(choice @ None) if offered => *choice = Some(options),
            _ => return Err(NoAnswer(place)),
        }
    }
    Ok(chosen.into_iter().map(Option::unwrap_or_default).collect())
}
