//! Access tokens (JWT, HS256), as the application's server would sign them.

use anyhow::Result;
use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;

/// A day: longer than any run.
const LIFETIME: u64 = 86_400;

/// The key pair of the server that is loaded.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct ApiKey {
    /// API key of the server.
    #[arg(long, default_value = "devkey")]
    pub(crate) key: String,
    /// Secret of the API key.
    #[arg(long, default_value = "secret")]
    pub(crate) secret: String,
}

impl ApiKey {
    /// A token to join a room and do everything in it. `now`: nanoseconds since 1970.
    pub(crate) fn token(&self, now: u64, room: &str, identity: &str) -> Result<String> {
        let claims = json!({
            "iss": self.key,
            "sub": identity,
            "exp": now / 1_000_000_000 + LIFETIME,
            "video": { "roomJoin": true, "room": room },
        });
        Ok(jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(self.secret.as_bytes()))?)
    }
}
