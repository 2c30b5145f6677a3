//! Seeded histories of the whole system: a shop whose customers place and cancel, a town in which services are requested
//! and done, a club whose members' devices send readings, under every fault that AWS allows; what must hold when the world
//! is at rest; and planted bugs that must be caught.

pub mod acts;
pub mod bugs;
pub mod club;
mod commands;
pub mod invariants;
mod look;
pub mod matrix;
pub mod mutants;
pub mod payouts;
mod people;
pub mod runner;
pub mod shop;
pub mod town;

use platform::Context;

/// Every context.
pub fn contexts() -> Vec<Context> {
    vec![
        billing::context(),
        catalog::context(),
        hiring::context(),
        identity::context(),
        jobs::context(),
        matching::context(),
        notifications::context(),
        orders::context(),
        partners::context(),
        payments::context(),
        supplies::context(),
        sensors::context(),
        services::context(),
        training::context(),
    ]
}

/// These contexts alone: for what tests tell them in the name of others, who would know better.
pub fn only(names: &[&str]) -> Vec<Context> {
    contexts().into_iter().filter(|context| names.contains(&context.name)).collect()
}
