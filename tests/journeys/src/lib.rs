//! What people do, over HTTP. The same journeys run on the embedded cloud and on a deployment; only the addresses
//! differ. Whatever takes its time is waited for with a deadline.

mod catalog;
mod client;
mod orders;

pub use catalog::browsing;
pub use client::{Answer, Api, Caller};
pub use orders::{large_order, order_to_reservation, shortage, strangers};

/// Something did not go as it should, in words.
pub type Outcome = Result<(), String>;

/// Every journey with its name. `skus`: how many SKUs the large order has.
pub fn all(api: &Api, skus: usize) -> Vec<(&'static str, Outcome)> {
    vec![
        ("an order is placed, reserved, cancelled and released", order_to_reservation(api)),
        ("an order for more than there is is rejected", shortage(api)),
        ("strangers get nowhere", strangers(api)),
        ("what is imported is found by anybody", browsing(api)),
        ("a large order is reserved as a whole", large_order(api, skus)),
    ]
}
