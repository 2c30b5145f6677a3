//! Shares: what is between nothing and all, in millionths. Scores, ratings and thresholds are shares, so that sums are
//! exact and a decision is the same on every machine.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A share in parts per million: 0 to 1,000,000.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u32", into = "u32")]
pub struct Share(#[schemars(range(max = 1_000_000))] u32);

/// A share above the whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("0 to 1000000 millionths are allowed, these are {0}")]
pub struct MoreThanAll(u32);

impl Share {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// All.
    pub const FULL: Self = Self(1_000_000);

    /// So many millionths.
    pub fn from_ppm(ppm: u32) -> Result<Self, MoreThanAll> {
        if ppm > Self::FULL.0 { Err(MoreThanAll(ppm)) } else { Ok(Self(ppm)) }
    }

    /// `part` of `whole`, rounded down; all of it if it is more, and if there is no whole.
    pub fn of(part: u64, whole: u64) -> Self {
        let ppm = u128::from(part).saturating_mul(u128::from(Self::FULL.0)).checked_div(u128::from(whole));
        Self(ppm.and_then(|ppm| u32::try_from(ppm).ok()).map_or(Self::FULL.0, |ppm| ppm.min(Self::FULL.0)))
    }

    /// Millionths.
    pub const fn ppm(self) -> u32 {
        self.0
    }

    /// What is left of the whole.
    #[must_use]
    pub const fn rest(self) -> Self {
        Self(Self::FULL.0.saturating_sub(self.0))
    }

    /// This share of that one, rounded down.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        Self::of(u64::from(self.0).saturating_mul(u64::from(other.0)), u64::from(Self::FULL.0).pow(2))
    }
}

impl TryFrom<u32> for Share {
    type Error = MoreThanAll;

    fn try_from(ppm: u32) -> Result<Self, MoreThanAll> {
        Self::from_ppm(ppm)
    }
}

impl From<Share> for u32 {
    fn from(share: Share) -> Self {
        share.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_never_more_than_all() {
        assert_eq!(Share::of(1, 4).ppm(), 250_000);
        assert_eq!(Share::of(u64::MAX, 1), Share::FULL);
        assert_eq!(Share::of(u64::MAX, u64::MAX), Share::FULL);
        assert_eq!(Share::of(0, 0), Share::FULL);
        assert_eq!(Share::from_ppm(1_000_001), Err(MoreThanAll(1_000_001)));
        assert_eq!(Share::of(1, 4).rest(), Share::of(3, 4));
        assert_eq!(Share::of(1, 2).times(Share::of(1, 2)), Share::of(1, 4));
        assert!(serde_json::from_str::<Share>("1000001").is_err());
        assert!(serde_json::from_str::<Share>("-1").is_err());
        assert!(serde_json::from_str::<Share>("0.5").is_err());
    }
}
