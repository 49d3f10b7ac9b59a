//! A letter as a mail: headers, a text, a page, a calendar file.

use std::time::SystemTime;

use anteroom_app::Letter;
use anteroom_domain::{EmailAddress, Private};
use askama::Template;
use jiff::Timestamp;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use sha2::{Digest, Sha256};
use url::Host;

use crate::wording::Wording;
use crate::{Trouble, calendar};

/// In whose name letters are written.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    pub(crate) from: Mailbox,
    pub(crate) reply_to: Option<Mailbox>,
}

#[derive(Template)]
#[template(path = "message.html")]
struct Page<'a> {
    words: &'a Wording,
    name: &'a str,
    practice: &'a str,
}

#[derive(Template)]
#[template(path = "message.txt")]
struct Text<'a> {
    words: &'a Wording,
    name: &'a str,
    practice: &'a str,
}

/// The three faces of a letter.
pub(crate) struct Parts {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    pub(crate) calendar: String,
}

/// Writes the mail. Fails only if its address is none that mail can carry.
pub(crate) fn write(letter: &Letter, sender: &Sender) -> Result<Message, Trouble> {
    let letter = &in_one_line(letter);
    let to = reader(letter)?;
    let from = named(&sender.from, &letter.practice);
    let Parts { subject, text, html, calendar } = parts(letter, sender)?;
    let mut headers = Message::builder()
        .date(date(letter.at))
        .message_id(Some(message_id(&letter.letter_id, &from.email)))
        .from(from)
        .to(to)
        .subject(subject)
        .header(AutoSubmitted);
    if let Some(reply_to) = &sender.reply_to {
        headers = headers.reply_to(named(reply_to, &letter.practice));
    }
    let method = calendar::method(letter.subject);
    let invitation = content_type(&format!("text/calendar; charset=utf-8; method={method}"));
    let attached = content_type("application/ics");
    let faces = MultiPart::alternative()
        .singlepart(SinglePart::plain(text))
        .singlepart(SinglePart::html(html))
        .singlepart(SinglePart::builder().header(invitation).body(calendar.clone()));
    let file = Attachment::new(calendar::FILE.to_owned()).body(calendar, attached);
    Ok(headers
        .multipart(MultiPart::mixed().multipart(faces).singlepart(file))
        .expect("from and to are set, and one sender is enough"))
}

/// What people read.
pub(crate) fn parts(letter: &Letter, sender: &Sender) -> Result<Parts, Trouble> {
    let letter = &in_one_line(letter);
    let words = Wording::of(letter, sender.reply_to.is_some());
    let (name, practice) = (letter.name.reveal().as_str(), letter.practice.as_str());
    let organizer = named(sender.reply_to.as_ref().unwrap_or(&sender.from), practice);
    let calendar = calendar::file(letter, &words.entry, &organizer, &reader(letter)?);
    let text = Text { words: &words, name, practice }.render().expect("a String takes any text");
    let html = Page { words: &words, name, practice }.render().expect("a String takes any text");
    Ok(Parts { subject: words.subject, text, html, calendar })
}

/// Names and links with line breaks in them do not exist; if one comes along, it ends no header and begins no property.
fn in_one_line(letter: &Letter) -> Letter {
    let line = |text: &str| text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    let link = letter.link.as_ref().map(|link| Private::new(line(link.reveal())));
    Letter { practice: line(&letter.practice), link, ..letter.clone() }
}

fn reader(letter: &Letter) -> Result<Mailbox, Trouble> {
    Ok(Mailbox::new(Some(letter.name.reveal().as_str().to_owned()), address(letter.email.reveal())?))
}

/// Domains are written in ASCII (RFC 5891), so that servers without SMTPUTF8 carry them too.
fn address(email: &EmailAddress) -> Result<Address, Trouble> {
    let (user, domain) = email.as_str().rsplit_once('@').ok_or(Trouble::Undeliverable)?;
    let domain = Host::parse(domain).map_err(|_| Trouble::Undeliverable)?;
    Address::new(user, domain.to_string()).map_err(|_| Trouble::Undeliverable)
}

fn named(mailbox: &Mailbox, practice: &str) -> Mailbox {
    let name = mailbox.name.clone().unwrap_or_else(|| practice.to_owned());
    Mailbox::new(Some(name), mailbox.email.clone())
}

/// The same for every try, so that a reader's mail program shows one letter even if two got through.
fn message_id(letter_id: &str, from: &Address) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let id = if letter_id.len() <= 100 && !letter_id.is_empty() && letter_id.bytes().all(is_plain) {
        letter_id.to_owned()
    } else {
        Sha256::digest(letter_id).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    format!("<{id}@{}>", from.domain())
}

/// Mail knows no time before 1970.
fn date(at: Timestamp) -> SystemTime {
    at.max(Timestamp::UNIX_EPOCH).into()
}

fn content_type(text: &str) -> ContentType {
    ContentType::parse(text).expect("written here, and read by the tests")
}

/// `Auto-Submitted: auto-generated` (RFC 3834): no answering machine shall answer.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
