//! Reproducible random numbers, from a seed that a failing test prints.

use uuid::Uuid;

/// A sequence of numbers (SplitMix64, Steele, Lea and Flood 2014).
#[derive(Debug)]
pub struct Chance(u64);

impl Chance {
    /// The seed of this run: `PARTAGE_TEST_SEED`, or a new one. It is printed when a test fails.
    pub fn seed() -> u64 {
        let given = std::env::var("PARTAGE_TEST_SEED").ok();
        let given = given.map(|seed| seed.parse().expect("PARTAGE_TEST_SEED is a number"));
        let seed = given.unwrap_or_else(|| Uuid::new_v4().as_u64_pair().1);
        eprintln!("PARTAGE_TEST_SEED={seed}");
        seed
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

    /// A number from 0 up to, but not including, this one.
    pub fn below(&mut self, count: u64) -> u64 {
        self.next() % count
    }

    /// A random index into a list of this length.
    pub fn at(&mut self, length: usize) -> usize {
        let length = u64::try_from(length).expect("a length");
        usize::try_from(self.below(length)).expect("a place")
    }
}
