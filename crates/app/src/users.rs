//! Staff accounts.

use anteroom_domain::{
    AuditEvent, Author, EmailAddress, FieldError, FieldErrors, PersonName, Private, Refusal, StaffRole, User,
    UserChange, UserId, Zone,
};
use anteroom_store::Tx;
use jiff::Timestamp;

use crate::{Actor, App, Error, Result, access, passwords, practices};

/// Fields of the form to add a user.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Name shown to guests.
    pub name: Private<String>,
    /// E-mail address, used to log in.
    pub email: Private<String>,
    /// `admin` or `host`.
    pub role: String,
    /// IANA zone.
    pub zone: String,
    /// Initial password. Empty: they set it themselves, with a link of [`password_links`](crate::password_links). An API
    /// client sends none: it would know how to log in as a person, also after its key is revoked.
    pub password: Private<String>,
}

/// Adds a user. For admins; an API client that manages appointments adds hosts, and never an admin.
pub async fn add(app: &App, actor: &Actor, form: NewUser) -> Result<User> {
    let has_password = !form.password.reveal().is_empty();
    let author = adding(actor, &form.role, has_password)?;
    let mut errors = FieldErrors::default();
    let name = errors.take("name", form.name.reveal().parse::<PersonName>());
    let email = errors.take("email", form.email.reveal().parse::<EmailAddress>());
    let role = errors.take("role", form.role.parse::<StaffRole>());
    let zone = errors.take("zone", form.zone.parse::<Zone>());
    let practice = practices::find(app).await?.map(|practice| practice.name).unwrap_or_default();
    let about = [form.name.reveal(), form.email.reveal(), &practice].map(String::as_str);
    if has_password {
        errors.take("password", passwords::check_strength(app, &form.password, &about).await?);
    }
    let (Some(name), Some(email), Some(role), Some(zone), true) = (name, email, role, zone, errors.is_empty()) else {
        return Err(Error::Invalid(errors));
    };
    let now = app.clock.now();
    let id = UserId::new(now, app.random_bytes());
    let password = if has_password { Some(passwords::credential(app, id, &form.password).await?) } else { None };
    let (name, email) = (name.into(), email.into());
    let user = User { id, name, email, role, zone, language: None, created_at: now, deactivated_at: None, version: 0 };
    let mut tx = actor.begin(app).await?;
    if tx.find_user_by_email(user.email.reveal()).await?.is_some() {
        return Err(Error::field("email", FieldError::Taken));
    }
    tx.insert_user(&user).await?;
    if let Some(password) = &password {
        tx.save_password(password).await?;
    }
    tx.record(&author, now, &AuditEvent::User { id, change: UserChange::Added }).await?;
    tx.commit().await?;
    Ok(user)
}

/// Whom a user of this role is recorded as added by, if the actor may add one.
fn adding(actor: &Actor, role: &str, has_password: bool) -> Result<Author> {
    if let Actor::Key { .. } = actor {
        let staff = actor.staff()?;
        let is_host = role.parse() == Ok(StaffRole::Host);
        return if is_host && !has_password { Ok(staff.author()) } else { Err(Refusal::PersonOnly.into()) };
    }
    Ok(actor.admin()?.author())
}

/// All users, in the order they were added. Visible to all staff.
pub async fn list(app: &App, actor: &Actor) -> Result<Vec<User>> {
    actor.reader()?;
    Ok(app.store.read().await?.users().await?)
}

/// One user.
pub async fn fetch(app: &App, actor: &Actor, id: UserId) -> Result<User> {
    actor.reader()?;
    app.store.read().await?.find_user(id).await?.ok_or(Error::NotFound)
}

/// Number of a user's appointments as host that are still to come.
pub async fn upcoming(app: &App, actor: &Actor, id: UserId) -> Result<i64> {
    actor.reader()?;
    Ok(app.store.read().await?.upcoming_of(id, app.clock.now()).await?)
}

/// Changes the role of a user. For admins. Refused if it would leave no active admin.
pub async fn change_role(app: &App, actor: &Actor, id: UserId, role: &str) -> Result<User> {
    let role: StaffRole = role.parse().map_err(|error| Error::field("role", error))?;
    change(app, actor, id, UserChange::RoleChanged, |user, _| User { role, ..user }).await
}

/// Deactivates a user: they cannot log in, and their sessions, their links as host and their calls end. Their
/// appointments stay. For admins. Refused if it would leave no active admin. Deactivating twice changes nothing.
pub async fn deactivate(app: &App, actor: &Actor, id: UserId) -> Result<User> {
    change(app, actor, id, UserChange::Deactivated, deactivated_at).await
}

/// The same in a transaction with other changes, which concern a successor, too: both are locked.
pub(crate) async fn deactivate_in(
    tx: &mut Tx,
    actor: &Actor,
    id: UserId,
    successor: UserId,
    now: Timestamp,
) -> Result<User> {
    Ok(change_in(tx, actor, (id, Some(successor)), UserChange::Deactivated, deactivated_at, now).await?.0)
}

/// Reactivates a user, who logs in with the password as before. For admins. Reactivating twice changes nothing.
pub async fn reactivate(app: &App, actor: &Actor, id: UserId) -> Result<User> {
    change(app, actor, id, UserChange::Reactivated, |user, _| User { deactivated_at: None, ..user }).await
}

fn deactivated_at(user: User, now: Timestamp) -> User {
    User { deactivated_at: user.deactivated_at.or(Some(now)), ..user }
}

async fn change(
    app: &App,
    actor: &Actor,
    id: UserId,
    change: UserChange,
    changed: impl FnOnce(User, Timestamp) -> User,
) -> Result<User> {
    let mut tx = actor.begin_unlocked(app).await?;
    let (user, is_changed) = change_in(&mut tx, actor, (id, None), change, changed, app.clock.now()).await?;
    if is_changed {
        tx.commit().await?;
    } else {
        tx.unchanged().await?;
    }
    Ok(user)
}

/// Returns the user as they are afterwards, and whether that is another state than before.
async fn change_in(
    tx: &mut Tx,
    actor: &Actor,
    (id, successor): (UserId, Option<UserId>),
    change: UserChange,
    changed: impl FnOnce(User, Timestamp) -> User,
    now: Timestamp,
) -> Result<(User, bool)> {
    let admin = actor.admin()?;
    let admins = tx.lock_admins_and([id, successor.unwrap_or(id)]).await?;
    actor.check(tx).await?;
    let before = tx.find_user(id).await?.ok_or(Error::NotFound)?;
    let user = changed(before.clone(), now);
    if user == before {
        return Ok((user, false));
    }
    let is_admin = user.role == StaffRole::Admin && user.is_active();
    if !is_admin && admins == [id] {
        return Err(Refusal::LastAdmin.into());
    }
    tx.save_user(&user).await?;
    if !user.is_active() {
        end_all_of(tx, id, &admin.author(), now).await?;
    }
    tx.record(&admin.author(), now, &AuditEvent::User { id, change }).await?;
    Ok((User { version: user.version + 1, ..user }, true))
}

/// Ends the sessions of a user and removes them from the calls they hold.
async fn end_all_of(tx: &mut Tx, id: UserId, by: &Author, now: Timestamp) -> Result<()> {
    tx.delete_sessions_of(id).await?;
    tx.delete_password_links_of(id).await?;
    access::end_of_host(tx, id, by, now).await
}
