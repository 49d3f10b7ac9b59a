//! The parameters with which a client joins: `join_request` of `/rtc/v1`, or the query of `/rtc`.

use std::collections::BTreeMap;
use std::io::Read;

use anteroom_media::Codec;
use anteroom_room::{AddTrack, ParticipantSid, WireData};
use anteroom_signalling::SessionDescription;
use base64::Engine;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{GeneralPurposeConfig, URL_SAFE};
use flate2::read::GzDecoder;
use livekit_protocol as proto;
use livekit_protocol::client_info::Sdk;
use prost::Message;

use super::client_configuration::unpublishable;
use super::{convert, count_fields, limits};

/// Longest decompressed message, in bytes; an SDP with many sections has some tens of kilobytes.
const MAX_LEN: u64 = 1024 * 1024;

/// The fields of a `JoinRequest` that are messages with lists.
const MESSAGES: [u32; 3] = [1, 5, 10];

/// Browsers pad base64, other clients may not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
);

/// What a client requests when it joins (LiveKit's `JoinRequest`). Identity and grants are in its token.
#[derive(Clone, Default, PartialEq)]
pub struct JoinRequest {
    /// What the client reports about itself (LiveKit's `ClientInfo`).
    pub client: WireData,
    /// Codecs that the client's device offers but must not send.
    pub unpublishable: Vec<Codec>,
    /// Version of the client's signalling protocol.
    pub protocol: i32,
    /// Subscribe to every track without a request.
    pub auto_subscribe: bool,
    /// Dual peer connection: the client receives on a second connection, on which the server offers.
    pub dual_pc: bool,
    /// The session to resume.
    pub resume: Option<ParticipantSid>,
    /// Tracks that the client will send.
    pub add_tracks: Vec<AddTrack>,
    /// The client's first offer; some clients send it only after the socket is open.
    pub offer: Option<SessionDescription>,
    /// The client (Go SDK) would read an immediate answer before it has applied its own offer: delay the answer.
    pub delay_answer: bool,
    /// Application-defined text; used if the token grants `canUpdateOwnMetadata`.
    pub metadata: String,
    /// Application-defined key-value pairs; used if the token grants `canUpdateOwnMetadata`.
    pub attributes: BTreeMap<String, String>,
}

/// Why a join request cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JoinRequestError {
    /// Not base64url.
    #[error("join_request is not base64url")]
    NotBase64,
    /// Not gzip, or truncated.
    #[error("join_request cannot be inflated")]
    NotGzip,
    /// Larger than 1 MiB, or with too long lists.
    #[error("join_request is too large")]
    TooLarge,
    /// Not a `JoinRequest` message.
    #[error("join_request is not a JoinRequest")]
    NotProtobuf,
}

impl JoinRequest {
    /// Reads the query parameter `join_request`.
    pub fn read(parameter: &str) -> Result<Self, JoinRequestError> {
        Self::decode(&Self::inflate(parameter)?)
    }

    /// The message in the query parameter `join_request`. It may be a thousand times longer.
    pub fn inflate(parameter: &str) -> Result<Vec<u8>, JoinRequestError> {
        let bytes = BASE64.decode(parameter).map_err(|_| JoinRequestError::NotBase64)?;
        let wrapped = proto::WrappedJoinRequest::decode(&*bytes).map_err(|_| JoinRequestError::NotProtobuf)?;
        let plain = match wrapped.compression() {
            proto::wrapped_join_request::Compression::None => wrapped.join_request,
            proto::wrapped_join_request::Compression::Gzip => inflate(&wrapped.join_request)?,
        };
        if plain.len() as u64 > MAX_LEN {
            return Err(JoinRequestError::TooLarge);
        }
        Ok(plain)
    }

    /// Reads the message. Its lists are counted before they are decoded.
    pub fn decode(bytes: &[u8]) -> Result<Self, JoinRequestError> {
        let fields = count_fields::count(bytes, &MESSAGES).ok_or(JoinRequestError::NotProtobuf)?;
        if fields > limits::JOIN_FIELDS {
            return Err(JoinRequestError::TooLarge);
        }
        let request = proto::JoinRequest::decode(bytes).map_err(|_| JoinRequestError::NotProtobuf)?;
        Ok(Self::from_message(request))
    }

