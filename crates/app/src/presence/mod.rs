//! Presence: who has the page of a consultation open. Known only while a stream of that participant is open and answers
//! its beats; the media connection is known to the consultation itself.
//!
//! In memory: nothing is written for a beat. Programs on one database announce their seats to each other.

mod announcements;
mod open_page;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anteroom_domain::{ConsultationId, ParticipantId, UserId};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

pub(crate) use self::announcements::receive;
use self::announcements::{Announcements, Elsewhere, KnownHere};
pub use self::announcements::{announce, changed, is_shared};
pub use self::open_page::{OpenPage, answered, asked, of};

/// A page that was closed or stopped answering counts as open for this long: people reload, and trains have tunnels.
const GRACE: SignedDuration = SignedDuration::from_secs(20);

/// From this number of participants on, those who have been gone for an hour are forgotten.
const MAX_REMEMBERED: usize = 20_000;
const REMEMBERED_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Whether a participant is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Has not opened the page, as far as this program knows.
    Unknown,
    /// The page is open and in front.
    Here,
    /// The page is open, but hidden by another tab or application.
    Away,
    /// The page was closed, or does not answer.
    Gone {
        /// When it was open last.
        since: Timestamp,
    },
}

/// A participant, and whose pages show them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// The participant.
    pub participant: ParticipantId,
    /// Their consultation.
    pub consultation: ConsultationId,
    /// The host of the appointment.
    pub host: UserId,
}

/// Names one open page: sent to it over its stream, and back with each answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PageToken(u128);

impl PageToken {
    /// From random bytes.
    pub const fn new(random: [u8; 16]) -> Self {
        Self(u128::from_le_bytes(random))
    }
}

impl fmt::Display for PageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for PageToken {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u128::from_str_radix(text, 16).map(Self)
    }
}

/// Who is there. Times are arguments.
#[derive(Default)]
pub struct PresenceRegistry {
    records: Mutex<Records>,
    /// Notified when something is to be announced to other programs at once.
    changes: Notify,
}

#[derive(Default)]
struct Records {
    seats: HashMap<ParticipantId, Record>,
    pages: HashMap<PageToken, Seat>,
    /// Number of participants at which to forget some next: twice those that were left, or with many open pages each new
    /// one would look at all of them.
    forget_at: usize,
    announcements: Announcements,
}

#[derive(Default)]
struct Record {
    pages: Vec<Page>,
    /// What other programs announce.
    elsewhere: Vec<Elsewhere>,
    /// What this program announces.
    here: Option<KnownHere>,
    /// When a page was open last, or a request was made.
    seen: Option<Timestamp>,
    /// The page was hidden then.
    was_hidden: bool,
}

struct Page {
    token: PageToken,
    seen: Timestamp,
    /// It has answered a beat, so it must go on doing so. A client that never does is present while its stream is open.
    answers: bool,
    visible: bool,
}

impl PresenceRegistry {
    /// A page was opened.
    pub fn opened(&self, token: PageToken, seat: Seat, now: Timestamp) {
        let mut records = self.records();
        records.forget(now);
        records.pages.insert(token, seat);
        let record = records.seats.entry(seat.participant).or_default();
        record.pages.push(Page { token, seen: now, answers: false, visible: true });
        record.here.get_or_insert(KnownHere::new(seat)).seat = seat;
        self.announce_soon(&mut records, seat.participant);
    }

    /// A page answered a beat. Returns whose it is if their presence changed; `None` in it if it did not.
    /// An unknown page is an error: its stream was closed.
    pub fn answered(&self, token: PageToken, visible: bool, now: Timestamp) -> Result<Option<Seat>, UnknownPage> {
        let mut records = self.records();
        let seat = *records.pages.get(&token).ok_or(UnknownPage)?;
        let record = records.seats.entry(seat.participant).or_default();
        let before = record.presence(now);
        for page in record.pages.iter_mut().filter(|page| page.token == token) {
            (page.seen, page.answers, page.visible) = (now, true, visible);
        }
        let has_changed = record.presence(now) != before;
        if has_changed {
            self.announce_soon(&mut records, seat.participant);
        }
        Ok(has_changed.then_some(seat))
    }

