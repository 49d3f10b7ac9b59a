//! Encoding of domain values in columns: instants as milliseconds, ids and enums as text.
//!
//! Stored text, zones and numbers are never refused: the domain's `from_store` constructors read them. Ids, instants and
//! choices are: guessing them would be wrong. See [`crate::rows`] for what such a row costs.

use std::str::FromStr;

use anteroom_domain::SecretHash;
use jiff::Timestamp;

use crate::Error;

/// Encodes an instant.
pub(crate) fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// Encodes an optional instant.
pub(crate) fn millis_of(at: Option<Timestamp>) -> Option<i64> {
    at.map(millis)
}

/// Decodes an instant.
pub(crate) fn instant(column: &'static str, millis: i64) -> Result<Timestamp, Error> {
    Timestamp::from_millisecond(millis).map_err(|_| Error::Corrupt { column })
}

/// Decodes an optional instant.
pub(crate) fn instant_of(column: &'static str, millis: Option<i64>) -> Result<Option<Timestamp>, Error> {
    millis.map(|millis| instant(column, millis)).transpose()
}

/// Decodes a text column.
pub(crate) fn parse<T: FromStr>(column: &'static str, text: &str) -> Result<T, Error> {
    text.parse().map_err(|_| Error::Corrupt { column })
}

/// A column that must not be NULL, given the row's other columns.
pub(crate) fn present<T>(column: &'static str, value: Option<T>) -> Result<T, Error> {
    value.ok_or(Error::Corrupt { column })
}

/// Decodes a 32-byte hash.
pub(crate) fn hash(column: &'static str, bytes: &[u8]) -> Result<SecretHash, Error> {
    let bytes = bytes.try_into().map_err(|_| Error::Corrupt { column })?;
    Ok(SecretHash::from_bytes(bytes))
}
