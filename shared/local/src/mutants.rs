//! Mutants: production code without one of its conditions, or blind to what it wrote itself. Whoever claims that
//! something is proved shows that it would be seen if it were left out: by the simulation, or by a test.
//!
//! A decorator of the seam, like faults. The simulation plants it; a [`Stage`](crate::stage::Stage) whose process is told
//! the name of a site in [`VARIABLE`] does without what stands there, so that every test can be asked (`cargo dev mutants`).

use crate::outside::{Answer, NoAnswer, Outside, OutsideCall};
use futures_util::future::{BoxFuture, FutureExt};
use serde_json::{Value, json};
use std::fmt;
use std::sync::Arc;

/// Names the site of which tests are to do without.
pub const VARIABLE: &str = "MUTANT";

/// Where something can be left out.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Site {
    /// The condition of a write.
    Condition {
        /// The function that writes.
        function: &'static str,
        /// `Put`, or an action of a transaction.
        action: String,
        /// What kind of item is written.
        item: String,
        /// The condition.
        condition: String,
    },
    /// A function sees in a refusal that its own lost write is there.
    Recognition {
        /// The function.
        function: &'static str,
        /// The operation that was refused.
        operation: String,
    },
}

impl fmt::Display for Site {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Site::Condition { function, action, item, condition } => {
                write!(formatter, "{function}: {action} of {item} without `{condition}`")
            }
            Site::Recognition { function, operation } => {
                write!(formatter, "{function}: {operation} does not recognise what it wrote")
            }
        }
    }
}

impl Site {
    /// The site of a write's action; `None` if it has no condition, or one that always holds.
    pub fn of_action(function: &'static str, kind: &str, action: &Value) -> Option<Self> {
        let key = if action["Item"].is_object() { &action["Item"] } else { &action["Key"] };
        let item = key["sk"]["S"].as_str()?.split('#').next()?.to_owned();
        let condition = action["ConditionExpression"].as_str()?.to_owned();
        if condition == always(field_of(&condition)?) {
            return None;
        }
        Some(Site::Condition { function, action: kind.to_owned(), item, condition })
    }

    /// The site of what a function makes of an answer; `None` if the answer does not show an item that is in the way.
    pub fn of_answer(function: &'static str, operation: &str, answer: &Answer) -> Option<Self> {
        let shows_an_item = answer.status == 400 && String::from_utf8_lossy(&answer.body).contains("\"by\"");
        shows_an_item.then(|| Site::Recognition { function, operation: operation.to_owned() })
    }

    /// The function that does without.
    pub fn function(&self) -> &'static str {
        match self {
            Site::Condition { function, .. } | Site::Recognition { function, .. } => function,
        }
    }
}

/// Does without what stands at one site.
pub struct Mutant {
    inner: Arc<dyn Outside>,
    site: String,
}

impl Mutant {
    /// Between functions and `inner`; the site by its name.
    pub fn new(inner: Arc<dyn Outside>, site: String) -> Self {
        Self { inner, site }
    }

    fn is_at(&self, site: Option<Site>) -> bool {
        site.is_some_and(|site| site.to_string() == self.site)
    }
}

impl Outside for Mutant {
    fn call(&self, mut call: OutsideCall) -> BoxFuture<'static, Result<Answer, NoAnswer>> {
        let function = call.function;
        writes(&mut call, |kind, action| {
            if self.is_at(Site::of_action(function, kind, action)) {
                unconditional(action);
            }
        });
        let operation = call.operation.clone();
        let (site, answered) = (self.site.clone(), self.inner.call(call));
        async move {
            let mut answer = answered.await?;
            if Site::of_answer(function, &operation, &answer).is_some_and(|found| found.to_string() == site) {
                let text = String::from_utf8_lossy(&answer.body).replace("\"by\"", "\"by-another\"");
                answer.body = text.into_bytes();
            }
            Ok(answer)
        }
        .boxed()
    }
}

/// Changes the body of a write to a table: of a put, or of each action of a transaction.
pub fn writes(call: &mut OutsideCall, change: impl Fn(&str, &mut Value)) {
    let transaction = match call.operation.as_str() {
        "PutItem" => false,
        "TransactWriteItems" => true,
        _ => return,
    };
    let Ok(mut request) = serde_json::from_slice::<Value>(&call.body) else {
        return;
    };
    if transaction {
        for action in request["TransactItems"].as_array_mut().into_iter().flatten() {
            for (kind, action) in action.as_object_mut().into_iter().flatten() {
                change(if kind == "Put" { "TransactPut" } else { kind }, action);
            }
        }
    } else {
        change("Put", &mut request);
    }
    call.body = request.to_string().into_bytes();
}

/// Makes an action's condition hold always. DynamoDB refuses names and values that no expression uses.
pub fn unconditional(action: &mut Value) {
    let condition = action["ConditionExpression"].as_str().unwrap_or_default();
    let Some(name) = field_of(condition).map(str::to_owned) else {
        return;
    };
    action["ConditionExpression"] = json!(always(&name));
    let update = action["UpdateExpression"].as_str().unwrap_or_default().to_owned();
    let used = |token: &str| update.split([' ', ',', '(', ')']).any(|word| word == token);
    if let Some(names) = action["ExpressionAttributeNames"].as_object_mut() {
        names.retain(|token, _| *token == name || used(token));
    }
    let left = action["ExpressionAttributeValues"].as_object_mut().map(|values| {
        values.retain(|token, _| used(token));
        values.len()
    });
    if let (Some(0), Some(action)) = (left, action.as_object_mut()) {
        action.remove("ExpressionAttributeValues");
    }
}

/// The first field that a condition names.
fn field_of(condition: &str) -> Option<&str> {
    condition.split([' ', '(', ')', ',']).find(|word| word.starts_with('#'))
}

/// What holds whatever the field is.
fn always(field: &str) -> String {
    format!("attribute_exists({field}) OR attribute_not_exists({field})")
}
