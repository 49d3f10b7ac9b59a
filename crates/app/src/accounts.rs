//! One's own account: password and language.

use anteroom_domain::{
    AuditEvent, Author, FieldErrors, Language, PasswordCredential, Private, Refusal, Secret, User, UserChange,
};
use anteroom_store::Tx;

use crate::passwords::QueuePriority;
use crate::{Actor, App, Error, Result, access, passwords, practices};

/// Fields of the form to change one's password.
#[derive(Debug, Clone)]
pub struct PasswordChange {
    /// The password until now.
    pub current: Private<String>,
    /// The new one.
    pub new: Private<String>,
}

/// Changes the actor's own password. Ends all of their sessions but the current one, and the calls that they hold, and
/// forgets their devices.
pub async fn change_password(app: &App, actor: &Actor, current: &Secret, form: PasswordChange) -> Result<()> {
    let user = actor.person()?;
    check_strength(app, user, "new_password", &form.new).await?;
    let stored = app.store.read().await?.password_of(user.id).await?;
    let hash = stored.as_ref().map(|password| &password.hash);
    if !passwords::matches(app, QueuePriority::Known, &form.current, hash).await? {
        return Err(Refusal::WrongPassword.into());
    }
    let password = passwords::credential(app, user.id, &form.new).await?;
    let mut tx = actor.begin_unlocked(app).await?;
    tx.lock_user(user.id).await?;
    if tx.password_of(user.id).await? != stored {
        return Err(Error::Busy);
    }
    if tx.find_session(&current.hash()).await?.is_none_or(|session| session.user != user.id) {
        return Err(Error::Forbidden); // It was ended while the password was checked.
    }
    tx.delete_other_sessions(user.id, &current.hash()).await?;
    tx.delete_devices_of(user.id).await?;
    save_password(app, tx, &actor.author(), &password).await
}

/// Chooses the language of the actor's own pages and messages. Empty: that of the browser, for messages that of the
/// practice.
pub async fn set_language(app: &App, actor: &Actor, language: &str) -> Result<User> {
    let id = actor.person()?.id;
    let language = match language {
        "" => None,
        tag => Some(tag.parse::<Language>().map_err(|error| Error::field("language", error))?.into()),
    };
    let now = app.clock.now();
    let mut tx = actor.begin(app).await?;
    let before = tx.find_user(id).await?.filter(User::is_active).ok_or(Error::Forbidden)?;
    let user = User { language, ..before.clone() };
    if user == before {
        tx.unchanged().await?;
        return Ok(user);
    }
    tx.save_user(&user).await?;
    tx.record(&actor.author(), now, &AuditEvent::User { id, change: UserChange::LanguageChanged }).await?;
    tx.commit().await?;
    Ok(User { version: user.version + 1, ..user })
}

/// Saves a password and commits. Links to set one open nothing any more, and what was got with logins ends.
pub(crate) async fn save_password(app: &App, mut tx: Tx, author: &Author, password: &PasswordCredential) -> Result<()> {
    tx.save_password(password).await?;
    tx.delete_password_links_of(password.user).await?;
    let now = app.clock.now();
    access::end_logins(&mut tx, password.user, author, now).await?;
    let changed = AuditEvent::User { id: password.user, change: UserChange::PasswordChanged };
    tx.record(author, now, &changed).await?;
    Ok(tx.commit().await?)
}

/// Refuses a password that is easy to guess for a person who knows the user.
pub(crate) async fn check_strength(
    app: &App,
    user: &User,
    field: &'static str,
    password: &Private<String>,
) -> Result<()> {
    let practice = practices::find(app).await?.map(|practice| practice.name).unwrap_or_default();
    let about = [user.name.reveal().as_str(), user.email.reveal().as_str(), practice.as_str()];
    let mut errors = FieldErrors::default();
    errors.take(field, passwords::check_strength(app, password, &about).await?);
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}
