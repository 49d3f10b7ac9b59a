//! A page while its stream is open.

use std::sync::Arc;

use anteroom_domain::{Entry, Participant};
use jiff::Timestamp;

use super::{PageToken, Presence, PresenceRegistry, Seat};
use crate::{App, Clock, Hub, Standing};

/// A page that is open: the participant is present until it is dropped.
pub struct OpenPage {
    hub: Arc<Hub>,
    clock: Arc<dyn Clock>,
    token: PageToken,
    seat: Seat,
}

impl OpenPage {
    /// The page that shows this standing.
    pub fn new(app: &App, standing: &Standing) -> Self {
        let (token, seat) = (PageToken::new(app.random_bytes()), seat_of(standing));
        let now = app.clock.now();
        notifying(app, seat, now, |registry| registry.opened(token, seat, now));
        Self { hub: app.hub.clone(), clock: app.clock.clone(), token, seat }
    }

    /// The page shows this standing now. After a handover it concerns the new host, and no longer the one before.
    pub fn show(&mut self, standing: &Standing) {
        let seat = seat_of(standing);
        if seat != self.seat {
            self.seat = seat;
            self.hub.presence.moved(self.token, seat);
        }
    }

    /// Sent to the page, which sends it back with [`answered`].
    pub const fn token(&self) -> PageToken {
        self.token
    }
}

impl Drop for OpenPage {
    /// Notifies at once although the participant counts as present for a while: those who watch have to learn until when.
    fn drop(&mut self) {
        self.hub.presence.closed(self.token, self.clock.now());
        self.hub.notify_presence(self.seat);
    }
}

/// The participant of this standing made a request: a client that polls is present too.
pub fn asked(app: &App, standing: &Standing) {
    let (seat, now) = (seat_of(standing), app.clock.now());
    notifying(app, seat, now, |registry| registry.asked(seat, now));
}

const fn seat_of(standing: &Standing) -> Seat {
    Seat { participant: standing.me, consultation: standing.consultation, host: standing.host }
}

/// Changes the registry, and wakes those who watch if that changed the presence.
fn notifying(app: &App, seat: Seat, now: Timestamp, change: impl FnOnce(&PresenceRegistry)) {
    let registry = &app.hub.presence;
    let (before, _) = registry.of(seat.participant, now);
    change(registry);
    if registry.of(seat.participant, now).0 != before {
        app.hub.notify_presence(seat);
    }
}

/// Whether a participant is there, and when that will change if nothing happens.
///
/// A waiting guest whom this program does not know counts as just seen: after a restart their page needs a moment to
/// connect again.
pub fn of(app: &App, participant: &Participant, now: Timestamp) -> (Presence, Option<Timestamp>) {
    if participant.connected_since.is_some() {
        return (Presence::Here, None);
    }
    let registry = &app.hub.presence;
    match registry.of(participant.id, now) {
        (Presence::Unknown, _) if matches!(participant.entry, Entry::Waiting { .. }) => {
            registry.noticed(participant.id, now);
            registry.of(participant.id, now)
        }
        known => known,
    }
}

/// A page answered a beat of its stream. Not found if the stream is closed.
pub fn answered(app: &App, token: PageToken, visible: bool) -> crate::Result<()> {
    let changed = app.hub.presence.answered(token, visible, app.clock.now()).map_err(|_| crate::Error::NotFound)?;
    if let Some(seat) = changed {
        app.hub.notify_presence(seat);
    }
    Ok(())
}
