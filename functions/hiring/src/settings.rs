//! What hiring is told at deployment: the business figures with their defaults, and the name of its secret.

use platform::http::Limit;
use platform::{Figure, SecretName};
use std::time::Duration;

/// The key that questions are drawn with and persons are recognised by. At least 16 bytes.
pub struct HiringKey;

impl SecretName for HiringKey {
    const NAME: &'static str = "hiring-server";
}

/// Applications from one network, and in how many minutes.
pub struct Applications;

impl Limit for Applications {
    const NAME: &'static str = "APPLICATION_LIMIT";
    const DEFAULT: &'static str = "20,60";
}

/// How often one account may apply in 30 days, however its applications end.
#[derive(Clone, Copy, Debug)]
pub struct AccountApplications;

impl Figure for AccountApplications {
    type Value = usize;
    const NAME: &'static str = "ACCOUNT_APPLICATIONS";
    const DEFAULT: &'static str = "3";

    fn read(text: &str) -> Result<usize, String> {
        whole(text, 1, 20).map(|number| usize::try_from(number).unwrap_or(1))
    }
}

/// After how many days somebody who was rejected may apply again.
#[derive(Clone, Copy, Debug)]
pub struct ReapplyDays;

impl Figure for ReapplyDays {
    type Value = Duration;
    const NAME: &'static str = "REAPPLY_DAYS";
    const DEFAULT: &'static str = "30";

    fn read(text: &str) -> Result<Duration, String> {
        whole(text, 0, 3650).map(days)
    }
}

/// For how many days it is kept who applied, after an application ended without a job.
#[derive(Clone, Copy, Debug)]
pub struct CandidateKeptDays;

impl Figure for CandidateKeptDays {
    type Value = Duration;
    const NAME: &'static str = "CANDIDATE_KEPT_DAYS";
    const DEFAULT: &'static str = "180";

    fn read(text: &str) -> Result<Duration, String> {
        whole(text, 1, 3650).map(days)
    }
}

fn days(number: u64) -> Duration {
    Duration::from_secs(86_400 * number)
}

fn whole(text: &str, low: u64, high: u64) -> Result<u64, String> {
    let number = text.parse().ok().filter(|number| (low..=high).contains(number));
    number.ok_or_else(|| format!("a whole number from {low} to {high} is expected"))
}
