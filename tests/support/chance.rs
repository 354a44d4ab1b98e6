//! Chance that can be had again: from a seed that a failing test has printed.

use std::time::SystemTime;

/// A sequence of numbers (SplitMix64, Steele, Lea and Flood 2014).
#[derive(Debug)]
pub struct Chance(u64);

impl Chance {
    /// The seed of this run: `PARTAGE_TEST_SEED`, or else the time.
    pub fn seed() -> u64 {
        let given = std::env::var("PARTAGE_TEST_SEED").ok();
        let given = given.map(|seed| seed.parse().expect("PARTAGE_TEST_SEED is a number"));
        given.unwrap_or_else(|| {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
            let now = now.expect("a time after 1970").as_nanos();
            u64::try_from(now & u128::from(u64::MAX)).expect("64 bits")
        })
    }

    /// The sequence of a seed.
    pub fn new(seed: u64) -> Chance {
        Chance(seed)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of so many, from 0.
    pub fn below(&mut self, count: u64) -> u64 {
        self.next() % count
    }

    /// A place in a list of this length.
    pub fn at(&mut self, length: usize) -> usize {
        let length = u64::try_from(length).expect("a length");
        usize::try_from(self.below(length)).expect("a place")
    }
}
