//! The reliable messages lately sent to one client, for a resume.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use anteroom_room::ParticipantSid;
use anteroom_signalling::DataFrame;

/// How long a sent message is kept. LiveKit's clients forget after 30 s what they have received and would take a
/// retransmission for a new message.
const LIFETIME: Duration = Duration::from_secs(20);
/// Bytes kept for one client.
const MAX_BYTES: usize = 256 * 1024;

#[derive(Default)]
pub(crate) struct SentReliable {
    frames: VecDeque<(Instant, ParticipantSid, u32, DataFrame)>,
    bytes: usize,
}

impl SentReliable {
    pub(crate) fn keep(&mut self, now: Instant, from: &ParticipantSid, sequence: u32, frame: &DataFrame) {
        self.bytes += frame.bytes.len();
        self.frames.push_back((now, from.clone(), sequence, frame.clone()));
        while self.frames.front().is_some_and(|(at, ..)| self.bytes > MAX_BYTES || *at + LIFETIME < now) {
            self.bytes -= self.frames.pop_front().map_or(0, |(.., frame)| frame.bytes.len());
        }
    }

    /// Messages newer than the last sequence number that the client reported for each sender.
    pub(super) fn missing(&self, now: Instant, received: &[(ParticipantSid, u32)]) -> Vec<DataFrame> {
        let last: BTreeMap<_, _> = received.iter().map(|(from, last)| (from, *last)).collect();
        let fresh = self.frames.iter().filter(|(at, ..)| *at + LIFETIME >= now);
        let missed = fresh.filter(|(_, from, sequence, _)| *sequence > last.get(from).copied().unwrap_or(0));
        missed.map(|(.., frame)| frame.clone()).collect()
    }
}
