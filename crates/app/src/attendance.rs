//! Attendance: recorded as the media server reports it, and compared with who is connected. A report can be lost; who is
//! recorded as connected for ever keeps the consultation from ending.

use std::collections::{BTreeMap, BTreeSet};

use anteroom_domain::{Author, ConsultationChange, ParticipantId, RoomName};
use jiff::{SignedDuration, Timestamp};

use crate::admission::identity;
use crate::consultation_context::consultation_event;
use crate::{Admission, App, AttendanceRecord, Bearer, Error, Result};

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

/// What is to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Correction {
    place: Place,
    is_connected: bool,
    at: Timestamp,
}

/// Compares who is recorded as connected with who is, and corrects what differed at the last comparison too.
pub(crate) async fn reconcile(app: &App) -> Result<()> {
    let connected: BTreeSet<Place> = app.video.connected().await?.into_iter().collect();
    let recorded = app.store.read().await?.connected_participants().await?;
    let recorded = recorded.into_iter().map(|(room, who, since)| ((room, who), since)).collect();
    let corrections = app.sweep_position.attendance().compare(app.clock.now(), &recorded, &connected);
    for Correction { place: (room, who), is_connected, at } in corrections {
        tracing::warn!(%who, is_connected, "attendance was not recorded: it is now");
        let bearer = Bearer { room: room.as_str().to_owned(), identity: who.to_string(), ticket_number: None };
        app.attend(&AttendanceRecord { bearer, is_connected, at }).await?;
    }
    Ok(())
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
                Correction { place, is_connected: false, at }
            }
            Difference::Unrecorded(place) => Correction { place, is_connected: true, at: found_at },
        }
    }
}

/// Records one report. One that changes nothing is not recorded.
pub(crate) async fn record(app: &App, attendance: &AttendanceRecord) -> Result<()> {
    let AttendanceRecord { bearer, is_connected, at } = attendance;
    let room = RoomName::from_text(bearer.room.as_str());
    let Some(found) = app.store.read().await?.consultation_in_room(&room).await? else {
        return Ok(());
    };
    let mut tx = app.store.begin().await?;
    tx.lock_consultation(found.id).await?; // All participants connect at the same moment: when the host starts.
    let consultation = tx.find_consultation(found.id).await?.ok_or(Error::NotFound)?;
    let who = identity(bearer)?;
    let (recorded, change) = if *is_connected {
        (consultation.clone().arrive(who, *at)?, ConsultationChange::Arrived(who))
    } else {
        (consultation.clone().depart(who, *at)?, ConsultationChange::Departed(who))
    };
    if recorded == consultation {
        return Ok(tx.unchanged().await?);
    }
    let appointment = tx.find_appointment(recorded.appointment).await?.ok_or(Error::NotFound)?;
    tx.save_consultation(&recorded).await?;
    let event = consultation_event(&recorded, appointment.host, change);
    tx.record(&Author::Participant(who), *at, &event).await?;
    Ok(tx.commit().await?)
}
