//! API keys: how programs act for the practice.

use anteroom_domain::{ApiKey, ApiKeyId, Secret};

use crate::{Actor, App, Result};

/// An admin (or the program itself, at its console) makes a key. The secret is shown once.
pub async fn create(app: &App, name: &str) -> Result<(ApiKeyId, Secret)> {
    let (id, secret) = (ApiKeyId::new(app.random_bytes()), app.secret());
    let key = ApiKey { id: id.clone(), hash: secret.hash(), name: name.to_owned(), created_at: app.clock.now() };
    let mut tx = app.store.begin().await?;
    tx.insert_api_key(&key).await?;
    tx.commit().await?;
    Ok((id, secret))
}

/// Who bears this key, if its secret is right.
pub async fn find(app: &App, id: &ApiKeyId, secret: &Secret) -> Result<Option<Actor>> {
    let key = app.store.read().await?.find_api_key(id).await?;
    Ok(key.filter(|key| key.hash == secret.hash()).map(|key| Actor::Key(key.id)))
}