    /// A page was closed.
    pub fn closed(&self, token: PageToken, now: Timestamp) {
        let mut records = self.records();
        let Some(seat) = records.pages.remove(&token) else { return };
        let record = records.seats.entry(seat.participant).or_default();
        // A page that did not answer any more was gone before its connection was.
        if let Some(at) = record.pages.iter().position(|page| page.token == token) {
            let page = record.pages.swap_remove(at);
            record.seen = record.seen.max(Some(page.last_seen(now)));
            record.was_hidden = !page.visible;
            let here = record.here.get_or_insert(KnownHere::new(seat));
            (here.seen, here.was_hidden) = (here.seen.max(Some(page.last_seen(now))), !page.visible);
        }
        self.announce_soon(&mut records, seat.participant);
    }

    /// Another host has to learn from now on of a page that is open.
    pub fn moved(&self, token: PageToken, seat: Seat) {
        let mut records = self.records();
        let Some(known) = records.pages.get_mut(&token) else { return };
        *known = seat;
        if let Some(here) = records.seats.entry(seat.participant).or_default().here.as_mut() {
            here.seat = seat;
        }
        self.announce_soon(&mut records, seat.participant);
    }

    /// A participant made a request.
    pub fn asked(&self, seat: Seat, now: Timestamp) {
        let mut records = self.records();
        let record = records.seats.entry(seat.participant).or_default();
        let before = record.presence(now);
        (record.seen, record.was_hidden) = (Some(now), false);
        record.here = Some(KnownHere { seat, seen: Some(now), was_hidden: false });
        if record.presence(now) != before {
            self.announce_soon(&mut records, seat.participant);
        }
    }

    /// A participant is known to be waiting from before this program started.
    pub fn noticed(&self, participant: ParticipantId, now: Timestamp) {
        let mut records = self.records();
        let record = records.seats.entry(participant).or_default();
        (record.seen, record.was_hidden) = (Some(now), false);
    }

    /// Whether a participant is there, and when that will change if nothing happens.
    pub fn of(&self, participant: ParticipantId, now: Timestamp) -> (Presence, Option<Timestamp>) {
        let records = self.records();
        let Some(record) = records.seats.get(&participant) else { return (Presence::Unknown, None) };
        (record.presence(now), record.changes_at(now))
    }

    fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The stream of this page was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownPage;

impl Records {
    fn forget(&mut self, now: Timestamp) {
        if self.seats.len() < self.forget_at.max(MAX_REMEMBERED) {
            return;
        }
        let recent = |seen: Timestamp| now.duration_since(seen).abs() < REMEMBERED_FOR;
        self.seats.retain(|_, record| !record.pages.is_empty() || record.last_seen(now).is_some_and(recent));
        self.forget_at = 2 * self.seats.len();
    }
}

impl Record {
    fn presence(&self, now: Timestamp) -> Presence {
        let here = self.pages.iter().filter(|page| page.is_open(now)).map(|page| page.visible);
        let elsewhere = self.elsewhere.iter().filter(|other| is_recent(other.seen, now)).map(|other| other.visible);
        let mut open = here.chain(elsewhere).peekable();
        match (open.peek().is_some(), self.last_seen(now)) {
            (true, _) if open.any(|visible| visible) => Presence::Here,
            (true, _) => Presence::Away,
            (false, Some(seen)) if is_recent(seen, now) && self.was_hidden => Presence::Away,
            (false, Some(seen)) if is_recent(seen, now) => Presence::Here,
            (false, Some(since)) => Presence::Gone { since },
            (false, None) => Presence::Unknown,
        }
    }

    fn last_seen(&self, now: Timestamp) -> Option<Timestamp> {
        let here = self.pages.iter().map(|page| page.last_seen(now));
        here.chain(self.elsewhere.iter().map(|other| other.seen)).max().max(self.seen)
    }

    fn changes_at(&self, now: Timestamp) -> Option<Timestamp> {
        let answering = self.pages.iter().filter(|page| page.answers).map(|page| page.seen);
        let elsewhere = self.elsewhere.iter().map(|other| other.seen);
        let ends = answering
            .chain(elsewhere)
            .chain(self.seen)
            .map(|seen| seen.saturating_add(GRACE).unwrap_or(Timestamp::MAX));
        ends.filter(|at| *at > now).min()
    }
}

impl Page {
    fn is_open(&self, now: Timestamp) -> bool {
        !self.answers || is_recent(self.seen, now)
    }

    fn last_seen(&self, now: Timestamp) -> Timestamp {
        if self.is_open(now) { now } else { self.seen }
    }
}

/// In either direction, because clocks are set back.
fn is_recent(seen: Timestamp, now: Timestamp) -> bool {
    now.duration_since(seen).abs() < GRACE
}
