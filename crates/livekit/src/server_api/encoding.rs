//! The two encodings of a message: protobuf and protobuf's JSON. A response has the encoding of its request.

use prost::Message;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::twirp_error::{Code, TwirpError};

/// Encoding of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// `application/json`
    Json,
    /// `application/protobuf`
    Protobuf,
}

impl Encoding {
    /// From the `Content-Type` header; parameters after a semicolon are ignored.
    pub fn of(content_type: &str, path: &str) -> Result<Self, TwirpError> {
        let kind = content_type.split(';').next().unwrap_or_default().trim();
        if kind.eq_ignore_ascii_case("application/json") {
            Ok(Self::Json)
        } else if kind.eq_ignore_ascii_case("application/protobuf") {
            Ok(Self::Protobuf)
        } else {
            Err(TwirpError::bad_route("POST", path, format!("unexpected Content-Type: {content_type:?}")))
        }
    }

    /// `Content-Type` of the response. Clients compare it literally.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Protobuf => "application/protobuf",
        }
    }

    pub(super) fn read<T: Message + DeserializeOwned + Default>(self, body: &[u8]) -> Result<T, TwirpError> {
        match self {
            Self::Json => json(body).map_err(|_| malformed("json")),
            Self::Protobuf => T::decode(body).map_err(|_| malformed("protobuf")),
        }
    }

    pub(super) fn write<T: Message + Serialize>(self, message: &T) -> Vec<u8> {
        match self {
            Self::Json => serde_json::to_vec(message).expect("the keys of all maps are strings"),
            Self::Protobuf => message.encode_to_vec(),
        }
    }
}

fn malformed(form: &str) -> TwirpError {
    TwirpError::new(Code::Malformed, format!("the {form} request could not be decoded"))
}

/// In protobuf's JSON `null` means absent; the generated reader accepts only absent fields.
fn json<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice(body).or_else(|_| {
        let mut value: Value = serde_json::from_slice(body)?;
        drop_nulls(&mut value);
        serde_json::from_value(value)
    })
}

/// Recursion is bounded by the parser's own limit.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}
