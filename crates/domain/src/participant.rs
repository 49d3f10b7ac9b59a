//! Participants: one person in one consultation, with their entry and attendance.

use jiff::Timestamp;

use crate::{
    Appointment, EmailAddress, Entry, LanguageTag, ParticipantId, Period, Person, PersonId, PersonName, Private, TabId,
    User, Zone,
};

/// Role of a participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Holds the consultation.
    Host,
    /// Comes to it.
    Guest,
    /// Comes with the guest: has a link and a place in the waiting room of their own, and is admitted singly.
    Companion,
    /// A role of a newer version. It has no rights.
    Unknown,
}

impl Role {
    /// From the store.
    pub fn from_store(text: &str) -> Self {
        match text {
            "host" => Self::Host,
            "guest" => Self::Guest,
            "companion" => Self::Companion,
            _ => Self::Unknown,
        }
    }

    /// The name in the API and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Guest => "guest",
            Self::Companion => "companion",
            Self::Unknown => "unknown",
        }
    }

    /// Whether participants of this role wait until a host admits them.
    pub const fn waits(self) -> bool {
        match self {
            Self::Guest | Self::Companion => true,
            Self::Host | Self::Unknown => false,
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
    /// The person. `None` for staff, and for a guest whom the previous version of the server stored.
    pub person: Option<PersonId>,
    /// Name of the person; of staff the name of the account when the appointment was confirmed.
    pub name: Private<PersonName>,
    /// Waiting-room state. A host stays `Outside`.
    pub entry: Entry,
    /// Number of the latest ticket. A ticket with a lower number belongs to an older device and is refused.
    pub ticket_number: i64,
    /// The tab that has the seat; `None` for an API client, and before the first and after the last.
    pub tab: Option<TabId>,
    /// When they went on in another tab without having left: on another device, or another person with their link.
    pub moved_at: Option<Timestamp>,
    /// When the current media connection came up; `None` while disconnected.
    pub connected_since: Option<Timestamp>,
    /// When a media connection came up for the first time.
    pub arrived_at: Option<Timestamp>,
    /// When the last media connection went down.
    pub departed_at: Option<Timestamp>,
    /// The media connections that have ended.
    pub periods: Vec<Period>,
}

impl Participant {
    /// A participant who has not come yet.
    pub const fn new(id: ParticipantId, role: Role, person: Option<PersonId>, name: Private<PersonName>) -> Self {
        Self {
            id,
            role,
            person,
            name,
            entry: Entry::Outside,
            ticket_number: 0,
            tab: None,
            moved_at: None,
            connected_since: None,
            arrived_at: None,
            departed_at: None,
            periods: Vec::new(),
        }
    }

    /// The tickets issued so far become old: they are refused, and connections made with them are removed.
    pub(crate) const fn end_tickets(&mut self) {
        self.ticket_number += 1;
    }

    /// Whether this participant is shown that one with name and state. A host sees everyone. The others see the host,
    /// with whom they have the appointment, and each other once both are admitted.
    pub const fn sees(&self, other: &Self) -> bool {
        match (self.role, other.role) {
            (Role::Host, _) => true,
            (Role::Unknown, _) | (_, Role::Unknown) => false,
            (_, Role::Host) => true,
            (_, Role::Guest | Role::Companion) => self.entry.is_admitted() && other.entry.is_admitted(),
        }
    }
}

/// How one participant is called and reached: from the account of a host, from the person of everybody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile<'a> {
    /// Name.
    pub name: &'a Private<PersonName>,
    /// Receives their mail.
    pub email: Option<&'a Private<EmailAddress>>,
    /// Language of their messages; `None`: that of the practice.
    pub language: Option<&'a LanguageTag>,
    /// Times shown to them are in this zone.
    pub zone: &'a Zone,
}

impl<'a> Profile<'a> {
    /// The profile of a participant of this appointment. `None` if their person is not one of it: never another's.
    pub fn of(participant: &Participant, appointment: &'a Appointment, host: &'a User) -> Option<Self> {
        match (participant.person, participant.role) {
            (Some(person), _) => appointment.person(person).map(Self::from),
            (None, Role::Host) => Some(Self::from(host)),
            // The previous version knew one guest, whom it stored with the appointment.
            (None, Role::Guest) => Some(Self::from(&appointment.guest)),
            (None, Role::Companion | Role::Unknown) => None,
        }
    }
}

impl<'a> From<&'a Person> for Profile<'a> {
    fn from(person: &'a Person) -> Self {
        Self { name: &person.name, email: person.email(), language: person.language.as_ref(), zone: &person.zone }
    }
}

impl<'a> From<&'a User> for Profile<'a> {
    fn from(user: &'a User) -> Self {
        Self { name: &user.name, email: Some(&user.email), language: user.language.as_ref(), zone: &user.zone }
    }
}
