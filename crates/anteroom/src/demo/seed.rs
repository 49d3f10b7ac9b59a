//! Data of the demo: a practice, an administrator, a doctor, and an appointment that can be joined now.

use std::path::Path;

use anteroom_app::api_keys::NewKey;
use anteroom_app::appointment_lists::MAX_PART;
use anteroom_app::appointments::{AppointmentDetails, Booking, Start};
use anteroom_app::{Actor, App, api_keys, appointment_lists, appointments, invitations, practices, users};
use anteroom_domain::{ApiKeyId, Consultation, JoinWindow, KeyScopes, Phase, Private, Role};
use anyhow::{Context, Result, bail};
use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::private_file;

const ADMIN: &str = "admin@demo.example";
const HOST: &str = "doctor@demo.example";

/// Passwords and API key in `demo.toml`, kept between starts because the database stores only hashes.
#[derive(Serialize, Deserialize)]
struct StoredCredentials {
    admin_password: String,
    host_password: String,
    key: String,
    secret: String,
}

/// The demo's practice, appointment and links.
pub(super) struct Seeded {
    credentials: StoredCredentials,
    appointment: AppointmentDetails,
    consultation: Consultation,
    host_link: String,
    guest_link: String,
}

/// Loads the practice of an earlier start or creates one, and finds or books an appointment that can be joined.
pub(super) async fn practice(app: &App, data: &Path) -> Result<Seeded> {
    let path = data.join("demo.toml");
    let stored = private_file::read(&path)?;
    let credentials = match (stored, practices::find(app).await?) {
        (Some(text), Some(_)) => toml::from_str(&text).with_context(|| format!("cannot parse {}", path.display()))?,
        (None, Some(_)) => bail!(
            "{} is missing, and the passwords in it: delete the directory {} to begin with a new practice",
            path.display(),
            data.display()
        ),
        (_, None) => {
            let credentials = set_up(app).await?;
            private_file::write(&path, &toml::to_string(&credentials)?)?;
            credentials
        }
    };
    let actor = Actor::Key { id: ApiKeyId::from_text(credentials.key.as_str()), scopes: KeyScopes::all() };
    let appointment = match joinable_appointment(app, &actor).await? {
        Some(found) => found,
        None => book(app, &actor).await?,
    };
    let consultation = appointment.consultation.clone().context("a confirmed appointment has a consultation")?;
    let id = appointment.appointment.id;
    Ok(Seeded {
        host_link: invitations::reissue(app, &actor, id, Role::Host).await?,
        guest_link: invitations::reissue(app, &actor, id, Role::Guest).await?,
        credentials,
        appointment,
        consultation,
    })
}

async fn set_up(app: &App) -> Result<StoredCredentials> {
    let password = || {
        let mut bytes = [0_u8; 9];
        app.rng.fill(&mut bytes);
        HEXLOWER.encode(&bytes)
    };
    let (admin_password, host_password) = (password(), password());
    let setup = practices::Setup {
        practice: "Practice at the Park".into(),
        pack: "clinic".into(),
        language: "en".into(),
        zone: "Europe/Berlin".into(),
        name: Private::new("Alex Morgan".into()),
        email: Private::new(ADMIN.into()),
        password: Private::new(admin_password.clone()),
    };
    let admin = practices::set_up(app, setup).await?;
    let host = users::NewUser {
        name: Private::new("Dr. Sofia Rossi".into()),
        email: Private::new(HOST.into()),
        role: "host".into(),
        zone: "Europe/Berlin".into(),
        password: Private::new(host_password.clone()),
    };
    users::add(app, &Actor::Staff(admin), host).await?;
    let demo = NewKey { name: "demo".into(), scopes: KeyScopes::all() };
    let (key, secret) = api_keys::create(app, &Actor::Console, demo).await?;
    Ok(StoredCredentials { admin_password, host_password, key: key.id.to_string(), secret: secret.reveal().to_owned() })
}

/// An appointment of an earlier start that can be joined.
async fn joinable_appointment(app: &App, actor: &Actor) -> Result<Option<AppointmentDetails>> {
    let now = app.clock.now();
    let policy = practices::fetch(app).await?.policy;
    let around = SignedDuration::from_hours(4);
    let range = (now - around, now + around);
    let found = appointment_lists::part(app, actor, None, range, None, MAX_PART).await?;
    Ok(found.appointments.into_iter().find(|found| {
        found.consultation.as_ref().is_some_and(|consultation| {
            !matches!(consultation.phase, Phase::Ended { .. })
                && consultation.join_window(&found.appointment, &policy, now) == JoinWindow::Open
        })
    }))
}

async fn book(app: &App, actor: &Actor) -> Result<AppointmentDetails> {
    let host = users::list(app, actor).await?.into_iter().find(|user| user.email.reveal().as_str() == HOST);
    let booking = Booking {
        host: Some(host.context("the demo's host does not exist; use an empty --data directory")?.id.to_string()),
        guest_name: Private::new("Jamie Lee".into()),
        guest_email: Private::new("jamie@guest.example".into()),
        guest_phone: Private::new("+44 20 7946 0018".into()),
        guest_zone: "Europe/London".into(),
        companions: Vec::new(),
        starts: Start::Instant(next_minute(app.clock.now()).to_string()),
        zone: "Europe/Berlin".into(),
        minutes: 30,
        kind: "video".into(),
    };
    let booked = appointments::book(app, actor, booking).await?;
    Ok(appointments::confirm(app, actor, booked.appointment.id).await?)
}

/// The next full minute.
fn next_minute(now: Timestamp) -> Timestamp {
    let seconds = (now.as_second() / 60 + 1) * 60;
    Timestamp::from_second(seconds).unwrap_or(now)
}

impl Seeded {
    /// The line of JSON documented in docs/demo.md.
    pub(super) fn json(&self, url: &str, livekit: &Value) -> Value {
        json!({
            "url": url,
            "host_link": self.host_link,
            "guest_link": self.guest_link,
            "admin": { "email": ADMIN, "password": self.credentials.admin_password },
            "host": { "email": HOST, "password": self.credentials.host_password },
            "appointment_id": self.appointment.appointment.id,
            "consultation_id": self.consultation.id,
            "room_name": self.consultation.room.as_str(),
            "api": { "key": self.credentials.key, "secret": self.credentials.secret },
            "livekit": livekit,
            "mailbox_url": format!("{url}/mailbox"),
        })
    }

    /// The text for people.
    pub(super) fn text(&self, url: &str) -> String {
        let StoredCredentials { admin_password, host_password, .. } = &self.credentials;
        format!(
            "\n  Anteroom is running at {url}\n\n  \
             An appointment is starting now. Open these two links in two browsers (or windows):\n\n    \
             the doctor   {}\n    the patient  {}\n\n  \
             Logins   {ADMIN}  {admin_password}\n           {HOST}  {host_password}\n  \
             Mail     {url}/mailbox\n\n  Ctrl-C ends it.\n",
            self.host_link, self.guest_link,
        )
    }
}
