//! What a use case itself has to say to those who run it: fixed words and facts, ids only.

use crate::telemetry::{Line, Trace};
use crate::{Argument, Call, World};
use kernel::Problem;
use serde_json::Value;
use std::sync::Arc;

/// Writes lines about this call, beside the one that every call gets.
#[derive(Clone)]
pub struct Log {
    world: Arc<World>,
    function: &'static str,
    request: String,
    trace: Trace,
}

impl Log {
    /// Something that a person has to look at.
    pub fn error(&self, message: &str, facts: Value) {
        self.write("error", message, facts);
    }

    /// Something that is as it should be, and worth a line.
    pub fn info(&self, message: &str, facts: Value) {
        self.write("info", message, facts);
    }

    /// Something that should be rare.
    pub fn warn(&self, message: &str, facts: Value) {
        self.write("warn", message, facts);
    }

    fn write(&self, level: &str, message: &str, facts: Value) {
        let line = Line {
            function: self.function,
            request: &self.request,
            trace: Some(self.trace.id()),
        };
        line.write(&self.world, level, message, facts);
    }
}

impl Argument for Log {
    fn take(call: &Call) -> Result<Self, Problem> {
        Ok(Self {
            world: call.world.clone(),
            function: call.function,
            request: call.request.clone(),
            trace: call.trace.clone(),
        })
    }
}
