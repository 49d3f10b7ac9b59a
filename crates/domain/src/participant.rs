//! A seat: one person's place in one consultation, and what is known of their coming and going.

use jiff::Timestamp;

use crate::{Entry, ParticipantId, PersonName, Private};

/// In which role somebody sits in a consultation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Holds it.
    Host,
    /// Comes to it.
    Guest,
}

impl Role {
    /// The name in the API and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Guest => "guest",
        }
    }
}

/// One person's place in a consultation, across devices and reconnects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// The seat's id; also the identity in the room, so it says nothing about the person.
    pub id: ParticipantId,
    /// In which role.
    pub role: Role,
    /// What the booking calls them.
    pub name: Private<PersonName>,
    /// Where they stand. A host needs no entry and stays `Outside`.
    pub entry: Entry,
    /// Number of the last ticket. A ticket with a lower number is an old device's and opens nothing.
    pub ticket_number: i64,
    /// Since when their media connection is up; `None` while it is not.
    pub connected_since: Option<Timestamp>,
    /// When it was up for the first time.
    pub arrived_at: Option<Timestamp>,
    /// When it was last seen going.
    pub departed_at: Option<Timestamp>,
}
