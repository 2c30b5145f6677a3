//! The bank of tests: what is asked, which answers are right, and how much is enough. Pure.
//!
//! Each change of a test is a new edition of its questions, and editions stay: a candidate is graded by the edition
//! that was drawn from.

use kernel::{Count, List, TestId, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many questions one item holds. A body of the API is shorter than an item may be, so any of them fit.
pub const QUESTIONS_A_PART: usize = 50;

/// A test of the bank: everything but its questions.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Test {
    /// Names it.
    pub id: TestId,
    /// Counts the changes of its questions or rules, from 1.
    pub edition: u32,
    /// How it is taken.
    pub rules: Rules,
    /// How many questions it has.
    pub questions: u16,
    /// Tells its content from any other.
    pub content: String,
}

/// How a test is taken.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rules {
    /// Its title.
    pub title: Text<1, 200>,
    /// The skill that it shows.
    pub skill: Text<1, 40>,
    /// How many minutes a candidate has.
    pub minutes: Count<1, 240>,
    /// How many of its questions a candidate gets.
    pub drawn: Count<1, 100>,
    /// How many per cent of them are to be right.
    pub pass_percent: Count<1, 100>,
}

/// A question.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TestQuestion")]
pub struct Question {
    /// What is asked.
    pub text: Text<1, 1000>,
    /// What can be answered.
    pub options: List<AnswerOption, 2, 6>,
}

/// What can be answered to a question.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerOption {
    /// The answer.
    pub text: Text<1, 300>,
    /// Whether it is right. One of a question's is at least.
    pub right: bool,
}

/// Options of a question as bits: the first option is the lowest.
pub type Chosen = u8;

impl Question {
    /// The options that are right.
    pub fn right(&self) -> Chosen {
        self.options
            .iter()
            .zip(0..)
            .filter(|(option, _)| option.right)
            .fold(0, |bits, (_, n)| bits | 1 << n)
    }

    /// Whether more than one option is right.
    pub fn has_several(&self) -> bool {
        self.right().count_ones() > 1
    }

    /// Whether all of these options are there.
    pub fn offers(&self, chosen: Chosen) -> bool {
        u32::from(chosen) < 1 << self.options.len()
    }
}

/// Questions of one edition, with right answers. Written once, with the edition.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Part {
    /// Of which test.
    pub test: TestId,
    /// Of which edition.
    pub edition: u32,
    /// Which part, from 0.
    pub part: u16,
    /// Some of its questions, in their order.
    pub questions: Vec<Question>,
}

/// The parts in which an edition's questions are kept.
pub fn parts(test: TestId, edition: u32, questions: &[Question]) -> Vec<Part> {
    let chunks = (0..).zip(questions.chunks(QUESTIONS_A_PART));
    chunks
        .map(|(part, questions)| Part { test, edition, part, questions: questions.to_vec() })
        .collect()
}
