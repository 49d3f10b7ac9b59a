//! Logins: a password becomes a secret that lasts for a working day.

use anteroom_domain::{EmailAddress, Private, Refusal, Secret, Session, User};
use jiff::{SignedDuration, Timestamp};

use crate::{Actor, App, Error, Result, passwords};

/// How long a login lasts.
const LIFETIME: SignedDuration = SignedDuration::from_hours(12);

/// A fresh login. The secret is shown once and never kept.
#[derive(Debug, Clone)]
pub struct Login {
    /// For the cookie or the bearer.
    pub secret: Secret,
    /// Until when.
    pub expires_at: Timestamp,
    /// Who.
    pub user: User,
}

/// Somebody logs in with address and password. Wrong address and wrong password are one answer, equally slow.
pub async fn log_in(app: &App, email: &Private<String>, password: &Private<String>) -> Result<Login> {
    let user = match email.reveal().parse::<EmailAddress>() {
        Ok(email) => app.store.read().await?.find_user_by_email(&email.folded()).await?,
        Err(_) => None,
    };
    let right = passwords::matches(app, password, user.as_ref().map(|user| &user.password_hash)).await?;
    match user {
        Some(user) if right => open(app, user).await,
        _ => Err(Refusal::WrongLogin.into()),
    }
}

/// A login for somebody whose right to it is proved already (the admin who has just founded the practice).
pub async fn open(app: &App, user: User) -> Result<Login> {
    let (secret, now) = (app.secret(), app.clock.now());
    let expires_at = now.saturating_add(LIFETIME).map_err(|_| Error::Internal("the clock is at its end"))?;
    let session = Session { hash: secret.hash(), user: user.id, created_at: now, expires_at };
    let mut tx = app.store.begin().await?;
    tx.delete_expired_sessions(now).await?;
    tx.insert_session(&session).await?;
    tx.commit().await?;
    Ok(Login { secret, expires_at, user })
}

/// Whose login this is.
pub async fn find(app: &App, secret: &Secret) -> Result<Option<Actor>> {
    let mut tx = app.store.read().await?;
    let Some(session) = tx.find_session(&secret.hash()).await? else {
        return Ok(None);
    };
    if session.expires_at <= app.clock.now() {
        return Ok(None);
    }
    Ok(tx.find_user(session.user).await?.map(Actor::Staff))
}

/// Somebody logs out. Logging out twice changes nothing.
pub async fn log_out(app: &App, secret: &Secret) -> Result<()> {
    let mut tx = app.store.begin().await?;
    tx.delete_session(&secret.hash()).await?;
    Ok(tx.commit().await?)
}
