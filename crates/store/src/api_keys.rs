//! API keys.

use anteroom_domain::{ApiKey, ApiKeyId, KeyScopes};
use jiff::Timestamp;

use crate::columns::{hash, instant, instant_of, millis, millis_of, parse};
use crate::engine::{execute, fetch_list, fetch_optional, locking};
use crate::rows::readable;
use crate::{Error, Snapshot, Tx};

/// The hash of a revoked key. No secret has it, so a program of the previous version, which knows no revocation,
/// accepts the key no longer either.
const NO_SECRET: [u8; 32] = [0; 32];

#[derive(sqlx::FromRow)]
struct ApiKeyRow {
    id: String,
    hash: Vec<u8>,
    name: String,
    scopes: String,
    created_at: i64,
    created_by: Option<String>,
    used_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl TryFrom<ApiKeyRow> for ApiKey {
    type Error = Error;

    fn try_from(row: ApiKeyRow) -> Result<Self, Error> {
        Ok(Self {
            id: ApiKeyId::from_text(row.id),
            hash: hash("api_keys.hash", &row.hash)?,
            name: row.name,
            scopes: KeyScopes::from_store(&row.scopes),
            created_at: instant("api_keys.created_at", row.created_at)?,
            created_by: row.created_by.map(|author| parse("api_keys.created_by", &author)).transpose()?,
            used_at: instant_of("api_keys.used_at", row.used_at)?,
            revoked_at: instant_of("api_keys.revoked_at", row.revoked_at)?,
        })
    }
}

impl Snapshot {
    /// One key by its public part, also if it is revoked.
    pub async fn find_api_key(&mut self, id: &ApiKeyId) -> Result<Option<ApiKey>, Error> {
        let row = fetch_optional!(self, ApiKeyRow; "
            SELECT id, hash, name, scopes, created_at, created_by, used_at, revoked_at
              FROM api_keys
             WHERE id = $1"; id.as_str())?;
        row.map(TryInto::try_into).transpose()
    }

    /// All keys, revoked ones too, the latest first. Unreadable ones are skipped and logged.
    pub async fn api_keys(&mut self) -> Result<Vec<ApiKey>, Error> {
        let rows = fetch_list!(self, ApiKeyRow; "
            SELECT id, hash, name, scopes, created_at, created_by, used_at, revoked_at
              FROM api_keys
             ORDER BY created_at DESC, id")?;
        Ok(readable(rows))
    }
}

impl Tx {
    /// Inserts a key.
    pub async fn insert_api_key(&mut self, key: &ApiKey) -> Result<(), Error> {
        execute!(self; "
            INSERT INTO api_keys (id, hash, name, scopes, created_at, created_by, used_at, revoked_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
            key.id.as_str(), key.hash.as_bytes().as_slice(), key.name.as_str(), key.scopes.to_string(),
            millis(key.created_at), key.created_by.as_ref().map(ToString::to_string), millis_of(key.used_at),
            millis_of(key.revoked_at))?;
        Ok(())
    }

    /// Locks a key until the end of the transaction, before a change by it. It is not shared: see [`Tx::lock_user`].
    pub async fn lock_api_key(&mut self, id: &ApiKeyId) -> Result<(), Error> {
        let sql = locking!(
            self,
            "
            SELECT id
              FROM api_keys
             WHERE id = $1"
        );
        fetch_optional!(self, (String,); sql; id.as_str())?;
        Ok(())
    }

    /// Revokes a key: no secret opens it any more. Returns whether it was valid until now.
    pub async fn revoke_api_key(&mut self, id: &ApiKeyId, at: Timestamp) -> Result<bool, Error> {
        let rows = execute!(self; "
            UPDATE api_keys
               SET revoked_at = $2, hash = $3
             WHERE id = $1 AND revoked_at IS NULL"; id.as_str(), millis(at), NO_SECRET.as_slice())?;
        Ok(rows > 0)
    }

    /// Writes down when a key was used last.
    pub async fn save_api_key_use(&mut self, id: &ApiKeyId, at: Timestamp) -> Result<(), Error> {
        execute!(self; "
            UPDATE api_keys
               SET used_at = $2
             WHERE id = $1"; id.as_str(), millis(at))?;
        Ok(())
    }
}
