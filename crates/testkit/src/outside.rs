//! The outside, as tests need it: time that stands still, chance from a seed, a media server of paper, letters kept.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use anteroom_app::{Clock, Grant, Letter, Messenger, MessengerError, Rng, Ticket, Video, VideoError};
use anteroom_domain::{ParticipantId, RoomName};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

/// A clock that stands still until a test moves it.
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// A clock that shows this.
    pub const fn at(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves it to this instant, also backwards.
    pub fn set(&self, now: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Moves it on.
    pub fn advance(&self, by: SignedDuration) {
        self.set(self.now() + by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Chance that is the same at every run: splitmix64 from a seed.
pub struct SeededRng(AtomicU64);

impl SeededRng {
    /// Chance from this seed.
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Rng for SeededRng {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Relaxed);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// A media server that writes tickets and remembers whom it put out; no packet ever moves.
#[derive(Default)]
pub struct PaperVideo {
    closed: Mutex<Vec<RoomName>>,
    removed: Mutex<Vec<ParticipantId>>,
}

impl PaperVideo {
    /// The rooms it was told to close, in order.
    pub fn closed(&self) -> Vec<RoomName> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The people it was told to put out, in order.
    pub fn removed(&self) -> Vec<ParticipantId> {
        self.removed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Video for PaperVideo {
    async fn ticket(&self, grant: &Grant, _at: Timestamp) -> Result<Ticket, VideoError> {
        let token = format!("paper:{}:{}:{}", grant.room, grant.participant, grant.seat);
        Ok(Ticket { url: "ws://media.test".to_owned(), token: token.into(), expires_at: grant.until })
    }

    async fn close(&self, room: &RoomName) -> Result<(), VideoError> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner).push(room.clone());
        Ok(())
    }

    async fn remove(&self, _room: &RoomName, who: ParticipantId) -> Result<(), VideoError> {
        self.removed.lock().unwrap_or_else(PoisonError::into_inner).push(who);
        Ok(())
    }
}

/// Where letters go: nobody carries them away.
#[derive(Default)]
pub struct Pigeonholes(Mutex<Vec<Letter>>);

impl Pigeonholes {
    /// Every letter so far, in order.
    pub fn letters(&self) -> Vec<Letter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Messenger for Pigeonholes {
    async fn send(&self, letter: &Letter) -> Result<(), MessengerError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(letter.clone());
        Ok(())
    }
}
