//! What the caller's token says beside who calls.

use kernel::{Problem, Role};
use platform::{Argument, Call};

/// Whether the caller is a worker already, as their token has it. Taken after the caller, whose token is checked there.
#[derive(Clone, Copy, Debug)]
pub struct IsWorker(pub bool);

impl Argument for IsWorker {
    fn take(call: &Call) -> Result<Self, Problem> {
        let request = call.http().map_err(|error| error.problem())?;
        let roles = request.claim("roles").unwrap_or_default();
        Ok(IsWorker(roles.split_ascii_whitespace().any(|role| role == Role::Worker.name())))
    }
}
