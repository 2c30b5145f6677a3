//! Numbers that look random and are the same each time: SplitMix64 (Steele, Lea and Flood 2014,
//! doi:10.1145/2714064.2660195).

/// A stream of numbers.
#[derive(Clone, Copy, Debug)]
pub struct Random(u64);

impl Random {
    /// The stream of this seed.
    pub const fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `bound`; 0 if there is none.
    pub fn below(&mut self, bound: u32) -> u32 {
        // The high half times the bound, so that the numbers are as good as even.
        let scaled = (self.next() >> 32).saturating_mul(u64::from(bound)) >> 32;
        u32::try_from(scaled).unwrap_or_default()
    }

    /// A number from `least` to `most`.
    pub fn between(&mut self, least: u32, most: u32) -> u32 {
        least.saturating_add(self.below(most.saturating_sub(least).saturating_add(1)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
