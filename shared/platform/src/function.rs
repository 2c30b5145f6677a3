//! A function as the shells know it: bytes in, bytes out. The types of the use case are gone by here, so that
//! nothing generic is compiled again in each binary.

use crate::{Argument, Call, Error, World};
use futures_util::future::BoxFuture;
use kernel::Problem;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// One invocation: what Lambda hands over.
pub struct Invocation {
    /// The invocation's id.
    pub request: String,
    /// The event, as AWS writes it (JSON).
    pub payload: Vec<u8>,
}

/// The erased handler: the answer is JSON as AWS expects it of the trigger, the error fails the whole invocation.
pub type Handler = Arc<dyn Fn(Arc<World>, Invocation) -> BoxFuture<'static, Result<Vec<u8>, Error>> + Send + Sync>;

/// What starts a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trigger {
    /// An HTTP request to the API.
    Http {
        /// GET, POST, PUT, PATCH or DELETE.
        method: &'static str,
        /// The route, `/v1/orders/{order}`.
        path: &'static str,
    },
    /// Events from contexts' topics, through a queue of the function's own.
    Events,
    /// Notices of another service, from the topic of this name, through a queue of the function's own.
    Foreign {
        /// The topic's name: `ses-feedback`.
        topic: &'static str,
    },
    /// The stream of the context's table.
    Stream,
    /// The clock.
    Schedule(Schedule),
    /// Another function that waits for the answer, or an operator.
    Direct,
}

/// When a function is started by the clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Schedule {
    /// Again and again, this far apart: whole minutes.
    Every(Duration),
    /// Each day at this hour and minute, UTC.
    Daily {
        /// 0 to 23.
        hour: u8,
        /// 0 to 59.
        minute: u8,
    },
}

/// A use case, ready to run.
pub struct Function {
    /// The context it belongs to: the crate.
    pub context: &'static str,
    /// Its name: the use case's, `place-order`.
    pub name: &'static str,
    /// What starts it.
    pub trigger: Trigger,
    /// Memory in MB. CPU comes in proportion.
    pub memory_mb: u32,
    /// How long one invocation may take.
    pub timeout: Duration,
    /// How long its queue holds each message back.
    pub delay: Duration,
    /// Runs it.
    pub handler: Handler,
    /// Builds what can be built before the first invocation.
    pub prepare: fn(&World) -> Result<(), Error>,
    /// Adds its schemas and permissions to a description.
    #[cfg(feature = "describe")]
    pub describe: fn(&mut crate::describe::Description),
}

impl Function {
    /// A function whose use case is `U`, as [`http`](crate::http), [`events`](crate::events) and the others begin it.
    pub(crate) fn new<U: UseCase<A, O>, A: 'static, O: 'static>(
        trigger: Trigger,
        timeout: Duration,
        handler: impl FnOnce(&'static str, &'static str) -> Handler,
    ) -> Self {
        let (context, name) = names_of::<U>();
        Self {
            context,
            name,
            trigger,
            memory_mb: 256,
            timeout,
            delay: Duration::ZERO,
            handler: handler(context, name),
            prepare: U::prepare,
            #[cfg(feature = "describe")]
            describe: U::describe,
        }
    }

    /// With this much memory instead of the usual 256 MB.
    #[must_use]
    pub fn memory_mb(mut self, megabytes: u32) -> Self {
        self.memory_mb = megabytes;
        self
    }

    /// Holds each message back for this long, at most 15 minutes (a limit of SQS).
    #[must_use]
    pub fn delayed(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// With this time-out instead of the trigger's usual one.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

/// Declares a context by listing its functions, one line each: the module of the use case, which has a `function()`.
///
/// ```ignore
/// platform::context! {
///     name: "orders",
///     indexes: [store::BY_CUSTOMER],
///     functions: [place_order, get_order],
/// }
/// ```
#[macro_export]
macro_rules! context {
    (name: $name:literal, indexes: [$($index:expr),* $(,)?], functions: [$($function:ident),* $(,)?] $(,)?) => {
        $(pub mod $function;)*

        /// The context with all its functions: for tools, tests and the embedded cloud. A Lambda starts its own
        /// function and links nothing else.
        pub fn context() -> $crate::Context {
            $crate::Context {
                name: $name,
                indexes: vec![$($index),*],
                functions: vec![$($function::function()),*],
            }
        }
    };
}

/// A context's front door: its functions.
pub struct Context {
    /// Its name, which is also its crate's, its table's and its topic's.
    pub name: &'static str,
    /// Indexes of its table.
    pub indexes: Vec<Index>,
    /// Its functions.
    pub functions: Vec<Function>,
}

/// A global secondary index of a context's table: keys only, both of them texts. Items without its attributes are
/// not in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Index {
    /// Its name.
    pub name: &'static str,
    /// The attribute it is partitioned by.
    pub partition: &'static str,
    /// The attribute it is sorted by.
    pub sort: &'static str,
}

/// Context and function name of a use case, from where it stands: `orders::place_order::place_order` is the function
/// `place-order` of the context `orders`. A test holds every name against the binaries.
pub(crate) fn names_of<F>() -> (&'static str, &'static str) {
    let path = std::any::type_name::<F>();
    let context = path.split("::").next().unwrap_or(path);
    let name = path.rsplit("::").next().unwrap_or(path);
    // Once a start: a function is made once in a process.
    (context, String::leak(name.replace('_', "-")))
}

/// An async function whose arguments all are [`Argument`]s.
pub trait UseCase<Arguments, Output>: Clone + Send + Sync + 'static {
    /// Takes the arguments and runs it.
    fn call(self, call: Arc<Call>) -> BoxFuture<'static, Result<Output, Problem>>;

    /// Prepares every argument.
    fn prepare(world: &World) -> Result<(), Error>;

    /// Describes every argument.
    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description);
}

macro_rules! use_case {
    ($($argument:ident)*) => {
        impl<F, Fut, Output, $($argument),*> UseCase<($($argument,)*), Output> for F
        where
            F: Fn($($argument),*) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = Output> + Send + 'static,
            Output: Send + 'static,
            $($argument: Argument + 'static),*
        {
            fn call(self, call: Arc<Call>) -> BoxFuture<'static, Result<Output, Problem>> {
                Box::pin(async move {
                    $(
                        #[allow(non_snake_case)]
                        let $argument = $argument::take(&call)?;
                    )*
                    Ok(self($($argument),*).await)
                })
            }

            fn prepare(world: &World) -> Result<(), Error> {
                $($argument::prepare(world)?;)*
                Ok(())
            }

            #[cfg(feature = "describe")]
            fn describe(description: &mut crate::describe::Description) {
                $($argument::describe(description);)*
            }
        }
    };
}

use_case!(A1);
use_case!(A1 A2);
use_case!(A1 A2 A3);
use_case!(A1 A2 A3 A4);
use_case!(A1 A2 A3 A4 A5);
use_case!(A1 A2 A3 A4 A5 A6);
use_case!(A1 A2 A3 A4 A5 A6 A7);
use_case!(A1 A2 A3 A4 A5 A6 A7 A8);

#[cfg(test)]
mod tests {
    use super::*;

    fn place_a_thing() {}

    fn names<F>(_: F) -> (&'static str, &'static str) {
        names_of::<F>()
    }

    #[test]
    fn a_function_is_named_after_its_crate_and_its_use_case() {
        mod deeper {
            pub fn keep() {}
        }
        assert_eq!(names(place_a_thing), ("platform", "place-a-thing"));
        assert_eq!(names(deeper::keep), ("platform", "keep"));
    }
}
