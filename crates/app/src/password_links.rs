//! Links with which members of staff set their password: for the first one, and when it is lost. Opening a link changes
//! nothing, because mail scanners open links too.

use anteroom_domain::{
    AuditEvent, Author, PasswordCredential, PasswordLink, Private, Refusal, Secret, StaffRole, User, UserChange, UserId,
};
use anteroom_store::Snapshot;
use jiff::{SignedDuration, Timestamp};

use crate::{Actor, App, Error, Result, accounts, passwords};

/// Lifetime of a link.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// A new link, shown once.
#[derive(Debug, Clone)]
pub struct IssuedPasswordLink {
    /// The whole URL.
    pub url: Private<String>,
    /// Expiry.
    pub expires_at: Timestamp,
}

/// Creates a link with which the user sets their password, in place of earlier ones. The password stays until then. For
/// admins, and not for their own account, whose password asks for the current one: a browser left open must not give the
/// account away.
pub async fn issue(app: &App, actor: &Actor, user: UserId) -> Result<IssuedPasswordLink> {
    let (admin, now, secret) = (actor.admin()?, app.clock.now(), app.secret());
    if admin.author() == Author::User(user) {
        return Err(Refusal::OwnPassword.into());
    }
    let expires_at = now.saturating_add(LIFETIME).map_err(|_| Error::Internal("the clock is at its end"))?;
    let link = PasswordLink { hash: secret.hash(), user, created_at: now, created_by: admin.author(), expires_at };
    let mut tx = actor.begin_with_users(app, &[user]).await?;
    if !tx.find_user(user).await?.ok_or(Error::NotFound)?.is_active() {
        return Err(Refusal::Deactivated.into());
    }
    tx.save_password_link(&link).await?;
    let issued = AuditEvent::User { id: user, change: UserChange::PasswordLinkIssued };
    tx.record(&admin.author(), now, &issued).await?;
    tx.commit().await?;
    Ok(IssuedPasswordLink { url: format!("{}/password/{}", app.public_url, secret.reveal()).into(), expires_at })
}

/// The user whose password the link sets. Not found if it is unknown, used, replaced or expired, or if its author is no
/// admin any more: they may have kept it. Changes nothing.
pub async fn open(app: &App, secret: &Secret) -> Result<User> {
    let mut tx = app.store.read().await?;
    user_of(&mut tx, secret, app.clock.now()).await
}

async fn user_of(tx: &mut Snapshot, secret: &Secret, now: Timestamp) -> Result<User> {
    let link = tx.find_password_link(&secret.hash()).await?.filter(|link| link.expires_at > now);
    let link = link.ok_or(Error::NotFound)?;
    if let Author::User(author) = link.created_by {
        let author = tx.find_user(author).await?.filter(User::is_active);
        author.filter(|author| author.role == StaffRole::Admin).ok_or(Error::NotFound)?;
    }
    let user = tx.find_user(link.user).await?;
    user.filter(User::is_active).ok_or(Error::NotFound)
}

/// Sets the password of the link's user, once, and ends all of their sessions.
pub async fn set_password(app: &App, secret: &Secret, password: &Private<String>) -> Result<()> {
    let user = open(app, secret).await?;
    accounts::check_strength(app, &user, "new_password", password).await?;
    let password: PasswordCredential = passwords::credential(app, user.id, password).await?;
    let mut tx = app.store.begin().await?;
    tx.lock_user(user.id).await?;
    // Of two requests with one link, the second one finds it used.
    let user = user_of(&mut tx, secret, app.clock.now()).await?;
    tx.delete_sessions_of(user.id).await?;
    tx.delete_devices_of(user.id).await?;
    accounts::save_password(app, tx, &Author::User(user.id), &password).await
}
