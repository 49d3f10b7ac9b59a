//! How much fits into what. The same figures as the published server's, where it has some.

use std::collections::BTreeMap;

use super::twirp_error::{Code, TwirpError};

/// Longest body of a request, in bytes.
pub const LONGEST_BODY: usize = 10 * 1024 * 1024;
const NAME: usize = 256;
const METADATA: usize = 512 * 1024;
const ATTRIBUTES: usize = 64 * 1024;
/// Bytes in one data packet. Browsers close the data channel when a message is too large for them.
const DATA: usize = 64_000;
/// Bytes; the limit of the clients.
const RPC_PAYLOAD: usize = 15 * 1024;
const RPC_METHOD: usize = 64;

pub(super) fn room_name(name: &str) -> Result<(), TwirpError> {
    if name.is_empty() {
        return Err(TwirpError::new(Code::InvalidArgument, "no room name"));
    }
    within(name.len(), NAME, "room name length exceeds limits")
}

pub(super) fn participant_name(name: &str) -> Result<(), TwirpError> {
    within(name.len(), NAME, "name length exceeds limits")
}

pub(super) fn metadata(text: &str) -> Result<(), TwirpError> {
    within(text.len(), METADATA, "metadata size exceeds limits")
}

pub(super) fn attributes(attributes: &BTreeMap<String, String>) -> Result<(), TwirpError> {
    let length = attributes.iter().map(|(key, value)| key.len() + value.len()).sum();
    within(length, ATTRIBUTES, "attribute size exceeds limits")
}

pub(super) fn data(bytes: &[u8]) -> Result<(), TwirpError> {
    within(bytes.len(), DATA, "data size exceeds limits")
}

/// Identifies a retried request: the 16 bytes of a UUID, or empty.
pub(super) fn nonce(bytes: &[u8]) -> Result<(), TwirpError> {
    if matches!(bytes.len(), 0 | 16) {
        return Ok(());
    }
    let message = format!("nonce should be 16-bytes or not present, got: {} bytes", bytes.len());
    Err(TwirpError::new(Code::InvalidArgument, message))
}

pub(super) fn call(method: &str, payload: &str) -> Result<(), TwirpError> {
    within(method.len(), RPC_METHOD, "method name length exceeds limits")?;
    within(payload.len(), RPC_PAYLOAD, "request payload too large")
}

fn within(length: usize, limit: usize, message: &str) -> Result<(), TwirpError> {
    if length <= limit { Ok(()) } else { Err(TwirpError::new(Code::InvalidArgument, format!("{message} {limit}"))) }
}
