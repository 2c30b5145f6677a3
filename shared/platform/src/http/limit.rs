//! Rate limits: how many requests of a kind one network may send in a while.
//!
//! A network is an IPv4 address, or the /64 that a household has of IPv6. Windows are fixed, so that a count is one
//! write and forgets itself; at the turn of a window up to twice the limit may pass. A network stands in the table as
//! a digest, for as long as its window and what DynamoDB takes to remove it.

use crate::argument::broken;
use crate::{Argument, Call, Error, Failure, Key, Table};
use kernel::{Digest, Problem, Timestamp};
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

/// The longest window, in minutes.
const LONGEST: u64 = 24 * 60;

/// A limit by name.
pub trait Limit: Send + 'static {
    /// The setting that overrides it: `SIGN_IN_LIMIT`.
    const NAME: &'static str;

    /// What it is where nobody overrides it: requests, a comma, minutes.
    const DEFAULT: &'static str;
}

/// So many requests in so long.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rate {
    /// How many requests, 0 for any number.
    pub requests: u32,
    /// In how long.
    pub window: Duration,
}

impl Rate {
    /// The setting that lifts a limit.
    pub const UNLIMITED: &'static str = "0,1";

    /// Reads `100,5`: a hundred requests in five minutes.
    pub fn read(text: &str) -> Result<Self, String> {
        let read = text.split_once(',').and_then(|(requests, minutes)| {
            let (requests, minutes) = (requests.trim().parse().ok()?, minutes.trim().parse::<u64>().ok()?);
            let minutes = Some(minutes).filter(|minutes| (1..=LONGEST).contains(minutes))?;
            Some(Self { requests, window: Duration::from_secs(minutes * 60) })
        });
        read.ok_or_else(|| format!("{text:?} is not a number of requests, a comma and 1 to {LONGEST} minutes"))
    }
}

/// The limit `L` for whoever sends this request.
pub struct RateLimit<L> {
    network: String,
    rate: Rate,
    now: Timestamp,
    limit: PhantomData<fn() -> L>,
}

impl<L: Limit> RateLimit<L> {
    /// Counts this request; the problem is that its network sent too many.
    pub async fn admit<R>(&self, table: &Table) -> Result<(), Failure<R>> {
        let Rate { requests, window } = self.rate;
        if requests == 0 {
            return Ok(());
        }
        let length = i64::try_from(window.as_secs()).unwrap_or(i64::MAX);
        let (number, into) = (self.now.as_seconds().div_euclid(length), self.now.as_seconds().rem_euclid(length));
        let caller = Digest::of([L::NAME, &self.network, &number.to_string()]).short(26);
        let key = Key::new(format!("rate#{caller}"), "rate");
        if table.count(&key, requests, self.now.after(window)).await? {
            return Ok(());
        }
        let left = u32::try_from(length - into).unwrap_or(u32::MAX);
        let detail = format!("Your network sent too many requests of this kind. Try again in {left} seconds.");
        Err(Failure::Problem(Box::new(Problem::new(429, CODE, TITLE, detail).retry_after(left))))
    }
}

const CODE: &str = "too-many-requests";
const TITLE: &str = "There were too many requests";

impl<L: Limit> Argument for RateLimit<L> {
    fn take(call: &Call) -> Result<Self, Problem> {
        let rate = Rate::read(call.world.settings.optional(L::NAME).unwrap_or(L::DEFAULT));
        let rate = rate.map_err(|reason| broken(call, &Error::broken(format!("setting {}: {reason}", L::NAME))))?;
        let request = call.http().map_err(|error| broken(call, &error))?;
        Ok(Self {
            network: network(request.source_ip()),
            rate,
            now: call.now,
            limit: PhantomData,
        })
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.limited((L::NAME, L::DEFAULT), CODE, TITLE);
    }
}

/// The network of an address. Who has none, or no readable one, shares the limit with all such.
fn network(source: Option<&str>) -> String {
    let address = source.and_then(|source| source.parse::<IpAddr>().ok()).map(|address| address.to_canonical());
    match address {
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
        Some(IpAddr::V4(address)) => address.to_string(),
        None => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_is_one_network_and_a_neighbour_is_another() {
        let same = |one, other| network(Some(one)) == network(Some(other));
        assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
        assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
        assert!(same("192.0.2.1", "::ffff:192.0.2.1"));
        assert!(!same("192.0.2.1", "192.0.2.2"));
        assert_eq!(network(None), network(Some("nonsense")));
    }

    #[test]
    fn a_rate_is_a_number_and_minutes() {
        let rate = |requests, minutes: u64| Ok(Rate { requests, window: Duration::from_secs(minutes * 60) });
        assert_eq!(Rate::read("100,5"), rate(100, 5));
        assert_eq!(Rate::read(" 3 , 1440 "), rate(3, 1440));
        assert_eq!(Rate::read(Rate::UNLIMITED), rate(0, 1));
        for wrong in [
            "",
            "100",
            "100,0",
            "-1,5",
            "1,1441",
            "1,18446744073709551615",
            "1,2,3",
            "many,5",
        ] {
            assert!(Rate::read(wrong).is_err(), "{wrong}");
        }
    }
}
