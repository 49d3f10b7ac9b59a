//! Ids: one type per kind around a UUID v7. The text form, in the API and the database, has a prefix (`apt_…`).

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind")]
pub struct ParseIdError;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id: UUID v7 (RFC 9562) from the instant and ten random bytes.
            pub fn new(at: Timestamp, random: [u8; 10]) -> Self {
                let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            /// Accepts the canonical form only, so that ids can be compared as text.
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let hex = text.strip_prefix(concat!($prefix, "_")).ok_or(ParseIdError)?;
                let lower = hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
                if hex.len() != 32 || !lower {
                    return Err(ParseIdError);
                }
                Uuid::try_parse(hex).map(Self).map_err(|_| ParseIdError)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

id!(/// An [`Appointment`](crate::Appointment): a planned slot.
    AppointmentId, "apt");
id!(/// A [`Consultation`](crate::Consultation): the meeting of an appointment.
    ConsultationId, "con");
id!(/// A [`Participant`](crate::Participant): one person in one consultation. Also the identity in the media room.
    ParticipantId, "par");
id!(/// A [`Person`](crate::Person): who comes to appointments.
    PersonId, "prs");
id!(/// A [`User`](crate::User): a member of staff.
    UserId, "usr");
id!(/// An [`Invitation`](crate::Invitation): one personal link.
    InvitationId, "inv");
id!(/// A [`PasswordCredential`](crate::PasswordCredential).
    CredentialId, "crd");
