//! People who come to appointments: name, language, zone, and the addresses at which they can be reached.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use crate::{Author, EmailAddress, FieldError, Language, PersonId, PersonName, Phone, Private, Zone};

/// A person who comes to appointments. Staff are [`User`](crate::User)s.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Id.
    pub id: PersonId,
    /// Full name, as the others read it.
    pub name: Private<PersonName>,
    /// Language of their messages. `None`: that of the practice.
    pub language: Option<LanguageTag>,
    /// Times shown to them are in this zone.
    pub zone: Zone,
    /// In the order in which they were added.
    pub addresses: Vec<Address>,
    /// Creation time.
    pub created_at: Timestamp,
    /// Rises with each change.
    pub version: i64,
}

impl Person {
    /// The address that receives their mail: the first one that is not revoked.
    pub fn email(&self) -> Option<&Private<EmailAddress>> {
        self.usable().find_map(|contact| match contact {
            Contact::Email(email) => Some(email),
            Contact::Phone(_) => None,
        })
    }

    /// The first phone number that is not revoked.
    pub fn phone(&self) -> Option<&Private<Phone>> {
        self.usable().find_map(|contact| match contact {
            Contact::Phone(phone) => Some(phone),
            Contact::Email(_) => None,
        })
    }

    fn usable(&self) -> impl Iterator<Item = &Contact> {
        let usable = |address: &&Address| !matches!(address.consent, Consent::Revoked { .. });
        self.addresses.iter().filter(usable).map(|address| &address.contact)
    }
}

/// One address of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Channel and value.
    pub contact: Contact,
    /// What the person agreed to.
    pub consent: Consent,
    /// When it was added.
    pub added_at: Timestamp,
}

impl Address {
    /// An address that was given for the messages of an appointment.
    pub const fn given_at_booking(contact: Contact, at: Timestamp) -> Self {
        Self { contact, consent: Consent::NotAsked, added_at: at }
    }
}

/// A channel with the value that reaches a person by it. Channels of newer versions are not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contact {
    /// E-mail.
    Email(Private<EmailAddress>),
    /// A phone number.
    Phone(Private<Phone>),
}

impl Contact {
    /// From the store. `None`: a channel of a newer version.
    pub fn from_store(channel: &str, value: &str) -> Option<Self> {
        match channel {
            "email" => Some(Self::Email(Private::new(EmailAddress::from_store(value)))),
            "phone" => Some(Self::Phone(Private::new(Phone::from_store(value)))),
            _ => None,
        }
    }

    /// The channel's name in the store.
    pub const fn channel(&self) -> &'static str {
        match self {
            Self::Email(_) => "email",
            Self::Phone(_) => "phone",
        }
    }

    /// The value as it was given.
    pub fn value(&self) -> Private<String> {
        Private::new(match self {
            Self::Email(email) => email.reveal().as_str().to_owned(),
            Self::Phone(phone) => phone.reveal().as_str().to_owned(),
        })
    }

    /// Equal for all spellings of one address.
    pub fn normalised(&self) -> Private<String> {
        match self {
            Self::Email(email) => Private::new(email.reveal().folded()),
            Self::Phone(_) => self.value(),
        }
    }
}

/// What a person agreed to for one address, beyond the messages of their appointments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consent {
    /// The question was not asked.
    NotAsked,
    /// Given.
    Given {
        /// When.
        at: Timestamp,
        /// Who recorded it.
        by: Author,
        /// Version of the text that the person agreed to.
        text: String,
    },
    /// Revoked: nothing is sent there any more.
    Revoked {
        /// When.
        at: Timestamp,
        /// Who recorded it.
        by: Author,
    },
}

/// A language tag (BCP 47), such as `de` or `pt-BR`.
#[derive(Clone, PartialEq, Eq)]
pub struct LanguageTag(String);

impl LanguageTag {
    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language of our catalogue that it belongs to: that of `de-AT` is German.
    pub fn in_catalogue(&self) -> Option<Language> {
        self.0.split('-').next()?.to_ascii_lowercase().parse().ok()
    }
}

impl From<Language> for LanguageTag {
    fn from(language: Language) -> Self {
        Self(language.tag().to_owned())
    }
}

impl FromStr for LanguageTag {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
        let first = text.split('-').next().is_some_and(|first| (2..=3).contains(&first.len()));
        if first && text.len() <= 35 && text.split('-').all(part) {
            Ok(Self(text.to_owned()))
        } else {
            Err(FieldError::Malformed)
        }
    }
}

impl fmt::Debug for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
