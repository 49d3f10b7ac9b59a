//! Attendance: when each participant was connected, and for how long both sides were at the same time.

use jiff::{SignedDuration, Timestamp};

use crate::{Consultation, Participant, Phase, Role};

/// One media connection of a participant, from its beginning to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// When it came up.
    pub arrived_at: Timestamp,
    /// When it went down.
    pub departed_at: Timestamp,
}

/// Periods that are kept one by one. A connection that breaks more often prolongs the last one: the record stays small.
const MAX_PERIODS: usize = 100;

impl Period {
    /// The part within these bounds; `None` if there is none.
    fn within(self, from: Timestamp, to: Timestamp) -> Option<Self> {
        let period = Self { arrived_at: self.arrived_at.max(from), departed_at: self.departed_at.min(to) };
        (period.arrived_at < period.departed_at).then_some(period)
    }
}

impl Participant {
    /// The current connection has ended. Not before it began: the clock may have been set back.
    pub(crate) fn end_period(&mut self, at: Timestamp) {
        let Some(arrived_at) = self.connected_since.take() else { return };
        let departed_at = at.max(arrived_at);
        self.departed_at = Some(departed_at);
        let is_full = self.periods.len() >= MAX_PERIODS;
        match self.periods.last_mut() {
            Some(last) if is_full => last.departed_at = last.departed_at.max(departed_at),
            _ => self.periods.push(Period { arrived_at, departed_at }),
        }
    }

    /// The connections that have ended. The previous version stored only when the first began and the last ended: what is
    /// before the first that is known counts as one.
    pub fn periods(&self) -> Vec<Period> {
        let known_from = self.periods.first().map(|first| first.arrived_at).or(self.departed_at);
        let before =
            self.arrived_at.zip(known_from).map(|(arrived_at, departed_at)| Period { arrived_at, departed_at });
        let before = before.filter(|before| before.arrived_at < before.departed_at);
        before.into_iter().chain(self.periods.iter().copied()).collect()
    }

    /// All connections, also one that is up until `now`.
    fn periods_until(&self, now: Timestamp) -> impl Iterator<Item = Period> {
        let current = self.connected_since.map(|arrived_at| Period { arrived_at, departed_at: now });
        self.periods().into_iter().chain(current)
    }
}

impl Consultation {
    /// The connections of a participant while it lasted, until `now` if it still does. Ordered by time.
    pub fn attendance(&self, participant: &Participant, now: Timestamp) -> Vec<Period> {
        let (from, to) = match self.phase {
            Phase::Planned => return Vec::new(),
            Phase::Live { started_at, .. } => (started_at, now),
            Phase::Ended { started_at, ended_at, .. } => (started_at, ended_at),
        };
        let mut periods: Vec<Period> =
            participant.periods_until(to).filter_map(|period| period.within(from, to)).collect();
        periods.sort_unstable();
        periods
    }

    /// For how long the host and at least one guest were connected at the same time, until `now` if it still lasts.
    pub fn both_present(&self, now: Timestamp) -> SignedDuration {
        let side = |is_of: fn(Role) -> bool| {
            let participants = self.participants.iter().filter(|participant| is_of(participant.role));
            merged(participants.flat_map(|participant| self.attendance(participant, now)).collect())
        };
        let (hosts, guests) = (side(|role| role == Role::Host), side(Role::waits));
        let shared = hosts.iter().flat_map(|host| guests.iter().map(move |guest| (host, guest)));
        shared
            .filter_map(|(host, guest)| host.within(guest.arrived_at, guest.departed_at))
            .map(|period| period.departed_at.duration_since(period.arrived_at))
            .fold(SignedDuration::ZERO, SignedDuration::saturating_add)
    }

    /// For how long both sides were present, once it has ended.
    pub fn duration(&self) -> Option<SignedDuration> {
        match &self.phase {
            Phase::Ended { ended_at, .. } => Some(self.both_present(*ended_at)),
            Phase::Planned | Phase::Live { .. } => None,
        }
    }

    /// Whether the media of any participant is connected.
    pub fn is_anybody_connected(&self) -> bool {
        self.participants.iter().any(|participant| participant.connected_since.is_some())
    }

    /// When the last connection went down.
    pub fn last_departure(&self) -> Option<Timestamp> {
        self.participants.iter().filter_map(|participant| participant.departed_at).max()
    }
}

/// The same time as periods that do not overlap.
fn merged(mut periods: Vec<Period>) -> Vec<Period> {
    periods.sort_unstable();
    let mut merged: Vec<Period> = Vec::new();
    for period in periods {
        match merged.last_mut() {
            Some(last) if period.arrived_at <= last.departed_at => {
                last.departed_at = last.departed_at.max(period.departed_at);
            }
            _ => merged.push(period),
        }
    }
    merged
}
