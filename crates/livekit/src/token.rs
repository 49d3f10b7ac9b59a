//! The signed grants: JWTs by HS256, and nothing else.

use std::collections::BTreeMap;

use anteroom_room::{Grants, Participant, Source};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

/// Clocks of other machines are off by so many seconds.
const LEEWAY: f64 = 60.0;
/// No token of any client comes near; longer ones are not worth the arithmetic.
const MAX_LEN: usize = 64 * 1024;

/// The keys that sign tokens: key to secret.
#[derive(Clone, Default)]
pub struct Keys(BTreeMap<String, String>);

/// Why a token opens nothing. Says nothing that helps to forge one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a token, or not signed by a key of ours.
    #[error("invalid token")]
    Invalid,
    /// Was good once.
    #[error("invalid token: expired")]
    Expired,
    /// Will be good one day.
    #[error("invalid token: not valid yet")]
    Early,
    /// Holds nobody's name.
    #[error("invalid token: no identity")]
    Nobody,
}

/// What a token says.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Claims {
    /// Which key signed it.
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
    /// As the others read it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The application's own words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub metadata: String,
    /// The application's own facts.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// What it grants.
    pub video: VideoGrant,
    /// Our own claim; absent in tokens that programs sign themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anteroom: Option<AnteroomClaim>,
    /// Base64 of the SHA-256 of a webhook's body.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sha256: String,
}

/// Which ticket of a seat this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnteroomClaim {
    /// Rises with every ticket.
    pub seat: i64,
}

/// The `video` claim. Absent is not false for all of them: see [`VideoGrant::grants`].
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

/// Some readers of tokens stumble over a decimal point.
fn whole_seconds<S: serde::Serializer>(moment: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(moment.unwrap_or_default() as i64)
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl VideoGrant {
    /// What the holder may do in the room.
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
    /// The same claims with what a program has changed about their bearer meanwhile; `None` if nothing.
    ///
    /// Without this, whoever comes back with a refreshed token would have lost the change.
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

/// A name we do not know stays in the list as unknown: dropping it could turn "only this" into "all".
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
    /// One pair.
    pub fn single(key: impl Into<String>, secret: impl Into<String>) -> Self {
        Self(BTreeMap::from([(key.into(), secret.into())]))
    }

    /// One pair more.
    pub fn add(&mut self, key: impl Into<String>, secret: impl Into<String>) {
        self.0.insert(key.into(), secret.into());
    }

    /// What a token says, if a key of ours signed it and it is good at `now` (seconds since 1970).
    pub fn verify(&self, token: &str, now: i64) -> Result<Claims, TokenError> {
        if token.len() > MAX_LEN {
            return Err(TokenError::Invalid);
        }
        let unverified: Claims =
            jsonwebtoken::dangerous::insecure_decode_claims(token).map_err(|_| TokenError::Invalid)?;
        let secret = self.0.get(&unverified.iss).ok_or(TokenError::Invalid)?;
        let mut rules = Validation::new(Algorithm::HS256);
        // The library would read the machine's clock; ours is an argument.
        rules.validate_exp = false;
        rules.validate_aud = false;
        rules.required_spec_claims.clear();
        let key = DecodingKey::from_secret(secret.as_bytes());
        let token = jsonwebtoken::decode::<Claims>(token, &key, &rules).map_err(|_| TokenError::Invalid)?;
        in_time(token.claims, now as f64)
    }

    /// A token that says `claims`, signed by the first key.
    pub fn mint(&self, claims: &Claims) -> String {
        let (key, secret) = self.0.first_key_value().map_or(("", ""), |(key, secret)| (key, secret));
        let claims = Claims { iss: key.to_owned(), ..claims.clone() };
        let key = EncodingKey::from_secret(secret.as_bytes());
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key)
            .expect("plain text and numbers can be written")
    }

    /// The name of the key that [`Keys::mint`] signs with.
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
