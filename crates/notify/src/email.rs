//! A message as a MIME mail: headers, text, HTML, calendar file.

use std::time::SystemTime;

use anteroom_app::Message;
use anteroom_domain::{EmailAddress, Private};
use askama::Template;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message as MimeMessage};
use sha2::{Digest, Sha256};
use url::Host;

use crate::wording::Wording;
use crate::{MailError, calendar};

/// Sender addresses.
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

/// Subject and bodies of a mail.
pub(crate) struct Parts {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    pub(crate) calendar: String,
}

/// Builds the mail. Fails only if the recipient's address cannot be used in mail.
pub(crate) fn write(message: &Message, sender: &Sender) -> Result<MimeMessage, MailError> {
    let message = &in_one_line(message);
    let to = reader(message)?;
    let from = named(&sender.from, &message.practice);
    let reply_to = sender.reply_to.as_ref().map(|reply_to| named(reply_to, &message.practice));
    let quoted = [("To", Some(&to)), ("From", Some(&from)), ("Reply-To", reply_to.as_ref())];
    let quoted: Vec<_> = quoted.into_iter().filter_map(|(header, of)| quoted_name(header, of?)).collect();
    let Parts { subject, text, html, calendar } = parts(message, sender)?;
    let mut headers = MimeMessage::builder()
        .date(date(message.at))
        .message_id(Some(message_id(&message.idempotency_key, &from.email)))
        .from(from)
        .to(to)
        .subject(subject)
        .header(AutoSubmitted);
    if let Some(reply_to) = reply_to {
        headers = headers.reply_to(reply_to);
    }
    let method = calendar::method(message.kind);
    let invitation = content_type(&format!("text/calendar; charset=utf-8; method={method}"));
    let attached = content_type("application/ics");
    let alternatives = MultiPart::alternative()
        .singlepart(SinglePart::plain(text))
        .singlepart(SinglePart::html(html))
        .singlepart(SinglePart::builder().header(invitation).body(calendar.clone()));
    let file = Attachment::new(calendar::FILE.to_owned()).body(calendar, attached);
    let content = MultiPart::mixed().multipart(alternatives).singlepart(file);
    let mut mail = headers.multipart(content).expect("from and to are set");
    quoted.into_iter().for_each(|header| mail.headers_mut().insert_raw(header));
    Ok(mail)
}

/// The header with a name like `.` or `Dr.No`, which must be quoted (RFC 5322, section 3.2.3): lettre takes it for an atom.
fn quoted_name(header: &'static str, of: &Mailbox) -> Option<HeaderValue> {
    let name = of.name.as_deref()?;
    let is_taken_for_atom = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let value = format!("\"{name}\" <{}>", of.email);
    (is_taken_for_atom && name.contains('.'))
        .then(|| HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(header), value.clone(), value))
}

/// Renders the subject and the bodies.
pub(crate) fn parts(message: &Message, sender: &Sender) -> Result<Parts, MailError> {
    let message = &in_one_line(message);
    let words = Wording::of(message, sender.reply_to.is_some());
    let (name, practice) = (message.name.reveal().as_str(), message.practice.as_str());
    let organizer = named(sender.reply_to.as_ref().unwrap_or(&sender.from), practice);
    let calendar = calendar::file(message, &words.entry, &organizer, &reader(message)?);
    let text = Text { words: &words, name, practice }.render().expect("writing to a String cannot fail");
    let html = Page { words: &words, name, practice }.render().expect("writing to a String cannot fail");
    Ok(Parts { subject: words.subject, text, html, calendar })
}

/// Replaces control characters, so that a line break cannot inject a header or a calendar property.
fn in_one_line(message: &Message) -> Message {
    let line = |text: &str| text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    let link = message.link.as_ref().map(|link| Private::new(line(link.reveal())));
    Message { practice: line(&message.practice), link, ..message.clone() }
}

fn reader(message: &Message) -> Result<Mailbox, MailError> {
    Ok(Mailbox::new(Some(message.name.reveal().as_str().to_owned()), address(message.email.reveal())?))
}

/// Encodes the domain in ASCII (RFC 5891), for servers without SMTPUTF8.
fn address(email: &EmailAddress) -> Result<Address, MailError> {
    let (user, domain) = email.as_str().rsplit_once('@').ok_or(MailError::Undeliverable)?;
    let domain = Host::parse(domain).map_err(|_| MailError::Undeliverable)?;
    Address::new(user, domain.to_string()).map_err(|_| MailError::Undeliverable)
}

fn named(mailbox: &Mailbox, practice: &str) -> Mailbox {
    let name = mailbox.name.clone().unwrap_or_else(|| practice.to_owned());
    Mailbox::new(Some(name), mailbox.email.clone())
}

/// Equal for every attempt, so that mail clients show one mail even if two were delivered.
fn message_id(idempotency_key: &str, from: &Address) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let id = if idempotency_key.len() <= 100 && !idempotency_key.is_empty() && idempotency_key.bytes().all(is_plain) {
        idempotency_key.to_owned()
    } else {
        HEXLOWER.encode(&Sha256::digest(idempotency_key))
    };
    format!("<{id}@{}>", from.domain())
}

/// The mail library accepts no time before 1970.
fn date(at: Timestamp) -> SystemTime {
    at.max(Timestamp::UNIX_EPOCH).into()
}

fn content_type(text: &str) -> ContentType {
    ContentType::parse(text).expect("a constant content type")
}

/// `Auto-Submitted: auto-generated` (RFC 3834): suppresses automatic replies.
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
