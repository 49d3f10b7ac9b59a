//! Refusals: the expected negative answers of the rules, each with a code. Their sentences are in the crate `l10n`.

use std::error::Error;
use std::fmt;

use jiff::Timestamp;

/// A request refused by a rule. Each transport maps it once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The room is not open yet.
    TooEarly {
        /// When it opens.
        opens_at: Timestamp,
    },
    /// The join window has closed.
    TooLate {
        /// When it closed.
        closed_at: Timestamp,
    },
    /// The appointment was cancelled.
    Cancelled,
    /// The consultation has ended.
    Ended,
    /// The appointment is not confirmed.
    NotConfirmed,
    /// The appointment is in person.
    InPerson,
    /// The host has not started the consultation.
    NotStarted,
    /// No longer possible because the consultation has started.
    AlreadyStarted,
    /// What became of it can be recorded once it is over.
    NotOver,
    /// No host has admitted this participant.
    NotAdmitted,
    /// The host declined this participant.
    Declined,
    /// The guest is no longer waiting.
    NoLongerWaiting,
    /// A newer device of the same participant has connected.
    Superseded,
    /// Only the host may do this.
    HostOnly,
    /// Only a guest can do this.
    GuestOnly,
    /// The host already has an appointment at that time.
    DoubleBooked,
    /// The host has the e-mail address of a person who comes to the appointment: one mailbox would get the links of both.
    HostComesAsGuest,
    /// The practice exists already.
    AlreadySetUp,
    /// Address or password is wrong; which one is not revealed.
    WrongLogin,
    /// The current password, which a change of it requires, is wrong.
    WrongPassword,
    /// One's own password is changed with the current one, not with a link.
    OwnPassword,
    /// Too many people are waiting for their password to be checked.
    LoginQueueFull,
    /// Too many changes by this account, link or API key are being made or wait.
    TooManyWrites,
    /// The only administrator who is active cannot be one no longer.
    LastAdmin,
    /// The account is deactivated.
    Deactivated,
    /// The API key lacks the scope for this.
    ScopeMissing,
    /// No API key may do this, whatever its scopes.
    PersonOnly,
}

impl Refusal {
    /// Stable code for API clients.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooEarly { .. } => "too_early",
            Self::TooLate { .. } => "too_late",
            Self::Cancelled => "cancelled",
            Self::Ended => "ended",
            Self::NotConfirmed => "not_confirmed",
            Self::InPerson => "in_person",
            Self::NotStarted => "not_started",
            Self::AlreadyStarted => "already_started",
            Self::NotOver => "not_over",
            Self::NotAdmitted => "not_admitted",
            Self::Declined => "declined",
            Self::NoLongerWaiting => "no_longer_waiting",
            Self::Superseded => "superseded",
            Self::HostOnly => "host_only",
            Self::GuestOnly => "guest_only",
            Self::DoubleBooked => "double_booked",
            Self::HostComesAsGuest => "host_comes_as_guest",
            Self::AlreadySetUp => "already_founded",
            Self::WrongLogin => "wrong_login",
            Self::WrongPassword => "wrong_password",
            Self::OwnPassword => "own_password",
            Self::LoginQueueFull => "login_queue_full",
            Self::TooManyWrites => "too_many_writes",
            Self::LastAdmin => "last_admin",
            Self::Deactivated => "deactivated",
            Self::ScopeMissing => "scope_missing",
            Self::PersonOnly => "person_only",
        }
    }
}

/// The code: for logs.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Error for Refusal {}
