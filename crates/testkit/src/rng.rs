//! Reproducible random numbers: the same seed gives the same ids and secrets, in the same order.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use anteroom_app::Rng;

/// SplitMix64: well distributed, full period. Predictable, so for tests only.
pub struct SeededRng(AtomicU64);

impl SeededRng {
    /// A generator with this seed.
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed.wrapping_mul(0xd1b5_4a32_d192_ed03)))
    }

    fn next(&self) -> u64 {
        let step = 0x9e37_79b9_7f4a_7c15_u64;
        let mut z = self.0.fetch_add(step, Relaxed).wrapping_add(step);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl Rng for SeededRng {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let drawn = self.next().to_le_bytes();
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
    }
}
