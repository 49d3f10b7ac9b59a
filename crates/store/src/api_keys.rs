//! API keys.

use anteroom_domain::{ApiKey, ApiKeyId};

use crate::columns::{hash, instant, millis};
use crate::engine::{execute, fetch_optional};
use crate::{Error, Snapshot, Tx};

#[derive(sqlx::FromRow)]
struct ApiKeyRow {
    id: String,
    hash: Vec<u8>,
    name: String,
    created_at: i64,
}

impl TryFrom<ApiKeyRow> for ApiKey {
    type Error = Error;

    fn try_from(row: ApiKeyRow) -> Result<Self, Error> {
        Ok(Self {
            id: ApiKeyId::from_text(row.id),
            hash: hash("api_keys.hash", &row.hash)?,
            name: row.name,
            created_at: instant("api_keys.created_at", row.created_at)?,
        })
    }
}

impl Snapshot {
    /// One key by its public part.
    pub async fn find_api_key(&mut self, id: &ApiKeyId) -> Result<Option<ApiKey>, Error> {
        let row = fetch_optional!(self, ApiKeyRow; "
            SELECT id, hash, name, created_at
              FROM api_keys
             WHERE id = $1"; id.as_str())?;
        row.map(TryInto::try_into).transpose()
    }
}

impl Tx {
    /// Inserts a key.
    pub async fn insert_api_key(&mut self, key: &ApiKey) -> Result<(), Error> {
        execute!(self; "
            INSERT INTO api_keys (id, hash, name, created_at)
            VALUES ($1, $2, $3, $4)";
            key.id.as_str(), key.hash.as_bytes().as_slice(), key.name.as_str(), millis(key.created_at))?;
        Ok(())
    }
}
