//! Attendance: recorded as the media server reports it, and compared with who is connected. A report can be lost; who is
//! recorded as connected for ever keeps the consultation from ending.

use std::collections::{BTreeMap, BTreeSet};

use anteroom_domain::{Author, Consultation, ConsultationChange, Participant, ParticipantId, RoomName};
use anteroom_store::Tx;
use jiff::{SignedDuration, Timestamp};

use crate::admission::identity;
use crate::consultation_context::consultation_event;
use crate::{App, AttendanceRecord, Error, Result, media_alive};

/// A difference counts if it is found again after this time: a report may be on its way.
const CONFIRMED_AFTER: SignedDuration = SignedDuration::from_secs(30);

/// A participant of a room.
type Place = (RoomName, ParticipantId);

/// What earlier comparisons have found.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// When each participant was connected at the last comparison that found them.
    seen: BTreeMap<Place, Timestamp>,
    /// Differences, and when each was found first.
    open: BTreeMap<Difference, Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Difference {
    /// Recorded as connected since then.
    Absent(Place, Timestamp),
    Unrecorded(Place),
}

/// What is to be recorded, if it is still so.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Correction {
    place: Place,
    /// Since when they are recorded as connected, and are not. `None`: they are, and are not recorded.
    recorded: Option<Timestamp>,
    at: Timestamp,
}

/// A change of one participant's connection.
struct Change {
    who: ParticipantId,
    is_connected: bool,
    at: Timestamp,
}

/// Compares who is recorded as connected with who is, and corrects what differed at the last comparison too. A correction
/// that fails does not keep others from being made; it is found again.
pub(crate) async fn reconcile(app: &App) -> Result<()> {
    let connected: BTreeSet<Place> = app.video.connected().await?.into_iter().collect();
    let recorded = app.store.read().await?.connected_participants().await?;
    let recorded: BTreeMap<Place, Timestamp> =
        recorded.into_iter().map(|(room, who, since)| ((room, who), since)).collect();
    let now = app.clock.now();
    if !recorded.is_empty() {
        media_alive(app, now).await?; // After a crash they departed now.
    }
    let corrections = app.sweep_position.attendance().compare(now, &recorded, &connected);
    for correction in corrections {
        let (who, is_connected) = (correction.place.1, correction.is_connected());
        match correct(app, &correction).await {
            Ok(true) => tracing::warn!(%who, is_connected, "attendance was not recorded: it is now"),
            Ok(false) => {}
            Err(error) => tracing::warn!(%who, is_connected, ?error, "attendance could not be corrected"),
        }
    }
    Ok(())
}

/// Corrects what is still so. Returns whether anything has changed.
async fn correct(app: &App, correction: &Correction) -> Result<bool> {
    let (room, who) = &correction.place;
    let Some((tx, consultation)) = lock(app, room).await? else {
        return Ok(false);
    };
    // Asked again, because they may have reconnected. It is in memory, and later reports wait for the lock.
    let is_connected = app.video.connected().await?.contains(&correction.place);
    let fits = consultation.participant(*who).is_none_or(|participant| correction.fits(participant));
    if is_connected != correction.is_connected() || !fits {
        tx.unchanged().await?;
        return Ok(false);
    }
    let change = Change { who: *who, is_connected, at: correction.at };
    save(tx, consultation, &change, &Author::System).await
}

impl Correction {
    const fn is_connected(&self) -> bool {
        self.recorded.is_none()
    }

    /// Nobody arrives before they have left: what was found is then an earlier connection.
    fn fits(&self, participant: &Participant) -> bool {
        let has_left_since = participant.departed_at.is_some_and(|left| left >= self.at);
        participant.connected_since == self.recorded && !(self.is_connected() && has_left_since)
    }
}