    /// Reads the query parameters of `/rtc` (dual peer connection).
    pub fn from_query<'a>(parameter: impl Fn(&str) -> Option<&'a str>) -> Self {
        let number = |name| parameter(name).and_then(|text| text.parse().ok()).unwrap_or_default();
        let is_set = |name: &str| parameter(name).is_some_and(|text| matches!(text, "1" | "true"));
        let capabilities = parameter("capabilities").into_iter().flat_map(|list| list.split(','));
        let text = |name| parameter(name).unwrap_or_default().to_owned();
        let device = proto::ClientInfo {
            os: text("os"),
            device_model: text("device_model"),
            browser: text("browser"),
            ..Default::default()
        };
        Self {
            unpublishable: unpublishable(&device),
            client: convert::client_info(
                number("client_protocol"),
                capabilities.filter_map(|number| number.parse().ok()).collect(),
            ),
            protocol: number("protocol"),
            auto_subscribe: parameter("auto_subscribe").is_none_or(|text| matches!(text, "1" | "true")),
            dual_pc: true,
            attributes: parameter("attributes").and_then(attributes).unwrap_or_default(),
            resume: is_set("reconnect").then(|| ParticipantSid::from(parameter("sid").unwrap_or_default())),
            ..Self::default()
        }
    }

    /// Length of metadata and attributes, in bytes. Each attribute counts as 64 bytes more than its text.
    pub fn description_len(&self) -> usize {
        let attributes = self.attributes.iter().map(|(key, value)| key.len() + value.len() + 64);
        self.metadata.len() + attributes.sum::<usize>()
    }

    /// Writes the query parameter `join_request` as a client does. For tests and tools.
    pub fn write(request: &proto::JoinRequest) -> String {
        let wrapped = proto::WrappedJoinRequest { compression: 0, join_request: request.encode_to_vec() };
        URL_SAFE.encode(wrapped.encode_to_vec())
    }

    fn from_message(request: proto::JoinRequest) -> Self {
        let client = request.client_info.unwrap_or_default();
        let resume = request.reconnect.then(|| ParticipantSid::from(&*request.participant_sid));
        let offer = request.publisher_offer.filter(|offer| !offer.sdp.is_empty());
        let tracks = request.add_track_requests.into_iter();
        let delay_answer = client.sdk() == Sdk::Go && offer.is_some();
        Self {
            unpublishable: unpublishable(&client),
            client: convert::client_info(client.client_protocol, client.capabilities),
            protocol: client.protocol,
            auto_subscribe: request.connection_settings.is_none_or(|settings| settings.auto_subscribe),
            dual_pc: false,
            resume,
            add_tracks: tracks.take(limits::ANNOUNCED_TRACKS).filter_map(convert::request).collect(),
            delay_answer,
            offer: offer.map(|offer| SessionDescription { sdp: offer.sdp.into(), id: offer.id }),
            metadata: request.metadata,
            attributes: request.participant_attributes.into_iter().collect(),
        }
    }
}

/// Attributes in the query of `/rtc`: a JSON object in base64url. Anything else is ignored.
fn attributes(parameter: &str) -> Option<BTreeMap<String, String>> {
    serde_json::from_slice(&BASE64.decode(parameter).ok()?).ok()
}

fn inflate(bytes: &[u8]) -> Result<Vec<u8>, JoinRequestError> {
    let mut plain = Vec::new();
    // One byte more than allowed, to distinguish the longest allowed message from a longer one.
    let mut reader = GzDecoder::new(bytes).take(MAX_LEN + 1);
    reader.read_to_end(&mut plain).map_err(|_| JoinRequestError::NotGzip)?;
    if plain.len() as u64 > MAX_LEN { Err(JoinRequestError::TooLarge) } else { Ok(plain) }
}
