//! API keys of clients that act for the practice.

use anteroom_domain::{ApiKey, ApiKeyId, Secret};

use crate::{Actor, App, Result};

/// Creates a key. The secret is returned once and stored as a hash. The caller checks the right to it: today only the
/// console calls this.
pub async fn create(app: &App, name: &str) -> Result<(ApiKeyId, Secret)> {
    let (id, secret) = (ApiKeyId::new(app.random_bytes()), app.secret());
    let key = ApiKey { id: id.clone(), hash: secret.hash(), name: name.to_owned(), created_at: app.clock.now() };
    let mut tx = app.store.begin().await?;
    tx.insert_api_key(&key).await?;
    tx.commit().await?;
    Ok((id, secret))
}

/// The actor of this key, if the secret matches.
pub async fn find(app: &App, id: &ApiKeyId, secret: &Secret) -> Result<Option<Actor>> {
    let key = app.store.read().await?.find_api_key(id).await?;
    Ok(key.filter(|key| key.hash == secret.hash()).map(|key| Actor::Key(key.id)))
}
