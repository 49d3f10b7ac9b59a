//! Presence for several programs on one database: each announces the seats whose pages are open at it, at once when a
//! page opens or closes, and again every few seconds as long as it is open. A program that ends is noticed because its
//! announcements stop. One that is alone on its database only announces itself, once a minute.

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::time::Duration;

use anteroom_domain::ParticipantId;
use anteroom_store::OpenSeat;
use jiff::{SignedDuration, Timestamp};

use super::{PresenceRegistry, Record, Records, Seat, is_recent};
use crate::{App, Hub};

/// Pause between announcements of the same seat. Well below half of the time after which a seat counts as gone: one of
/// them may be late.
const INTERVAL: SignedDuration = SignedDuration::from_secs(5);
/// The same for a program that has received nothing from another.
const INTERVAL_ALONE: SignedDuration = SignedDuration::from_secs(60);
/// A program that has received nothing from another for this long is alone.
const ALONE_AFTER: SignedDuration = SignedDuration::from_secs(150);
/// Seats that are remembered because others announce them, beside those known here. Announcements of more are ignored.
const MAX_ANNOUNCED: usize = 100_000;
/// Other programs that are remembered for one seat.
const MAX_PROGRAMS: usize = 8;

/// What is known of the announcements.
#[derive(Default)]
pub(super) struct Announcements {
    /// When another program announced something last.
    received: Option<Timestamp>,
    /// When all seats were announced last.
    sent: Option<Timestamp>,
    /// Seats that changed since.
    changed: HashSet<ParticipantId>,
}

/// Another program's pages of one participant.
pub(super) struct Elsewhere {
    program: i64,
    pub(super) seen: Timestamp,
    pub(super) visible: bool,
}

/// Presence that is known here, and not from another program.
pub(super) struct KnownHere {
    pub(super) seat: Seat,
    /// When a page was closed last, or a request was made.
    pub(super) seen: Option<Timestamp>,
    /// The page was hidden then.
    pub(super) was_hidden: bool,
}

impl KnownHere {
    pub(super) const fn new(seat: Seat) -> Self {
        Self { seat, seen: None, was_hidden: false }
    }
}

impl Announcements {
    fn is_alone(&self, now: Timestamp) -> bool {
        self.received.is_none_or(|at| now.duration_since(at).abs() >= ALONE_AFTER)
    }

    fn interval(&self, now: Timestamp) -> SignedDuration {
        if self.is_alone(now) { INTERVAL_ALONE } else { INTERVAL }
    }

    /// When everything is to be announced again, from now.
    fn wait(&self, now: Timestamp) -> SignedDuration {
        // In either direction, because clocks are set back.
        let since = self.sent.map_or(SignedDuration::MAX, |at| now.duration_since(at).abs());
        self.interval(now).saturating_sub(since).max(SignedDuration::ZERO)
    }
}

impl PresenceRegistry {
    /// A seat changed here: it is announced at once.
    pub(super) fn announce_soon(&self, records: &mut Records, participant: ParticipantId) {
        // Without others nobody takes them.
        if records.announcements.received.is_some() {
            records.announcements.changed.insert(participant);
            self.changes.notify_one();
        }
    }

    /// Announces this program and all its seats at once: others may be there, and may have missed them.
    pub(crate) fn introduce(&self) {
        self.records().announcements.sent = None;
        self.changes.notify_one();
    }

    /// What is to be announced now, if anything, and when to ask again at the latest.
    pub(super) fn take_announcement(&self, now: Timestamp) -> (Option<Vec<OpenSeat>>, Duration) {
        let mut records = self.records();
        let Records { seats, announcements, .. } = &mut *records;
        let changed = std::mem::take(&mut announcements.changed);
        let seat = |record: &Record| record.open_seat(now);
        let is_alone = announcements.is_alone(now);
        let announcement = match announcements.wait(now).is_zero() {
            true => {
                announcements.sent = Some(now);
                if is_alone {
                    announcements.received = None;
                }
                Some(if is_alone { Vec::new() } else { seats.values().filter_map(seat).collect() })
            }
            false => {
                let changed: Vec<_> = changed.iter().filter_map(|id| seats.get(id)).filter_map(seat).collect();
                (!is_alone && !changed.is_empty()).then_some(changed)
            }
        };
        let wait = Duration::try_from(announcements.wait(now)).unwrap_or_default();
        (announcement, wait)
    }

