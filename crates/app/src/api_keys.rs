//! API keys of clients that act for the practice: made, listed and revoked by administrators.

use anteroom_domain::{ApiKey, ApiKeyId, AuditEvent, Author, FieldError, FieldErrors, KeyScopes, Secret, User};
use jiff::Timestamp;

use crate::{Actor, App, Error, Result, access};

/// Fields of the form to create a key.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// The program that will use it.
    pub name: String,
    /// What it may do.
    pub scopes: KeyScopes,
}

/// A key in the list.
#[derive(Debug, Clone)]
pub struct ListedKey {
    /// The key.
    pub key: ApiKey,
    /// The member of staff who created it.
    pub created_by: Option<User>,
    /// The last use.
    pub used_at: Option<Timestamp>,
}

/// Creates a key. The secret is returned once and stored as a hash. For admins.
pub async fn create(app: &App, actor: &Actor, form: NewKey) -> Result<(ApiKey, Secret)> {
    let admin = actor.admin()?;
    let mut errors = FieldErrors::default();
    let name = errors.take("name", ApiKey::parse_name(&form.name));
    if form.scopes.is_empty() {
        errors.add("scopes", FieldError::Empty);
    }
    let (Some(name), true) = (name, errors.is_empty()) else { return Err(Error::Invalid(errors)) };
    let (secret, now) = (app.secret(), app.clock.now());
    let key = ApiKey {
        id: ApiKeyId::new(app.random_bytes()),
        hash: secret.hash(),
        name,
        scopes: form.scopes,
        created_at: now,
        created_by: Some(admin.author()),
        used_at: None,
        revoked_at: None,
    };
    let mut tx = actor.begin(app).await?;
    tx.insert_api_key(&key).await?;
    tx.record(&admin.author(), now, &AuditEvent::KeyCreated(key.id.clone())).await?;
    tx.commit().await?;
    Ok((key, secret))
}

/// All keys, the valid ones first. For admins.
pub async fn list(app: &App, actor: &Actor) -> Result<Vec<ListedKey>> {
    actor.admin()?;
    let mut tx = app.store.read().await?;
    let (keys, users) = (tx.api_keys().await?, tx.users().await?);
    let listed = |key: ApiKey| ListedKey {
        created_by: users.iter().find(|user| key.created_by == Some(Author::User(user.id))).cloned(),
        used_at: app.last_used.keys.of(&key.id).or(key.used_at),
        key,
    };
    let mut keys: Vec<_> = keys.into_iter().map(listed).collect();
    keys.sort_by_key(|listed| listed.key.revoked_at.is_some());
    Ok(keys)
}

/// Revokes a key: requests with it are refused from now on, its streams end, and so do calls that were joined with it.
/// Revoking it twice changes nothing. For admins.
pub async fn revoke(app: &App, actor: &Actor, id: &ApiKeyId) -> Result<()> {
    let (admin, now) = (actor.admin()?, app.clock.now());
    let mut tx = actor.begin(app).await?;
    if tx.find_api_key(id).await?.is_none() {
        return Err(Error::NotFound);
    }
    if !tx.revoke_api_key(id, now).await? {
        return Ok(tx.unchanged().await?);
    }
    access::end_of_key(&mut tx, id, &admin.author(), now).await?;
    tx.record(&admin.author(), now, &AuditEvent::KeyRevoked(id.clone())).await?;
    Ok(tx.commit().await?)
}

/// The actor of this key, if the secret matches and it is not revoked.
pub async fn find(app: &App, id: &ApiKeyId, secret: &Secret) -> Result<Option<Actor>> {
    let key = app.store.read().await?.find_api_key(id).await?;
    let Some(key) = key.filter(|key| key.revoked_at.is_none() && key.hash == secret.hash()) else { return Ok(None) };
    app.last_used.keys.note(key.id.clone(), key.used_at, app.clock.now());
    Ok(Some(Actor::Key { id: key.id, scopes: key.scopes }))
}
