//! Seeded simulation: the production handlers on the embedded cloud, under every order and fault that AWS allows.
//!
//! All invocations run on one thread and stop at each outside call and each sleep. At every step the seed picks what
//! happens next: a client sends a request, a batch is delivered (again), a waiting call is answered, throttled, loses
//! its connection before or after its effect, an invocation is killed or held up for a while, a stream forgets what nobody
//! read, time passes. An invocation that outlasts its function's time-out ends. One seed gives one history: the trace's hash says so.

mod boundaries;
mod clock;
mod engine;
mod fates;
mod random;
mod sim_host;
mod succession;
mod tasks;
mod trace;

pub use clock::Strike;
pub use engine::{Outcome, Request, Simulation, Workload};
pub use fates::{Fault, Faults, Plan};
pub use random::Random;
pub use trace::Trace;
