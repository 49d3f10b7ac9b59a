//! A quick slice of every target: all that ever broke one, all seeds, and some thousand changes of them.
//!
//! The same in every run. `cargo xtask fuzz` looks further.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use anteroom_fuzz::TARGETS;

#[test]
fn no_datagram_of_a_stranger_reaches_a_peer() {
    slice("demux", 6_000);
}

#[test]
fn each_viewer_is_shown_what_is_theirs_in_one_row_and_untouched() {
    slice("rtp", 150);
}

#[test]
fn whatever_is_offered_is_answered_in_its_order_and_in_our_own_lines() {
    slice("sdp", 400);
}

#[test]
fn nobody_notices_what_strangers_say_and_nobody_is_hung_up_on_without_a_word() {
    slice("signalling", 400);
}

#[test]
fn nobody_speaks_in_anothers_name_and_no_key_opens_what_it_does_not_name() {
    slice("wire_input", 40_000);
}

#[test]
fn every_target_has_seeds() {
    for (name, _) in TARGETS {
        assert!(!files("corpus", name).is_empty(), "{name}");
    }
}

fn slice(name: &str, changes: u64) {
    let target = TARGETS.iter().find(|(known, _)| *known == name).expect("a target").1;
    let seeds = files("corpus", name);
    for (path, bytes) in files("crashes", name).iter().chain(&seeds) {
        try_out(target, bytes, &path.display().to_string());
    }
    for number in 0..changes {
        let mut chance = RandomBytes(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let bytes = chance.changed(&seeds);
        try_out(target, &bytes, &format!("change {number} of the seeds"));
    }
}

fn try_out(target: fn(&[u8]), bytes: &[u8], what: &str) {
    if catch_unwind(AssertUnwindSafe(|| target(bytes))).is_err() {
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{:016x}", name_of(bytes)));
        std::fs::write(&kept, bytes).expect("a place for what broke it");
        panic!("{what} breaks it; the bytes are in {}: they belong into fuzz/crashes", kept.display());
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

/// Numbers by a seed (xorshift).
struct RandomBytes(u64);

impl RandomBytes {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound.max(1)
    }

    /// A seed with some of its bytes changed, mixed with another one, or nothing but chance.
    fn changed(&mut self, seeds: &[(PathBuf, Vec<u8>)]) -> Vec<u8> {
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
