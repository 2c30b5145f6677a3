//! The arguments of use cases. An argument's type both declares and extracts: `Customer` says who may call *and* is
//! the caller.

use crate::{Call, Error, Host, World};
use kernel::{Problem, Timestamp};
use std::sync::Arc;

/// Something that a use case can take as an argument. Arguments are taken in their order: put the caller first, so
/// that nobody else learns what is wrong with a request.
pub trait Argument: Sized + Send {
    /// Takes it from the call; the problem is what an HTTP caller is told instead.
    fn take(call: &Call) -> Result<Self, Problem>;

    /// Builds what can be built before the first call, while the function starts.
    fn prepare(_world: &World) -> Result<(), Error> {
        Ok(())
    }

    /// Adds what the argument declares to the function's description.
    #[cfg(feature = "describe")]
    fn describe(_description: &mut crate::describe::Description) {}
}

/// Arguments that belong together are taken as one: a use case says in few words what it goes by.
macro_rules! together {
    ($($argument:ident)+) => {
        impl<$($argument: Argument),+> Argument for ($($argument,)+) {
            fn take(call: &Call) -> Result<Self, Problem> {
                Ok(($($argument::take(call)?,)+))
            }

            fn prepare(world: &World) -> Result<(), Error> {
                $($argument::prepare(world)?;)+
                Ok(())
            }

            #[cfg(feature = "describe")]
            fn describe(description: &mut crate::describe::Description) {
                $($argument::describe(description);)+
            }
        }
    };
}

together!(A B);
together!(A B C);

/// The time of the call. The same for everything that the call decides.
#[derive(Clone, Copy, Debug)]
pub struct Now(pub Timestamp);

impl Argument for Now {
    fn take(call: &Call) -> Result<Self, Problem> {
        Ok(Now(call.now))
    }
}

/// The clock itself: for what goes on for longer than what it decides may be old, and so decides each thing at the time
/// it has come to by then.
#[derive(Clone)]
pub struct Clock(Arc<dyn Host>);

impl Clock {
    /// The time by now.
    pub fn now(&self) -> Timestamp {
        self.0.now()
    }
}

impl Argument for Clock {
    fn take(call: &Call) -> Result<Self, Problem> {
        Ok(Clock(call.world.host.clone()))
    }
}

/// Several arguments as one, for what several use cases take together.
impl<A: Argument, B: Argument, C: Argument, D: Argument> Argument for (A, B, C, D) {
    fn take(call: &Call) -> Result<Self, Problem> {
        Ok((A::take(call)?, B::take(call)?, C::take(call)?, D::take(call)?))
    }

    fn prepare(world: &World) -> Result<(), Error> {
        A::prepare(world)?;
        B::prepare(world)?;
        C::prepare(world)?;
        D::prepare(world)
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        A::describe(description);
        B::describe(description);
        C::describe(description);
        D::describe(description);
    }
}

/// Logs a failure of the platform and becomes the problem to answer with.
pub(crate) fn broken(call: &Call, error: &Error) -> Problem {
    call.log("error", "an argument could not be taken", serde_json::json!({ "cause": error.to_string() }));
    error.problem()
}

impl Call {
    /// Writes a log line about this call.
    pub fn log(&self, level: &str, message: &str, facts: serde_json::Value) {
        let line = crate::telemetry::Line {
            function: self.function,
            request: &self.request,
            trace: Some(self.trace.id()),
        };
        line.write(&self.world, level, message, facts);
    }
}
