//! What people do, over HTTP. The same journeys run on the embedded cloud and on a deployment; only the addresses
//! differ. Whatever takes its time is waited for with a deadline.

mod catalog;
mod client;
mod crowds;
mod orders;
mod people;
mod refusals;
mod sensors;
mod services;
pub mod shop;
mod story;
mod training;

pub use catalog::browsing;
pub use client::{Answer, Api, Site};
pub use crowds::{last_unit, repeated_requests};
pub use orders::{large_order, order_to_reservation, shortage, strangers};
pub use people::{ADMIN, Person};
pub use refusals::refusals;
pub use sensors::sensor_story;
pub use services::{import_story, service_story};
pub use story::{sessions, whole_story};
pub use training::training_story;

use std::time::{SystemTime, UNIX_EPOCH};

/// Something did not go as it should, in words.
pub type Outcome = Result<(), String>;

/// How much of something there is in a journey.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// SKUs of the large order. More than 98 are more than one transaction holds.
    pub skus: usize,
    /// Buyers of the last unit.
    pub buyers: usize,
    /// Requests that are sent twenty times each.
    pub requests: usize,
}

impl Scale {
    /// For the embedded cloud.
    pub const FULL: Self = Self { skus: 120, buyers: 50, requests: 1000 };
    /// For an emulator that takes a tenth of a second an invocation.
    pub const SMALL: Self = Self { skus: 12, buyers: 5, requests: 2 };
}

/// Every journey with its name.
pub fn all(api: &Api, scale: Scale) -> Vec<(&'static str, Outcome)> {
    vec![
        ("an order goes from the phone to the e-mail, and some of it back", whole_story(api)),
        ("an order is placed, reserved, cancelled and released", order_to_reservation(api)),
        ("an order for more than there is is rejected", shortage(api)),
        ("strangers get nowhere", strangers(api)),
        ("what is wrong with a request is said", refusals(api)),
        ("a session goes on, and ends", sessions(api)),
        ("what is imported is found by anybody", browsing(api)),
        ("a service goes from the application to the worker's pay", service_story(api)),
        ("a partner's clients become ours", import_story(api)),
        ("readings go from the consent to the chart, the letter and the coach", sensor_story(api)),
        ("a programme goes from enrolling to what a recording completes", training_story(api)),
        ("a large order is reserved as a whole", large_order(api, scale.skus)),
        ("of all buyers of the last unit one gets it", last_unit(api, scale.buyers)),
        ("a request that is repeated is done once", repeated_requests(api, scale.requests)),
    ]
}

/// What the clock says, in milliseconds since 1970.
#[allow(clippy::disallowed_methods, reason = "the system under test lives in real time")]
fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(0)
}
