//! Refusals: the expected negative answers of the rules, each with a code and a sentence.

use jiff::Timestamp;

/// A request refused by a rule: a code for API clients, a sentence for people. Each transport maps it once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The room is not open yet.
    #[error("The room is not open yet.")]
    TooEarly {
        /// When it opens.
        opens_at: Timestamp,
    },
    /// The join window has closed.
    #[error("The time for this appointment has passed.")]
    TooLate {
        /// When it closed.
        closed_at: Timestamp,
    },
    /// The appointment was cancelled.
    #[error("This appointment was cancelled.")]
    Cancelled,
    /// The consultation has ended.
    #[error("This session has ended.")]
    Ended,
    /// The appointment is not confirmed.
    #[error("This appointment is not confirmed yet.")]
    NotConfirmed,
    /// The appointment is in person.
    #[error("This appointment takes place in person.")]
    InPerson,
    /// The host has not started the consultation.
    #[error("The session has not started yet.")]
    NotStarted,
    /// No longer possible because the consultation has started.
    #[error("The session has already started.")]
    AlreadyStarted,
    /// No host has admitted this participant.
    #[error("You have not been let in yet.")]
    NotAdmitted,
    /// The host declined this participant.
    #[error("The host did not let you in.")]
    Declined,
    /// The guest is no longer waiting.
    #[error("This person is no longer waiting.")]
    NoLongerWaiting,
    /// A newer device of the same participant has connected.
    #[error("You have continued on another device.")]
    Superseded,
    /// Only the host may do this.
    #[error("Only the host can do this.")]
    HostOnly,
    /// Only a guest can do this.
    #[error("Only a guest can do this.")]
    GuestOnly,
    /// The host already has an appointment at that time.
    #[error("There is already an appointment at that time.")]
    DoubleBooked,
    /// The practice exists already.
    #[error("This server is already set up.")]
    AlreadySetUp,
    /// Address or password is wrong; which one is not revealed.
    #[error("E-mail address and password do not match.")]
    WrongLogin,
    /// The current password, which a change of it requires, is wrong.
    #[error("This is not your current password.")]
    WrongPassword,
    /// Too many people are waiting for their password to be checked.
    #[error("Many people are logging in at this moment. Please try again in a few seconds.")]
    LoginQueueFull,
    /// The only administrator who is active cannot be one no longer.
    #[error("This is the only administrator. Make another person an administrator first.")]
    LastAdmin,
    /// The account is deactivated.
    #[error("This account is deactivated.")]
    Deactivated,
    /// The API key lacks the scope for this.
    #[error("This API key does not have the scope that this needs.")]
    ScopeMissing,
    /// No API key may do this, whatever its scopes.
    #[error("An API key cannot do this. A person has to log in for it.")]
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
            Self::NotAdmitted => "not_admitted",
            Self::Declined => "declined",
            Self::NoLongerWaiting => "no_longer_waiting",
            Self::Superseded => "superseded",
            Self::HostOnly => "host_only",
            Self::GuestOnly => "guest_only",
            Self::DoubleBooked => "double_booked",
            Self::AlreadySetUp => "already_founded",
            Self::WrongLogin => "wrong_login",
            Self::WrongPassword => "wrong_password",
            Self::LoginQueueFull => "login_queue_full",
            Self::LastAdmin => "last_admin",
            Self::Deactivated => "deactivated",
            Self::ScopeMissing => "scope_missing",
            Self::PersonOnly => "person_only",
        }
    }
}
