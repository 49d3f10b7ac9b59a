//! A parsed mail, for the demo's page and for tests.

use jiff::Timestamp;
use mail_parser::{Address, MessageParser, MessagePart, MimeHeaders};

use super::ReceivedMail;

/// The parts of a mail, as a mail client shows them.
#[derive(Clone, PartialEq, Eq)]
pub struct ParsedMail {
    /// Subject.
    pub subject: String,
    /// `Praxis am Park <video@practice.example>`
    pub from: String,
    /// `Nour Haddad <nour@guest.example>`
    pub to: String,
    /// `Date` header.
    pub sent: Option<Timestamp>,
    /// Plain text body.
    pub text: String,
    /// HTML body.
    pub html: Option<String>,
    /// Links in the text, in order.
    pub links: Vec<String>,
    /// Attachments.
    pub attachments: Vec<Attachment>,
}

/// An attachment.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// File name.
    pub name: String,
    /// Media type, such as `application/ics`.
    pub kind: String,
    /// Content.
    pub bytes: Vec<u8>,
}

impl ReceivedMail {
    /// Parses the mail. Missing parts stay empty; malformed mails are returned as plain text.
    pub fn read(&self) -> ParsedMail {
        let raw = self.raw.reveal();
        let Some(message) = MessageParser::default().parse(raw) else { return ParsedMail::bare(raw) };
        let of_kind = |kind: &str| {
            let mut parts = message.text_bodies().chain(message.html_bodies());
            Some(parts.find(|part| media_type(part) == kind)?.text_contents()?.to_owned())
        };
        let text = of_kind("text/plain").unwrap_or_default();
        ParsedMail {
            subject: message.subject().unwrap_or_default().to_owned(),
            from: message.from().map(people).unwrap_or_default(),
            to: message.to().map(people).unwrap_or_default(),
            sent: message.date().and_then(|date| Timestamp::from_second(date.to_timestamp()).ok()),
            links: links(&text),
            html: of_kind("text/html"),
            text,
            attachments: message.parts.iter().filter_map(attachment).collect(),
        }
    }
}

impl ParsedMail {
    fn bare(raw: &[u8]) -> Self {
        let text = String::from_utf8_lossy(raw).into_owned();
        let (subject, from, to) = Default::default();
        Self { subject, from, to, sent: None, links: links(&text), text, html: None, attachments: Vec::new() }
    }
}

fn people(addresses: &Address<'_>) -> String {
    let one = |person: &mail_parser::Addr<'_>| match (person.name(), person.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => address.or(name).unwrap_or_default().to_owned(),
    };
    addresses.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn media_type(part: &MessagePart<'_>) -> String {
    let written = part.content_type();
    let kind = written.map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("*")));
    kind.unwrap_or_else(|| "text/plain".to_owned()).to_ascii_lowercase()
}

/// A part with a file name. The calendar in the alternatives has none and is not listed.
fn attachment(part: &MessagePart<'_>) -> Option<Attachment> {
    let name = part.attachment_name()?.to_owned();
    Some(Attachment { name, kind: media_type(part), bytes: part.contents().to_vec() })
}

fn links(text: &str) -> Vec<String> {
    let is_link = |word: &&str| word.starts_with("https://") || word.starts_with("http://");
    text.split_whitespace().filter(is_link).map(str::to_owned).collect()
}
