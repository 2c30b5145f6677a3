//! Lists, as all of Stripe's are: the newest first, by page, within a stretch of time.

use super::form::Form;
use super::refusal::{Refusal, Reply};
use serde_json::{Value, json};

/// The most objects of a page.
const MAX_PAGE: i64 = 100;

/// Parameters that every list takes.
pub(super) const PARAMETERS: [&str; 4] = ["created", "ending_before", "limit", "starting_after"];

/// Whether something that was made at that second is within the stretch that was asked for: `created[gte]` and its like.
pub(super) fn within(form: &Form, created: i64) -> Result<bool, Refusal> {
    let bound = |name: &str| form.number(&format!("created[{name}]"));
    Ok(form.number("created")?.is_none_or(|at| created == at)
        && bound("gt")?.is_none_or(|bound| created > bound)
        && bound("gte")?.is_none_or(|bound| created >= bound)
        && bound("lt")?.is_none_or(|bound| created < bound)
        && bound("lte")?.is_none_or(|bound| created <= bound))
}

/// The page of `all`, the newest first, that was asked for. `what` they are, and where they are listed.
pub(super) fn page(form: &Form, (what, url): (&str, &str), mut all: Vec<Value>) -> Reply {
    let limit = form.number("limit")?.unwrap_or(10);
    if !(1..=MAX_PAGE).contains(&limit) {
        let message = "Limit can range between 1 and 100.";
        return Err(Refusal::parameter("parameter_invalid_integer", "limit", message));
    }
    if form.text("ending_before").is_some() {
        return Err(Refusal::invalid("The sandbox lists forwards only: use starting_after."));
    }
    if let Some(after) = form.text("starting_after") {
        let place = all.iter().position(|object| object["id"] == after);
        all.drain(..=place.ok_or_else(|| Refusal::no_such(what, after, "starting_after"))?);
    }
    let limit = usize::try_from(limit).unwrap_or_default();
    let has_more = all.len() > limit;
    all.truncate(limit);
    Ok(json!({ "object": "list", "url": url, "has_more": has_more, "data": all }))
}
