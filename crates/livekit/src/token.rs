//! Access tokens: JWTs signed with HS256, no other algorithm.

use std::collections::BTreeMap;

use anteroom_room::{Grants, Participant, Source};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

/// Tolerated clock difference, in seconds.
const LEEWAY: f64 = 60.0;
/// Longest accepted token, in bytes; far more than any client sends. Longer ones are not verified.
const MAX_LEN: usize = 64 * 1024;

/// API keys that sign tokens: key to secret.
#[derive(Clone, Default)]
pub struct Keys(BTreeMap<String, String>);

/// Why a token is rejected. Reveals nothing that helps to forge one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a token, or not signed by a known key.
    #[error("invalid token")]
    Invalid,
    /// `exp` has passed.
    #[error("invalid token: expired")]
    Expired,
    /// `nbf` is in the future.
    #[error("invalid token: not valid yet")]
    Early,
    /// No identity.
    #[error("invalid token: no identity")]
    Nobody,
}

/// The claims of a token.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Claims {
    /// The API key that signed it.
    pub iss: String,
    /// The identity.
    pub sub: String,
    /// The identity, in old tokens.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub jti: String,
    /// Seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "whole_seconds")]
    pub exp: Option<f64>,
    /// Seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "whole_seconds")]
    pub nbf: Option<f64>,
    /// Display name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Application-defined text about the participant.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub metadata: String,
    /// Application-defined key-value pairs about the participant.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// Grants.
    pub video: VideoGrant,
    /// Anteroom's own claim; absent in tokens that API clients sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anteroom: Option<AnteroomClaim>,
    /// Base64 of the SHA-256 of a webhook's body.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sha256: String,
}

/// Identifies the ticket of a participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnteroomClaim {
    /// The ticket's number; rises with every ticket of the participant.
    #[serde(rename = "seat")]
    pub ticket_number: i64,
}

/// The `video` claim. An absent field is not always false: see [`VideoGrant::grants`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are those of the published claim")]
pub struct VideoGrant {
    #[serde(skip_serializing_if = "is_false")]
    pub room_create: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub room_list: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub room_admin: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub room_join: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub room: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_publish: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_subscribe: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_publish_data: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub can_publish_sources: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_update_own_metadata: Option<bool>,
    #[serde(skip_serializing_if = "is_false")]
    pub hidden: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub recorder: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub agent: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub destination_room: String,
}

/// Some JWT libraries reject a decimal point.
fn whole_seconds<S: serde::Serializer>(moment: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(moment.unwrap_or_default() as i64)
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl VideoGrant {
    /// The grants in the room, with defaults for absent fields.
    pub fn grants(&self) -> Grants {
        let can_publish = self.can_publish.unwrap_or(true);
        Grants {
            can_publish,
            can_subscribe: self.can_subscribe.unwrap_or(true),
            can_publish_data: self.can_publish_data.unwrap_or(can_publish),
            sources: self.can_publish_sources.iter().map(|name| source_named(name)).collect(),
            can_update_metadata: self.can_update_own_metadata.unwrap_or(false),
            hidden: self.hidden,
        }
    }
}

impl Claims {
    /// These claims with the changes that the server API has made to the participant; `None` without changes.
    ///
    /// Otherwise a client that reconnects with a refreshed token would lose the changes.
    pub fn amended(&self, info: &Participant) -> Option<Self> {
        let same = self.video.grants() == info.grants
            && (&self.name, &self.metadata, &self.attributes) == (&info.name, &info.metadata, &info.attributes);
        if same {
            return None;
        }
        let grants = &info.grants;
        let video = VideoGrant {
            can_publish: Some(grants.can_publish),
            can_subscribe: Some(grants.can_subscribe),
            can_publish_data: Some(grants.can_publish_data),
            can_publish_sources: grants.sources.iter().map(|source| name_of(*source).to_owned()).collect(),
            can_update_own_metadata: Some(grants.can_update_metadata),
            ..self.video.clone()
        };
        let (name, metadata) = (info.name.clone(), info.metadata.clone());
        Some(Self { name, metadata, attributes: info.attributes.clone(), video, ..self.clone() })
    }
}

fn name_of(source: Source) -> &'static str {
    match source {
        Source::Camera => "camera",
        Source::Microphone => "microphone",
        Source::ScreenShare => "screen_share",
        Source::ScreenShareAudio => "screen_share_audio",
        Source::Unknown => "unknown",
    }
}

/// An unknown name stays in the list as unknown: without it an empty list could mean all sources.
fn source_named(name: &str) -> Source {
    match name {
        "camera" => Source::Camera,
        "microphone" => Source::Microphone,
        "screen_share" => Source::ScreenShare,
        "screen_share_audio" => Source::ScreenShareAudio,
        _ => Source::Unknown,
    }
}

impl Keys {
    /// One key.
    pub fn single(key: impl Into<String>, secret: impl Into<String>) -> Self {
        Self(BTreeMap::from([(key.into(), secret.into())]))
    }

    /// Adds a key.
    pub fn add(&mut self, key: impl Into<String>, secret: impl Into<String>) {
        self.0.insert(key.into(), secret.into());
    }

    /// The claims of a token that a known key signed and that is valid at `now` (seconds since 1970).
    pub fn verify(&self, token: &str, now: i64) -> Result<Claims, TokenError> {
        if token.len() > MAX_LEN {
            return Err(TokenError::Invalid);
        }
        let unverified: Claims =
            jsonwebtoken::dangerous::insecure_decode_claims(token).map_err(|_| TokenError::Invalid)?;
        let secret = self.0.get(&unverified.iss).ok_or(TokenError::Invalid)?;
        let mut rules = Validation::new(Algorithm::HS256);
        // The library would read the system clock; here the time is an argument.
        rules.validate_exp = false;
        rules.validate_aud = false;
        rules.required_spec_claims.clear();
        let key = DecodingKey::from_secret(secret.as_bytes());
        let token = jsonwebtoken::decode::<Claims>(token, &key, &rules).map_err(|_| TokenError::Invalid)?;
        in_time(token.claims, now as f64)
    }

    /// A token with these claims, signed by the first key.
    pub fn mint(&self, claims: &Claims) -> String {
        let (key, secret) = self.0.first_key_value().map_or(("", ""), |(key, secret)| (key, secret));
        let claims = Claims { iss: key.to_owned(), ..claims.clone() };
        let key = EncodingKey::from_secret(secret.as_bytes());
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key)
            .expect("strings and numbers can be serialised")
    }

    /// The API key that [`Keys::mint`] signs with.
    pub fn signer(&self) -> &str {
        self.0.first_key_value().map_or("", |(key, _)| key)
    }
}

fn in_time(mut claims: Claims, now: f64) -> Result<Claims, TokenError> {
    let expires = claims.exp.ok_or(TokenError::Invalid)?;
    if expires + LEEWAY < now {
        return Err(TokenError::Expired);
    }
    if claims.nbf.is_some_and(|nbf| nbf - LEEWAY > now) {
        return Err(TokenError::Early);
    }
    if claims.sub.is_empty() {
        claims.sub = std::mem::take(&mut claims.jti);
    }
    Ok(claims)
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl std::fmt::Debug for Claims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Claims({} in {})", self.sub, self.video.room)
    }
}
