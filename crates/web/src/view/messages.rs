//! What became of the messages of an appointment, for staff.

/// One message to one person.
#[derive(Debug)]
pub(crate) struct MessageLine {
    /// `Confirmation`
    pub what: String,
    /// Name of the recipient.
    pub to: String,
    /// Class of the state: `calm`, `done`, `off` or `failed`.
    pub tone: &'static str,
    /// `Sent, 11:02`
    pub state: String,
    /// Why not, and what to do.
    pub hint: Option<String>,
    /// The mail server's answer.
    pub answer: Option<String>,
}
