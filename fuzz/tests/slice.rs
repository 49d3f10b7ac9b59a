//! A quick slice of every target: all known crashes, all seeds, and some thousand mutations of them.
//!
//! The same in every run. `cargo xtask fuzz` searches further.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use anteroom_fuzz::TARGETS;

#[test]
fn datagrams_of_unknown_addresses_reach_no_peer() {
    slice("demux", 6_000);
}

#[test]
fn viewers_receive_only_their_tracks_in_order_and_unchanged() {
    slice("rtp", 150);
}

#[test]
fn answers_keep_section_order_and_copy_no_lines() {
    slice("sdp", 400);
}

#[test]
fn clients_change_only_their_own_state() {
    slice("signalling", 400);
}

#[test]
fn senders_tokens_and_grants_cannot_be_forged() {
    slice("wire_input", 40_000);
}

#[test]
fn every_target_has_seeds() {
    for (name, _) in TARGETS {
        assert!(!files("corpus", name).is_empty(), "{name}");
    }
}

fn slice(name: &str, mutations: u64) {
    let target = TARGETS.iter().find(|(known, _)| *known == name).expect("a target").1;
    let seeds = files("corpus", name);
    for (path, bytes) in files("crashes", name).iter().chain(&seeds) {
        try_out(target, bytes, &path.display().to_string());
    }
    for number in 0..mutations {
        let mut random = RandomBytes(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let bytes = random.mutation(&seeds);
        try_out(target, &bytes, &format!("mutation {number} of the seeds"));
    }
}

fn try_out(target: fn(&[u8]), bytes: &[u8], what: &str) {
    if catch_unwind(AssertUnwindSafe(|| target(bytes))).is_err() {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{:016x}", name_of(bytes)));
        std::fs::write(&path, bytes).expect("the temporary directory is writable");
        panic!("{what} fails; its bytes are in {}: add them to fuzz/crashes", path.display());
    }
}

/// By content, as the fuzzer does (FNV-1a).
fn name_of(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn files(kind: &str, target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(kind).join(target);
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable directory").path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), std::fs::read(path).expect("a readable file"))).collect()
}

/// Seeded random numbers (xorshift).
struct RandomBytes(u64);

impl RandomBytes {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound.max(1)
    }

    /// A seed with some bytes changed, spliced with another seed, or random bytes.
    fn mutation(&mut self, seeds: &[(PathBuf, Vec<u8>)]) -> Vec<u8> {
        if self.below(16) == 0 {
            return (0..self.below(600)).map(|_| self.below(256) as u8).collect();
        }
        let mut bytes = seeds[self.below(seeds.len())].1.clone();
        for _ in 0..=self.below(6) {
            let (from, length) = (self.below(bytes.len() + 1), 1 + self.below(24));
            let to = (from + length).min(bytes.len());
            match self.below(6) {
                0 => drop(bytes.splice(from..to, [])),
                1 => bytes.extend_from_within(from..to),
                2 => drop(bytes.splice(from..from, (0..length).map(|_| self.below(256) as u8).collect::<Vec<_>>())),
                3 => {
                    let other = &seeds[self.below(seeds.len())].1;
                    let start = self.below(other.len() + 1);
                    drop(bytes.splice(from.., other[start..].iter().copied()));
                }
                _ if from < bytes.len() => bytes[from] = self.below(256) as u8,
                _ => {}
            }
        }
        bytes
    }
}
