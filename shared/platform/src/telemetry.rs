//! Structured logs and the trace that joins them: one JSON line an invocation, one trace id from the HTTP call
//! through every event it causes. Lines carry ids, never personal data.

use crate::World;
use kernel::{Digest, Timestamp};
use serde::Serialize;
use serde_json::Value;

/// A W3C trace context, version 00: `00-<trace id>-<parent id>-01`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trace(String);

impl Trace {
    /// Continues `traceparent` if it is one, else starts a trace that `seed` (a request's id) determines.
    pub fn continue_or_start(traceparent: Option<&str>, seed: &str) -> Self {
        match traceparent {
            Some(text) if is_traceparent(text) => Self(text.to_owned()),
            _ => {
                let bits = Digest::of(["trace", seed]).high_bits().max(1);
                Self(format!("00-{bits:032x}-{:016x}-01", (bits >> 64) as u64 | 1))
            }
        }
    }

    /// As the `traceparent` header and the CloudEvent attribute write it.
    pub fn traceparent(&self) -> &str {
        &self.0
    }

    /// The 32 hex digits that every log line of the story has in common.
    pub fn id(&self) -> &str {
        &self.0[3..35]
    }
}

fn is_traceparent(text: &str) -> bool {
    let hex =
        |part: &str, length| part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let parts: Vec<&str> = text.split('-').collect();
    matches!(parts[..], ["00", trace, parent, flags]
        if hex(trace, 32) && hex(parent, 16) && hex(flags, 2) && trace.bytes().any(|byte| byte != b'0'))
}

/// What a line is about.
pub struct Line<'l> {
    /// The function's name.
    pub function: &'l str,
    /// The invocation's id.
    pub request: &'l str,
    /// The trace id, if one is known.
    pub trace: Option<&'l str>,
}

/// A line as it is written.
#[derive(Serialize)]
struct Written<'l> {
    time: Timestamp,
    level: &'l str,
    message: &'l str,
    function: &'l str,
    request: &'l str,
    trace: &'l Option<&'l str>,
    facts: Value,
}

impl Line<'_> {
    /// Writes the line: `level` is info, warn or error, `message` a fixed text, `facts` what differs.
    pub fn write(&self, world: &World, level: &str, message: &str, facts: Value) {
        let time = world.host.now();
        let Line { function, request, trace } = self;
        let line = Written { time, level, message, function, request, trace, facts };
        // Texts and facts can always be written.
        world.host.log(&serde_json::to_string(&line).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_valid_trace_is_continued_and_anything_else_starts_one() {
        let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(Trace::continue_or_start(Some(valid), "r").id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        for bad in [
            "",
            "00-0-0-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "ш",
        ] {
            let trace = Trace::continue_or_start(Some(bad), "r");
            assert_eq!(trace, Trace::continue_or_start(None, "r"));
            assert!(is_traceparent(trace.traceparent()));
        }
    }
}
