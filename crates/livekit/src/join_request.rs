//! The `join_request` of `/rtc/v1`: everything a client says before the socket is open.

use std::collections::BTreeMap;
use std::io::Read;

use anteroom_room::{AddTrack, ParticipantSid, WireData};
use anteroom_signalling::SessionDescription;
use base64::Engine;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{GeneralPurposeConfig, URL_SAFE};
use flate2::read::GzDecoder;
use livekit_protocol as proto;
use livekit_protocol::client_info::Sdk;
use prost::Message;

use super::convert;

/// Inflated, it may not be longer; an SDP of many sections is some tens of kilobytes.
const MAX_LEN: u64 = 1024 * 1024;

/// Browsers pad, others may not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
);

/// Someone at the door, in their own words. Who they are and what they may do is in their token.
#[derive(Clone, Default, PartialEq)]
pub struct JoinRequest {
    /// What their program can do.
    pub client: WireData,
    /// The number of the signalling protocol they speak.
    pub protocol: i32,
    /// They want every track without asking.
    pub auto_subscribe: bool,
    /// They receive on a second connection, on which we offer.
    pub dual_pc: bool,
    /// They come back to this stay.
    pub resume: Option<ParticipantSid>,
    /// Tracks they will send.
    pub add_tracks: Vec<AddTrack>,
    /// Their first offer; some send it only after the socket is open.
    pub offer: Option<SessionDescription>,
    /// Their program reads our answer before it has applied its own offer, unless the answer takes a moment.
    pub delay_answer: bool,
    /// The application's own words, if the token lets them choose.
    pub metadata: String,
    /// The application's own facts, if the token lets them choose.
    pub attributes: BTreeMap<String, String>,
}

/// Why a join request cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JoinRequestError {
    /// Not base64url.
    #[error("join_request is not base64url")]
    NotBase64,
    /// Not gzip, or cut off.
    #[error("join_request cannot be inflated")]
    NotGzip,
    /// Larger than any client's.
    #[error("join_request is too large")]
    TooLarge,
    /// Not the message it should be.
    #[error("join_request is not a JoinRequest")]
    NotProtobuf,
}

impl JoinRequest {
    /// Reads the query parameter.
    pub fn read(parameter: &str) -> Result<Self, JoinRequestError> {
        let bytes = BASE64.decode(parameter).map_err(|_| JoinRequestError::NotBase64)?;
        let wrapped = proto::WrappedJoinRequest::decode(&*bytes).map_err(|_| JoinRequestError::NotProtobuf)?;
        let plain = match wrapped.compression() {
            proto::wrapped_join_request::Compression::None => wrapped.join_request,
            proto::wrapped_join_request::Compression::Gzip => inflate(&wrapped.join_request)?,
        };
        if plain.len() as u64 > MAX_LEN {
            return Err(JoinRequestError::TooLarge);
        }
        let request = proto::JoinRequest::decode(&*plain).map_err(|_| JoinRequestError::NotProtobuf)?;
        Ok(Self::from_message(request))
    }

    /// Reads the parameters of the older path.
    pub fn from_query<'a>(parameter: impl Fn(&str) -> Option<&'a str>) -> Self {
        let number = |name| parameter(name).and_then(|text| text.parse().ok()).unwrap_or_default();
        let is_set = |name: &str| parameter(name).is_some_and(|text| matches!(text, "1" | "true"));
        let capabilities = parameter("capabilities").into_iter().flat_map(|list| list.split(','));
        Self {
            client: convert::client_info(
                number("client_protocol"),
                capabilities.filter_map(|number| number.parse().ok()).take(32).collect(),
            ),
            protocol: number("protocol"),
            auto_subscribe: parameter("auto_subscribe").is_none_or(|text| matches!(text, "1" | "true")),
            dual_pc: true,
            attributes: parameter("attributes").and_then(attributes).unwrap_or_default(),
            resume: is_set("reconnect").then(|| ParticipantSid::from(parameter("sid").unwrap_or_default())),
            ..Self::default()
        }
    }

    /// How much they say of themselves, in bytes.
    pub fn description_len(&self) -> usize {
        let attributes = self.attributes.iter().map(|(key, value)| key.len() + value.len());
        self.metadata.len() + attributes.sum::<usize>()
    }

    /// Writes the query parameter, as a client does. For tests and tools.
    pub fn write(request: &proto::JoinRequest) -> String {
        let wrapped = proto::WrappedJoinRequest { compression: 0, join_request: request.encode_to_vec() };
        URL_SAFE.encode(wrapped.encode_to_vec())
    }

    fn from_message(request: proto::JoinRequest) -> Self {
        let client = request.client_info.unwrap_or_default();
        let resume = request.reconnect.then(|| ParticipantSid::from(&*request.participant_sid));
        let offer = request.publisher_offer.filter(|offer| !offer.sdp.is_empty());
        let delay_answer = client.sdk() == Sdk::Go && offer.is_some();
        Self {
            client: convert::client_info(client.client_protocol, client.capabilities),
            protocol: client.protocol,
            auto_subscribe: request.connection_settings.is_none_or(|settings| settings.auto_subscribe),
            dual_pc: false,
            resume,
            add_tracks: request.add_track_requests.into_iter().filter_map(convert::request).collect(),
            delay_answer,
            offer: offer.map(|offer| SessionDescription { sdp: offer.sdp, id: offer.id }),
            metadata: request.metadata,
            attributes: request.participant_attributes.into_iter().collect(),
        }
    }
}

/// On the older path: a JSON object in base64url. Whoever writes something else says nothing.
fn attributes(parameter: &str) -> Option<BTreeMap<String, String>> {
    serde_json::from_slice(&BASE64.decode(parameter).ok()?).ok()
}

fn inflate(bytes: &[u8]) -> Result<Vec<u8>, JoinRequestError> {
    let mut plain = Vec::new();
    // One byte more than allowed, so that exactly as much as allowed can be told from too much.
    let mut reader = GzDecoder::new(bytes).take(MAX_LEN + 1);
    reader.read_to_end(&mut plain).map_err(|_| JoinRequestError::NotGzip)?;
    if plain.len() as u64 > MAX_LEN { Err(JoinRequestError::TooLarge) } else { Ok(plain) }
}
