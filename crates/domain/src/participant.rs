//! Participants: one person in one consultation, with their entry and attendance.

use jiff::Timestamp;

use crate::{Entry, ParticipantId, PersonName, Private};

/// Role of a participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Holds the consultation.
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

/// One person in a consultation, across devices and reconnects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// Id; also the identity in the media room, so it reveals nothing about the person.
    pub id: ParticipantId,
    /// Role.
    pub role: Role,
    /// Name from the booking.
    pub name: Private<PersonName>,
    /// Waiting-room state. A host stays `Outside`.
    pub entry: Entry,
    /// Number of the latest ticket. A ticket with a lower number belongs to an older device and is refused.
    pub ticket_number: i64,
    /// When the current media connection came up; `None` while disconnected.
    pub connected_since: Option<Timestamp>,
    /// When a media connection came up for the first time.
    pub arrived_at: Option<Timestamp>,
    /// When the last media connection went down.
    pub departed_at: Option<Timestamp>,
}
