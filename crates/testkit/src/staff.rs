//! Staff and API clients as test actors: book, confirm, cancel, read.

use anteroom_app::appointments::{AppointmentDetails, Booking, NewCompanion, Start};
use anteroom_app::{Actor, App, Result, appointments};
use anteroom_domain::{AppointmentId, Private, UserId};
use jiff::{SignedDuration, Timestamp};

use crate::Persona;

/// A logged-in member of staff, or an API client.
#[derive(Clone)]
pub struct TestStaff {
    pub(crate) app: App,
    /// The actor passed to use cases.
    pub actor: Actor,
    /// The person; `None` for an API client.
    pub persona: Option<Persona>,
}

impl TestStaff {
    /// Their user id.
    pub fn id(&self) -> UserId {
        match &self.actor {
            Actor::Staff(user) => user.id,
            Actor::Key { .. } | Actor::Console | Actor::Participant { .. } => panic!("an API client has no user"),
        }
    }

    /// The person.
    pub fn persona(&self) -> &Persona {
        self.persona.as_ref().expect("an API client is not a person")
    }

    /// A valid booking: half an hour of video with this guest, `starts_in` from now.
    pub fn booking(&self, guest: &Persona, starts_in: SignedDuration) -> Booking {
        self.booking_at(guest, self.app.clock.now() + starts_in)
    }

    /// The same, at an instant.
    pub fn booking_at(&self, guest: &Persona, starts_at: Timestamp) -> Booking {
        Booking {
            host: None,
            guest_name: Private::new(guest.name.clone()),
            guest_email: Private::new(guest.email.clone()),
            guest_phone: Private::new(guest.phone.clone()),
            guest_zone: "America/New_York".into(),
            companions: Vec::new(),
            starts: Start::Instant(starts_at.to_string()),
            zone: "Europe/Berlin".into(),
            minutes: 30,
            kind: "video".into(),
        }
    }

    /// A valid booking for a guest with companions.
    pub fn booking_with(&self, guest: &Persona, companions: &[Persona], starts_in: SignedDuration) -> Booking {
        let companion = |persona: &Persona| NewCompanion::new(&persona.name, &persona.email, "");
        Booking { companions: companions.iter().map(companion).collect(), ..self.booking(guest, starts_in) }
    }

    /// Books.
    pub async fn books(&self, booking: Booking) -> Result<AppointmentDetails> {
        appointments::book(&self.app, &self.actor, booking).await
    }

    /// Confirms.
    pub async fn confirms(&self, id: AppointmentId) -> Result<AppointmentDetails> {
        appointments::confirm(&self.app, &self.actor, id).await
    }

    /// Cancels.
    pub async fn cancels(&self, id: AppointmentId) -> Result<AppointmentDetails> {
        appointments::cancel(&self.app, &self.actor, id).await
    }

    /// Fetches one appointment.
    pub async fn finds(&self, id: AppointmentId) -> Result<AppointmentDetails> {
        appointments::fetch(&self.app, &self.actor, id).await
    }

    /// Books and confirms half an hour with this guest, `starts_in` from now.
    pub async fn books_and_confirms(&self, guest: &Persona, starts_in: SignedDuration) -> AppointmentDetails {
        let booked = self.books(self.booking(guest, starts_in)).await.expect("a free slot can be booked");
        self.confirms(booked.appointment.id).await.expect("what is booked can be confirmed")
    }
}
