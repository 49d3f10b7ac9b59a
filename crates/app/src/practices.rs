//! The practice: set up once, changed by its admins.

use anteroom_domain::{
    AuditEvent, Author, EmailAddress, FieldErrors, Language, PersonName, Policy, Practice, Private, Refusal, StaffRole,
    User, UserId, WhoMayEnd, WordingPack, Zone,
};

use crate::{Actor, App, Error, Result, passwords};

/// Fields of the set-up form.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The practice's name.
    pub practice: String,
    /// Its wording pack.
    pub pack: String,
    /// Its language. Empty: English.
    pub language: String,
    /// Its IANA zone.
    pub zone: String,
    /// The first admin's name.
    pub name: Private<String>,
    /// Their e-mail address.
    pub email: Private<String>,
    /// Their password.
    pub password: Private<String>,
}

/// Fields of the practice page.
#[derive(Debug, Clone)]
pub struct Changes {
    /// The practice's name.
    pub name: String,
    /// Its wording pack.
    pub pack: String,
    /// Its language. Empty: unchanged.
    pub language: String,
    /// Its IANA zone.
    pub zone: String,
    /// Minutes before the start at which rooms open.
    pub opens_before: i64,
    /// Minutes after the planned end at which rooms close to guests who have not been in.
    pub closes_after: i64,
    /// `host` or `either`.
    pub who_may_end: String,
    /// Version of the practice that the form was filled from. With an older one than the stored the change is refused
    /// as busy: it would undo what others have changed.
    pub version: Option<i64>,
}

/// The practice, if the server is set up.
pub async fn find(app: &App) -> Result<Option<Practice>> {
    Ok(app.store.read().await?.find_practice().await?)
}

/// The practice; not found before set-up.
pub async fn fetch(app: &App) -> Result<Practice> {
    find(app).await?.ok_or(Error::NotFound)
}

/// Sets the server up: creates the practice and its first admin. Possible once.
pub async fn set_up(app: &App, form: Setup) -> Result<User> {
    let mut errors = FieldErrors::default();
    let name = errors.take("practice", Practice::parse_name(&form.practice));
    let pack = errors.take("pack", form.pack.parse::<WordingPack>());
    let language = parse_language(&form.language, &mut errors);
    let zone = errors.take("zone", form.zone.parse::<Zone>());
    let person = errors.take("name", form.name.reveal().parse::<PersonName>());
    let email = errors.take("email", form.email.reveal().parse::<EmailAddress>());
    let about = [form.name.reveal(), form.email.reveal(), &form.practice].map(String::as_str);
    errors.take("password", passwords::check_strength(app, &form.password, &about).await?);
    let (Some(name), Some(pack), Some(zone), Some(person), Some(email), true) =
        (name, pack, zone, person, email, errors.is_empty())
    else {
        return Err(Error::Invalid(errors));
    };
    let now = app.clock.now();
    let id = UserId::new(now, app.random_bytes());
    let password = passwords::credential(app, id, &form.password).await?;
    let (policy, language) = (Policy::default_for(pack), language.unwrap_or_default());
    let practice = Practice { name, pack, language, zone: zone.clone(), policy, version: 0 };
    let admin = User {
        id,
        name: person.into(),
        email: email.into(),
        role: StaffRole::Admin,
        zone,
        created_at: now,
        language: None,
        deactivated_at: None,
        version: 0,
    };
    let mut tx = app.store.begin().await?;
    if tx.find_practice().await?.is_some() {
        return Err(Refusal::AlreadySetUp.into());
    }
    tx.insert_practice(&practice).await?;
    tx.insert_user(&admin).await?;
    tx.save_password(&password).await?;
    let by = Author::User(admin.id);
    tx.record(&by, now, &AuditEvent::PracticeSetUp).await?;
    tx.commit().await?;
    tracing::info!(%by, "practice set up");
    Ok(admin)
}

/// Changes the practice. For admins.
pub async fn change(app: &App, actor: &Actor, form: Changes) -> Result<Practice> {
    let admin = actor.admin()?;
    let mut errors = FieldErrors::default();
    let name = errors.take("name", Practice::parse_name(&form.name));
    let pack = errors.take("pack", form.pack.parse::<WordingPack>());
    let language = parse_language(&form.language, &mut errors);
    let zone = errors.take("zone", form.zone.parse::<Zone>());
    let who = errors.take("who_may_end", form.who_may_end.parse::<WhoMayEnd>());
    let policy = Policy::new(form.opens_before, form.closes_after, who.unwrap_or(WhoMayEnd::Host));
    let policy = errors.take_all(policy);
    let (Some(name), Some(pack), Some(zone), Some(policy), true) = (name, pack, zone, policy, errors.is_empty()) else {
        return Err(Error::Invalid(errors));
    };
    let mut tx = actor.begin(app).await?;
    let practice = tx.find_practice().await?.ok_or(Error::NotFound)?;
    if form.version.is_some_and(|version| version != practice.version) {
        return Err(Error::Busy);
    }
    let language = language.unwrap_or(practice.language);
    let practice = Practice { name, pack, language, zone, policy, version: practice.version };
    tx.save_practice(&practice).await?;
    tx.record(&admin.author(), app.clock.now(), &AuditEvent::PracticeChanged).await?;
    tx.commit().await?;
    Ok(practice)
}

/// `None` without a choice, as in the forms of earlier versions, or for an unknown one, which is recorded.
fn parse_language(tag: &str, errors: &mut FieldErrors) -> Option<Language> {
    if tag.is_empty() { None } else { errors.take("language", tag.parse()) }
}
