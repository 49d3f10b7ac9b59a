//! A letter taken apart, for people and tests to look at.

use jiff::Timestamp;
use mail_parser::{Address, MessageParser, MessagePart, MimeHeaders};

use super::ReceivedMail;

/// What a mail program would show.
#[derive(Clone, PartialEq, Eq)]
pub struct ParsedMail {
    /// The subject.
    pub subject: String,
    /// `Praxis am Park <video@practice.example>`
    pub from: String,
    /// `Nour Haddad <nour@guest.example>`
    pub to: String,
    /// When it was written, as it says.
    pub sent: Option<Timestamp>,
    /// Its text.
    pub text: String,
    /// Its page.
    pub html: Option<String>,
    /// The addresses of the web in its text, in order.
    pub links: Vec<String>,
    /// The files that came along.
    pub attachments: Vec<Attachment>,
}

/// A file that came along.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its media type, such as `application/ics`.
    pub kind: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl ReceivedMail {
    /// Takes it apart. What is missing stays empty; nothing that came in over SMTP is too broken to look at.
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

/// A part with a name of its own. The calendar among the faces of a letter has none, and is not listed.
fn attachment(part: &MessagePart<'_>) -> Option<Attachment> {
    let name = part.attachment_name()?.to_owned();
    Some(Attachment { name, kind: media_type(part), bytes: part.contents().to_vec() })
}

fn links(text: &str) -> Vec<String> {
    let is_link = |word: &&str| word.starts_with("https://") || word.starts_with("http://");
    text.split_whitespace().filter(is_link).map(str::to_owned).collect()
}
