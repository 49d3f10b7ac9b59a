//! What became of the messages of an appointment, for staff.

/// One message to one person.
#[derive(Debug)]
pub(crate) struct MessageLine {
    /// `Confirmation`
    pub what: &'static str,
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

#[cfg(any(test, feature = "gallery"))]
impl MessageLine {
    pub(super) fn samples() -> Vec<Self> {
        let to = |to: &str, tone, state: &str| Self {
            what: "Confirmation",
            to: to.to_owned(),
            tone,
            state: state.to_owned(),
            hint: None,
            answer: None,
        };
        vec![
            to("Dr. Ines Brandt", "done", "Sent, 12 Nov, 09:14"),
            Self {
                hint: Some(
                    "Check the address. Get a link on this page and give it to Mara Lindt another way.".to_owned(),
                ),
                answer: Some("the mail server refused the message: 550 5.1.1 no such mailbox".to_owned()),
                ..to("Mara Lindt", "failed", "Not delivered")
            },
        ]
    }
}
