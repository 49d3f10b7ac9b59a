//! Persistent types and their rules: appointments, consultations, waiting room, admission.
//!
//! Pure: no clock, no random numbers, no I/O. Rules take `now`; ids and secrets are made from bytes passed in.

mod api_key;
mod appointment;
mod attendance;
mod audit_event;
mod author;
mod consultation;
mod country;
mod delivery;
mod disclosure;
mod entry;
mod field_error;
mod id;
mod invitation;
mod join_window;
mod language;
mod notice;
mod outcome;
mod participant;
mod people;
mod person;
mod policy;
mod practice;
mod private;
mod refusal;
mod scheduled_time;
mod seat;
mod secret;
mod shown_entry;
mod staff;
mod still_there;
mod wording_pack;
mod zone;
mod zone_data;

pub use api_key::{ApiKey, KeyScope, KeyScopes, UnknownScope};
pub use appointment::{Appointment, AppointmentKind, AppointmentStatus, Length};
pub use attendance::Period;
pub use audit_event::{AppointmentChange, AuditEvent, ConsultationChange, UserChange};
pub use author::Author;
pub use consultation::{Consultation, Host, Phase};
pub use delivery::{Channel, Delivery, DeliveryKey, DeliveryState, MessageKind, UnknownName};
pub use entry::Entry;
pub use field_error::{FieldError, FieldErrors};
pub use id::{
    AppointmentId, ConsultationId, CredentialId, InvitationId, ParseIdError, ParticipantId, PersonId, UserId,
};
pub use invitation::Invitation;
pub use join_window::JoinWindow;
pub use language::Language;
pub use notice::Notice;
pub use outcome::{Outcome, RecordedOutcome};
pub use participant::{Participant, Profile, Role};
pub use people::{Address, Consent, Contact, LanguageTag, Person};
pub use person::{EmailAddress, PersonName, Phone};
pub use policy::{Policy, WhoMayEnd};
pub use practice::Practice;
pub use private::Private;
pub use refusal::Refusal;
pub use scheduled_time::ScheduledTime;
pub use seat::TabId;
pub use secret::{ApiKeyId, RoomName, Secret, SecretHash};
pub use staff::{LoginSession, PasswordCredential, PasswordLink, StaffRole, User};
pub use still_there::{EndedBy, StillThere};
pub use wording_pack::WordingPack;
pub use zone::Zone;
pub use zone_data::{Edition, ZoneData};

#[cfg(test)]
mod tests;