    /// Another program announced itself and these seats. Returns those whose presence changed.
    pub(crate) fn announced(&self, program: i64, seats: &[OpenSeat], now: Timestamp) -> Vec<Seat> {
        let mut records = self.records();
        if records.announcements.is_alone(now) {
            records.announcements.sent = None; // it knows nothing of this program yet
            self.changes.notify_one();
        }
        records.announcements.received = Some(now);
        records.forget(now);
        seats.iter().filter_map(|seat| records.announced(program, seat, now)).collect()
    }
}

impl Records {
    fn announced(&mut self, program: i64, open: &OpenSeat, now: Timestamp) -> Option<Seat> {
        let is_full = self.seats.len() >= MAX_ANNOUNCED;
        let record = match self.seats.get_mut(&open.participant) {
            Some(record) => record,
            None if is_full => return None,
            None => self.seats.entry(open.participant).or_default(),
        };
        let before = record.presence(now);
        let unseen_for = SignedDuration::from_millis(open.unseen_for.into());
        let seen = now.saturating_sub(unseen_for).unwrap_or(Timestamp::MIN);
        record.seen_elsewhere(Elsewhere { program, seen, visible: open.visible }, now);
        let OpenSeat { participant, consultation, host, .. } = *open;
        (record.presence(now) != before).then_some(Seat { participant, consultation, host })
    }
}

impl Record {
    /// What is announced of this participant: nothing after they are gone.
    fn open_seat(&self, now: Timestamp) -> Option<OpenSeat> {
        let here = self.here.as_ref()?;
        let open = || self.pages.iter().filter(|page| page.is_open(now));
        let closed = here.seen.filter(|seen| is_recent(*seen, now));
        let (seen, visible) = match open().map(|page| if page.answers { page.seen } else { now }).max() {
            Some(seen) => (seen, open().any(|page| page.visible)),
            None => (closed?, !here.was_hidden),
        };
        let Seat { participant, consultation, host } = here.seat;
        let unseen_for = u32::try_from(now.duration_since(seen).as_millis()).unwrap_or(0);
        Some(OpenSeat { participant, consultation, host, unseen_for, visible })
    }

    fn seen_elsewhere(&mut self, seen: Elsewhere, now: Timestamp) {
        self.elsewhere.retain(|other| other.program != seen.program);
        let ended = self.elsewhere.extract_if(.., |other| !is_recent(other.seen, now)).map(|other| other.seen).max();
        self.seen = self.seen.max(ended);
        self.elsewhere.truncate(MAX_PROGRAMS - 1);
        self.elsewhere.push(seen);
    }
}

/// Whether other programs may be on the database: without, nothing is announced.
pub fn is_shared(app: &App) -> bool {
    app.store.is_shared()
}

/// Announces what is to be announced now. Returns when to call it again at the latest.
pub async fn announce(app: &App) -> Duration {
    let (announcement, wait) = app.hub.presence.take_announcement(app.clock.now());
    if let Some(seats) = announcement
        && let Err(error) = app.store.announce(&seats).await
    {
        tracing::warn!(%error, "open pages were not announced to other programs on the database");
    }
    wait
}

/// Waits until a seat has changed that is to be announced at once.
pub async fn changed(app: &App) {
    app.hub.presence.changes.notified().await;
}

/// Takes in what another program announces, and wakes those who watch if that changes the presence.
pub(crate) fn receive(hub: &Hub, now: Timestamp, program: i64, seats: &[OpenSeat]) {
    for seat in hub.presence.announced(program, seats, now) {
        hub.notify_presence(seat);
    }
}
