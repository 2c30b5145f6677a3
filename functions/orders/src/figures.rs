//! Business figures of orders, with their defaults.

use platform::Figure;
use std::time::Duration;

/// How long a customer has to pay once the goods are set aside. They stay set aside for a quarter of an hour at least.
#[derive(Clone, Copy, Debug)]
pub struct UnpaidMinutes;

impl Figure for UnpaidMinutes {
    type Value = Duration;
    const NAME: &'static str = "UNPAID_MINUTES";
    const DEFAULT: &'static str = "15";

    fn read(text: &str) -> Result<Duration, String> {
        // The message that ends the wait is held back for 15 minutes, which is as long as a queue can.
        whole(text, 1, 15).map(|minutes| Duration::from_secs(60 * minutes))
    }
}

/// For how long after its delivery an order may be returned.
#[derive(Clone, Copy, Debug)]
pub struct ReturnDays;

impl Figure for ReturnDays {
    type Value = Duration;
    const NAME: &'static str = "RETURN_DAYS";
    const DEFAULT: &'static str = "30";

    fn read(text: &str) -> Result<Duration, String> {
        whole(text, 0, 3650).map(|days| Duration::from_secs(86_400 * days))
    }
}

fn whole(text: &str, low: u64, high: u64) -> Result<u64, String> {
    let number = text.parse().ok().filter(|number| (low..=high).contains(number));
    number.ok_or_else(|| format!("a whole number from {low} to {high} is expected"))
}