impl Comparison {
    fn compare(
        &mut self,
        now: Timestamp,
        recorded: &BTreeMap<Place, Timestamp>,
        connected: &BTreeSet<Place>,
    ) -> Vec<Correction> {
        self.seen.retain(|place, _| recorded.contains_key(place));
        self.seen.extend(connected.iter().map(|place| (place.clone(), now)));
        let absent = recorded.iter().filter(|(place, _)| !connected.contains(*place));
        let absent = absent.map(|(place, since)| Difference::Absent(place.clone(), *since));
        let unrecorded = connected.iter().filter(|place| !recorded.contains_key(*place));
        let unrecorded = unrecorded.map(|place| Difference::Unrecorded(place.clone()));
        let before = std::mem::take(&mut self.open);
        let mut corrections = Vec::new();
        for difference in absent.chain(unrecorded) {
            match before.get(&difference) {
                Some(found_at) if now.duration_since(*found_at) >= CONFIRMED_AFTER => {
                    corrections.push(self.correction(difference, *found_at));
                }
                found_at => drop(self.open.insert(difference, found_at.copied().unwrap_or(now))),
            }
        }
        corrections
    }

    fn correction(&self, difference: Difference, found_at: Timestamp) -> Correction {
        match difference {
            Difference::Absent(place, since) => {
                let at = self.seen.get(&place).copied().unwrap_or(since);
                Correction { place, recorded: Some(since), at }
            }
            Difference::Unrecorded(place) => Correction { place, recorded: None, at: found_at },
        }
    }
}

/// Records one report. One that changes nothing is not recorded.
pub(crate) async fn record(app: &App, attendance: &AttendanceRecord) -> Result<()> {
    let AttendanceRecord { bearer, is_connected, at } = attendance;
    let Some((tx, consultation)) = lock(app, &RoomName::from_text(bearer.room.as_str())).await? else {
        return Ok(());
    };
    let who = identity(bearer)?;
    let change = Change { who, is_connected: *is_connected, at: *at };
    save(tx, consultation, &change, &Author::Participant(who)).await?;
    Ok(())
}

/// The consultation of a room, locked: all participants connect at the same moment, when the host starts.
async fn lock(app: &App, room: &RoomName) -> Result<Option<(Tx, Consultation)>> {
    let Some(found) = app.store.read().await?.consultation_in_room(room).await? else {
        return Ok(None);
    };
    let mut tx = app.store.begin().await?;
    tx.lock_consultation(found.id).await?;
    let consultation = tx.find_consultation(found.id).await?.ok_or(Error::NotFound)?;
    Ok(Some((tx, consultation)))
}

/// Saves a change. Returns whether it was one.
async fn save(mut tx: Tx, before: Consultation, change: &Change, author: &Author) -> Result<bool> {
    let Change { who, is_connected, at } = *change;
    let (after, change) = if is_connected {
        (before.clone().arrive(who, at)?, ConsultationChange::Arrived(who))
    } else {
        (before.clone().depart(who, at)?, ConsultationChange::Departed(who))
    };
    if after == before {
        tx.unchanged().await?;
        return Ok(false);
    }
    let appointment = tx.find_appointment(after.appointment).await?.ok_or(Error::NotFound)?;
    tx.save_consultation(&after).await?;
    tx.record(author, at, &consultation_event(&after, appointment.host, change)).await?;
    tx.commit().await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use anteroom_domain::{PersonName, Private, Role};

    use super::*;

    #[test]
    fn a_correction_of_another_connection_does_not_fit() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let id: ParticipantId = "par_01a1f82f1e807f82be5dea53e8feb2e4".parse().unwrap();
        let mut participant = Participant::new(id, Role::Guest, None, Private::new(PersonName::from_store("Jamie")));
        for (recorded, connected_since, departed_at, fits) in [
            (Some(at(1)), Some(at(1)), None, true),
            (Some(at(1)), Some(at(9)), Some(at(8)), false),
            (Some(at(1)), None, Some(at(8)), false),
            (None, None, None, true),
            (None, None, Some(at(4)), true),
            (None, None, Some(at(5)), false),
            (None, Some(at(4)), None, false),
        ] {
            (participant.connected_since, participant.departed_at) = (connected_since, departed_at);
            let correction = Correction { place: (RoomName::from_text("room"), id), recorded, at: at(5) };
            assert_eq!(correction.fits(&participant), fits, "{recorded:?} {connected_since:?} {departed_at:?}");
        }
    }
}
