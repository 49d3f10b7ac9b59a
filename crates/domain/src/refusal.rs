//! Every no this house says, by name.

use jiff::Timestamp;

/// An ordinary no: a code for programs, a sentence for people. Each door maps it once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The room is not open yet.
    #[error("The room is not open yet.")]
    TooEarly {
        /// When it opens.
        opens_at: Timestamp,
    },
    /// The time for it has passed.
    #[error("The time for this appointment has passed.")]
    TooLate {
        /// When it closed.
        closed_at: Timestamp,
    },
    /// It was cancelled.
    #[error("This appointment was cancelled.")]
    Cancelled,
    /// It has ended, for good.
    #[error("This session has ended.")]
    Ended,
    /// The practice has not confirmed it.
    #[error("This appointment is not confirmed yet.")]
    NotConfirmed,
    /// It takes place in the practice.
    #[error("This appointment takes place in person.")]
    InPerson,
    /// The host has not started.
    #[error("The session has not started yet.")]
    NotStarted,
    /// It has started, so this cannot be done any more.
    #[error("The session has already started.")]
    AlreadyStarted,
    /// Nobody let this person in.
    #[error("You have not been let in yet.")]
    NotAdmitted,
    /// The host asked this person not to come in.
    #[error("The host did not let you in.")]
    Declined,
    /// Nobody waits there any more.
    #[error("This person is no longer waiting.")]
    NoLongerWaiting,
    /// A newer device has taken the seat.
    #[error("You have continued on another device.")]
    Superseded,
    /// Only the host may do this.
    #[error("Only the host can do this.")]
    HostOnly,
    /// Only a guest can do this.
    #[error("Only a guest can do this.")]
    GuestOnly,
    /// The host is taken at that time.
    #[error("There is already an appointment at that time.")]
    DoubleBooked,
    /// Somebody founded the practice before.
    #[error("This server is already set up.")]
    AlreadySetUp,
    /// Address or password are wrong; which one is not said.
    #[error("E-mail address and password do not match.")]
    WrongLogin,
}

impl Refusal {
    /// The stable code, for programs.
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
        }
    }
}
