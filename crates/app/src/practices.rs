//! The practice: founded once, changed by its admins.

use anteroom_domain::{
    Author, EmailAddress, Fields, Pack, PersonName, Policy, Practice, Private, Refusal, StaffRole, User, UserId,
    WhoMayEnd, Zone,
};

use crate::{Actor, App, Error, Result, passwords};

/// What the first-run page asks.
#[derive(Debug, Clone)]
pub struct Founding {
    /// The practice's name.
    pub practice: String,
    /// Its wording pack.
    pub pack: String,
    /// Its IANA zone.
    pub zone: String,
    /// The first admin's name.
    pub name: Private<String>,
    /// Their address.
    pub email: Private<String>,
    /// Their password.
    pub password: Private<String>,
}

/// What the practice page changes.
#[derive(Debug, Clone)]
pub struct Changes {
    /// The practice's name.
    pub name: String,
    /// Its wording pack.
    pub pack: String,
    /// Its IANA zone.
    pub zone: String,
    /// Minutes before the start at which rooms open.
    pub opens_before: i64,
    /// Minutes after the planned end at which rooms close to newcomers.
    pub closes_after: i64,
    /// `host` or `either`.
    pub who_may_end: String,
}

/// The practice, if this server has one already.
pub async fn find(app: &App) -> Result<Option<Practice>> {
    Ok(app.store.read().await?.find_practice().await?)
}

/// The practice.
pub async fn fetch(app: &App) -> Result<Practice> {
    find(app).await?.ok_or(Error::NotFound)
}

/// Somebody sets this server up: the practice and its first admin. Only once.
pub async fn found(app: &App, asked: Founding) -> Result<User> {
    let mut wrong = Fields::default();
    let name = wrong.take("practice", Practice::parse_name(&asked.practice));
    let pack = wrong.take("pack", asked.pack.parse::<Pack>());
    let zone = wrong.take("zone", asked.zone.parse::<Zone>());
    let person = wrong.take("name", asked.name.reveal().parse::<PersonName>());
    let email = wrong.take("email", asked.email.reveal().parse::<EmailAddress>());
    wrong.take("password", passwords::acceptable(asked.password.reveal()));
    let (Some(name), Some(pack), Some(zone), Some(person), Some(email), true) =
        (name, pack, zone, person, email, wrong.is_empty())
    else {
        return Err(Error::Invalid(wrong));
    };
    let password_hash = passwords::hash(app, &asked.password).await?;
    let now = app.clock.now();
    let practice = Practice { name, pack, zone: zone.clone(), policy: Policy::of(pack), version: 0 };
    let admin = User {
        id: UserId::new(now, app.chance()),
        name: person.into(),
        email: email.into(),
        role: StaffRole::Admin,
        zone,
        password_hash,
        created_at: now,
        version: 0,
    };
    let mut tx = app.store.begin().await?;
    if tx.find_practice().await?.is_some() {
        return Err(Refusal::AlreadyFounded.into());
    }
    tx.insert_practice(&practice).await?;
    tx.insert_user(&admin).await?;
    tx.commit().await?;
    tracing::info!(by = %Author::User(admin.id), "practice founded");
    Ok(admin)
}

/// An admin changes the practice.
pub async fn change(app: &App, actor: &Actor, asked: Changes) -> Result<Practice> {
    actor.admin()?;
    let mut wrong = Fields::default();
    let name = wrong.take("name", Practice::parse_name(&asked.name));
    let pack = wrong.take("pack", asked.pack.parse::<Pack>());
    let zone = wrong.take("zone", asked.zone.parse::<Zone>());
    let who = wrong.take("who_may_end", asked.who_may_end.parse::<WhoMayEnd>());
    let policy = Policy::new(asked.opens_before, asked.closes_after, who.unwrap_or(WhoMayEnd::Host));
    let policy = wrong.take_all(policy);
    let (Some(name), Some(pack), Some(zone), Some(policy), true) = (name, pack, zone, policy, wrong.is_empty()) else {
        return Err(Error::Invalid(wrong));
    };
    let mut tx = app.store.begin().await?;
    let practice = tx.find_practice().await?.ok_or(Error::NotFound)?;
    let practice = Practice { name, pack, zone, policy, version: practice.version };
    tx.save_practice(&practice).await?;
    tx.commit().await?;
    Ok(practice)
}
