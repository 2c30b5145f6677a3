//! What identity is told at deployment: the business figures with their defaults, and the names of its secrets.

use crate::address::Email;
use platform::http::Limit;
use platform::{Figure, SecretName};
use std::time::Duration;

/// The key that codes, refresh tokens, partners' secrets and marks of requests are derived with. At least 16 bytes.
pub struct ServerKey;

impl SecretName for ServerKey {
    const NAME: &'static str = "identity-server";
}

/// The key that codes are sealed with on their way to notifications, which alone opens them.
pub struct CodeSeal;

impl SecretName for CodeSeal {
    const NAME: &'static str = "code-seal";
}

/// What it costs to try one password (Argon2id): memory in KiB, passes over it, lanes.
pub struct PasswordCost;

impl Figure for PasswordCost {
    type Value = Cost;
    const NAME: &'static str = "PASSWORD_COST";
    /// The least that OWASP advises.
    const DEFAULT: &'static str = "19456,2,1";

    fn read(text: &str) -> Result<Cost, String> {
        let [memory_kib, passes, lanes] = numbers(text)?;
        argon2::Params::new(memory_kib, passes, lanes, None).map_err(|error| error.to_string())?;
        Ok(Cost { memory_kib, passes, lanes })
    }
}

/// See [`PasswordCost`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes that could run in parallel.
    pub lanes: u32,
}

/// One-time codes: minutes one is good for, tries at it, seconds from one to the next, how many in 24 hours.
pub struct Codes;

impl Figure for Codes {
    type Value = CodeRules;
    const NAME: &'static str = "CODES";
    const DEFAULT: &'static str = "10,5,60,10";

    fn read(text: &str) -> Result<CodeRules, String> {
        let [minutes, tries, pause, daily] = numbers(text)?;
        if !(1..=10).contains(&tries) || !(1..=60).contains(&minutes) || !(1..=50).contains(&daily) {
            return Err("1 to 60 minutes, 1 to 10 tries, 1 to 50 codes a day".to_owned());
        }
        Ok(CodeRules {
            lifetime: minutes_of(minutes),
            tries,
            pause: Duration::from_secs(pause.into()),
            daily: daily as usize,
        })
    }
}

/// See [`Codes`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CodeRules {
    /// How long a code is good for.
    pub lifetime: Duration,
    /// How often one may be tried.
    pub tries: u32,
    /// How long until the next one may be asked for.
    pub pause: Duration,
    /// How many are sent to one contact in 24 hours.
    pub daily: usize,
}

/// Lockout: so many failures within so many minutes lock an address for so many minutes.
pub struct Lockout;

impl Figure for Lockout {
    type Value = LockoutRules;
    const NAME: &'static str = "LOCKOUT";
    const DEFAULT: &'static str = "10,15,15";

    fn read(text: &str) -> Result<LockoutRules, String> {
        let [failures, window, lock] = numbers(text)?;
        if !(1..=100).contains(&failures) {
            return Err("1 to 100 failures".to_owned());
        }
        Ok(LockoutRules {
            failures: failures as usize,
            window: minutes_of(window),
            lock: minutes_of(lock),
        })
    }
}

/// See [`Lockout`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LockoutRules {
    /// How many failures lock.
    pub failures: usize,
    /// Within this time.
    pub window: Duration,
    /// For this long.
    pub lock: Duration,
}

/// Attempts to sign in from one network, and in how many minutes. Mobile carriers hide thousands behind an address.
pub struct SignIns;

impl Limit for SignIns {
    const NAME: &'static str = "SIGN_IN_LIMIT";
    const DEFAULT: &'static str = "100,5";
}

/// Accounts registered from one network, and in how many minutes. Each sends somebody a code.
pub struct Registrations;

impl Limit for Registrations {
    const NAME: &'static str = "REGISTRATION_LIMIT";
    const DEFAULT: &'static str = "50,60";
}

/// Codes asked for or tried from one network, and in how many minutes.
pub struct CodeRequests;

impl Limit for CodeRequests {
    const NAME: &'static str = "CODE_LIMIT";
    const DEFAULT: &'static str = "100,60";
}

/// Sessions: minutes an access token is good for (at most 10), days a refresh token is, seconds within which the
/// refresh token before it is forgiven.
pub struct Sessions;

impl Figure for Sessions {
    type Value = SessionRules;
    const NAME: &'static str = "SESSIONS";
    const DEFAULT: &'static str = "10,30,30";

    fn read(text: &str) -> Result<SessionRules, String> {
        let [access, refresh, forgiven] = numbers(text)?;
        if !(1..=10).contains(&access) || !(1..=365).contains(&refresh) || forgiven > 120 {
            return Err("1 to 10 minutes, 1 to 365 days, at most 120 seconds".to_owned());
        }
        Ok(SessionRules {
            access: minutes_of(access),
            refresh: Duration::from_secs(u64::from(refresh) * 86_400),
            forgiven: Duration::from_secs(forgiven.into()),
        })
    }
}

/// See [`Sessions`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionRules {
    /// How long an access token is good for.
    pub access: Duration,
    /// How long a refresh token is.
    pub refresh: Duration,
    /// How long after a renewal the token before it still gets the same answer.
    pub forgiven: Duration,
}

/// The e-mail address whose owner becomes the first admin by verifying it. Nobody, unless the deployment says.
pub struct FirstAdmin;

impl Figure for FirstAdmin {
    type Value = Option<Email>;
    const NAME: &'static str = platform::settings::FIRST_ADMIN;
    const DEFAULT: &'static str = "";
    const DEPLOYMENT: Option<&'static str> = Some("first-admin");

    fn read(text: &str) -> Result<Option<Email>, String> {
        if text.is_empty() { Ok(None) } else { Email::try_from(text.to_owned()).map(Some) }
    }
}

fn minutes_of(minutes: u32) -> Duration {
    Duration::from_secs(u64::from(minutes) * 60)
}

/// `N` whole numbers, separated by commas.
fn numbers<const N: usize>(text: &str) -> Result<[u32; N], String> {
    let numbers: Result<Vec<u32>, _> = text.split(',').map(|number| number.trim().parse()).collect();
    let numbers = numbers.map_err(|_| format!("{text:?} is no list of whole numbers"))?;
    numbers.try_into().map_err(|_| format!("{N} numbers are expected, separated by commas"))
}
