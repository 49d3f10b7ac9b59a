//! A client's offer or answer: its text, and what the parser made of it.

use str0m::change::{SdpAnswer, SdpOffer};

use super::catch_panic::catch_panic;
use crate::sdp::error::OfferError;
use crate::sdp::size::check_size;

/// The text of an offer or answer. Parsing it is most of its cost: parse it before it reaches the thread that forwards
/// packets. [`crate::Media`] parses what is not parsed yet.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Description {
    text: String,
    parsed: Option<Parsed>,
}

#[derive(Debug, PartialEq, Eq)]
enum Parsed {
    Offer(SdpOffer),
    Answer(SdpAnswer),
}

impl Description {
    /// Checks the size of an offer and parses it. Errors: `TooLarge`, `Unreadable`.
    pub fn parse_offer(&mut self) -> Result<(), OfferError> {
        if !matches!(self.parsed, Some(Parsed::Offer(_))) {
            self.parsed = Some(Parsed::Offer(parse(&self.text, SdpOffer::from_sdp_string)?));
        }
        Ok(())
    }

    /// Checks the size of an answer and parses it. Errors: `TooLarge`, `Unreadable`.
    pub fn parse_answer(&mut self) -> Result<(), OfferError> {
        if !matches!(self.parsed, Some(Parsed::Answer(_))) {
            self.parsed = Some(Parsed::Answer(parse(&self.text, SdpAnswer::from_sdp_string)?));
        }
        Ok(())
    }

    /// Checks it against the limits of [`crate::SdpLimit`], without parsing it. Returns how many sections it has.
    pub fn check_size(&self) -> Result<usize, OfferError> {
        Ok(check_size(&self.text)?)
    }

    /// The SDP.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn into_offer(self) -> Result<(String, SdpOffer), OfferError> {
        let offer = match self.parsed {
            Some(Parsed::Offer(offer)) => offer,
            _ => parse(&self.text, SdpOffer::from_sdp_string)?,
        };
        Ok((self.text, offer))
    }

    pub(crate) fn into_answer(self) -> Result<SdpAnswer, OfferError> {
        match self.parsed {
            Some(Parsed::Answer(answer)) => Ok(answer),
            _ => parse(&self.text, SdpAnswer::from_sdp_string),
        }
    }
}

/// The text alone: the parser's result cannot be copied.
impl Clone for Description {
    fn clone(&self) -> Self {
        self.text.clone().into()
    }
}

impl From<String> for Description {
    fn from(text: String) -> Self {
        Self { text, parsed: None }
    }
}

impl From<&str> for Description {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<&String> for Description {
    fn from(text: &String) -> Self {
        text.clone().into()
    }
}

/// A panic of the parser is an error of the text.
fn parse<T, E: ToString>(text: &str, read: impl FnOnce(&str) -> Result<T, E>) -> Result<T, OfferError> {
    check_size(text)?;
    catch_panic(|| read(text).map_err(|error| error.to_string())).map_err(OfferError::Unreadable)
}
