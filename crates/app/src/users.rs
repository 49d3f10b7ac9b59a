//! Staff accounts.

use anteroom_domain::{
    AuditEvent, Author, EmailAddress, FieldError, FieldErrors, PersonName, Private, Refusal, StaffRole, User,
    UserChange, UserId, Zone,
};

use crate::{Actor, App, Error, Result, passwords, practices};

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
    /// Initial password.
    pub password: Private<String>,
}

/// Adds a user. For admins; an API client that manages appointments adds hosts, and never an admin.
pub async fn add(app: &App, actor: &Actor, form: NewUser) -> Result<User> {
    let author = adding(actor, &form.role)?;
    let mut errors = FieldErrors::default();
    let name = errors.take("name", form.name.reveal().parse::<PersonName>());
    let email = errors.take("email", form.email.reveal().parse::<EmailAddress>());
    let role = errors.take("role", form.role.parse::<StaffRole>());
    let zone = errors.take("zone", form.zone.parse::<Zone>());
    let practice = practices::find(app).await?.map(|practice| practice.name).unwrap_or_default();
    let about = [form.name.reveal(), form.email.reveal(), &practice].map(String::as_str);
    errors.take("password", passwords::check_strength(form.password.reveal(), &about));
    let (Some(name), Some(email), Some(role), Some(zone), true) = (name, email, role, zone, errors.is_empty()) else {
        return Err(Error::Invalid(errors));
    };
    let now = app.clock.now();
    let id = UserId::new(now, app.random_bytes());
    let password = passwords::credential(app, id, &form.password).await?;
    let user = User { id, name: name.into(), email: email.into(), role, zone, created_at: now, version: 0 };
    let mut tx = app.store.begin().await?;
    if tx.find_user_by_email(user.email.reveal()).await?.is_some() {
        return Err(Error::field("email", FieldError::Taken));
    }
    tx.insert_user(&user).await?;
    tx.save_password(&password).await?;
    tx.record(&author, now, &AuditEvent::User { id, change: UserChange::Added }).await?;
    tx.commit().await?;
    Ok(user)
}

/// Whom a user of this role is recorded as added by, if the actor may add one.
fn adding(actor: &Actor, role: &str) -> Result<Author> {
    if let Actor::Key { .. } = actor {
        let staff = actor.staff()?;
        let is_host = role.parse() == Ok(StaffRole::Host);
        return if is_host { Ok(staff.author()) } else { Err(Refusal::PersonOnly.into()) };
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
