//! A practice with staff and appointments, on top of the testkit's site.

use std::ops::Deref;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use anteroom_app::appointments::{Booking, Start};
use anteroom_app::practices::Setup;
use anteroom_app::users::NewUser;
use anteroom_app::{Actor, App, appointments, invitations, password_links, practices, users};
use anteroom_domain::{AppointmentId, ConsultationId, KeyScope, Role, User};
use jiff::SignedDuration;

/// The password of all staff.
pub(crate) const PASSWORD: &str = "seven quiet herons";

/// It is Friday 20 November 2026, 10:00 in Berlin. The personal data of these people must not appear in the logs.
pub(crate) struct TestSite {
    site: anteroom_testkit::TestSite,
    /// The administrator: Ines Brandt.
    pub(crate) admin: User,
    /// The host of the appointments: Tom Okafor.
    pub(crate) host: User,
    /// Another host: Ada Colleague.
    pub(crate) colleague: User,
}

/// A confirmed appointment and the secrets of both its links.
#[derive(Debug, Clone)]
pub(crate) struct Booked {
    pub(crate) appointment: AppointmentId,
    pub(crate) consultation: ConsultationId,
    pub(crate) host_secret: String,
    pub(crate) guest_secret: String,
}

impl Deref for TestSite {
    type Target = anteroom_testkit::TestSite;

    fn deref(&self) -> &Self::Target {
        &self.site
    }
}

impl TestSite {
    pub(crate) async fn start() -> Self {
        let site = anteroom_testkit::TestSite::empty().await;
        site.expect_undelivered(); // messages are tested in `app`; here no jobs are run
        for word in [PASSWORD, "Brandt", "Okafor", "praxis.example", "Mara", "Lindt", "mail.example", "901820"] {
            site.logs.forbid(word);
        }
        let setup = Setup {
            practice: "Praxis am Park".to_owned(),
            pack: "clinic".to_owned(),
            language: "en".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            name: "Ines Brandt".to_owned().into(),
            email: "ines@praxis.example".to_owned().into(),
            password: PASSWORD.to_owned().into(),
        };
        let admin = practices::set_up(&site.app, setup).await.expect("an empty server can be set up");
        let actor = Actor::Staff(admin.clone());
        let host = added(&site.app, &actor, "Tom Okafor", "tom@praxis.example").await;
        let colleague = added(&site.app, &actor, "Ada Colleague", "ada@praxis.example").await;
        Self { site, admin, host, colleague }
    }

    /// The bearer token of a new API key.
    pub(crate) async fn key(&self, scopes: &[KeyScope]) -> String {
        let (client, secret) = self.api_client_with(scopes.iter().copied().collect()).await;
        let Actor::Key { id, .. } = client.actor else { panic!("an API client has a key") };
        format!("{id}.{}", secret.reveal())
    }

    /// One more host, whom other tests of the site do not use.
    pub(crate) async fn another_host(&self) -> User {
        static ADDED: AtomicU64 = AtomicU64::new(1);
        let email = format!("host-{}@praxis.example", ADDED.fetch_add(1, Relaxed));
        added(&self.app, &self.logged_in(&self.admin).await, "Lee Another", &email).await
    }

    /// The secret of a link with which one more host sets their password.
    pub(crate) async fn password_link(&self) -> String {
        let host = self.another_host().await.id;
        let issued = password_links::issue(&self.app, &self.logged_in(&self.admin).await, host).await;
        let url = issued.expect("an admin may").url;
        let secret = url.reveal().rsplit('/').next().unwrap_or_default();
        self.logs.forbid(secret);
        secret.to_owned()
    }

    /// The host as an actor.
    pub(crate) fn as_host(&self) -> Actor {
        Actor::Staff(self.host.clone())
    }

    /// A member of staff with a login of now: all earlier ones may have been ended.
    async fn logged_in(&self, who: &User) -> Actor {
        Actor::Staff(users::fetch(&self.app, &Actor::Console, who.id).await.expect("an account of this site"))
    }

    /// A host who is added now: Lea Later.
    pub(crate) async fn added_later(&self) -> User {
        added(&self.app, &self.logged_in(&self.admin).await, "Lea Later", "lea@praxis.example").await
    }

    /// Half an hour by video with Mara Lindt, starting in `minutes`.
    pub(crate) fn booking_in(&self, minutes: i64) -> Booking {
        let starts = self.app.clock.now() + SignedDuration::from_mins(minutes);
        Booking {
            host: None,
            guest_name: "Mara Lindt".to_owned().into(),
            guest_email: "mara@mail.example".to_owned().into(),
            guest_phone: "+49 30 901820".to_owned().into(),
            guest_zone: "Africa/Cairo".to_owned(),
            companions: Vec::new(),
            starts: Start::Instant(starts.to_string()),
            zone: "Europe/Berlin".to_owned(),
            minutes: 30,
            kind: "video".to_owned(),
        }
    }

    /// Books it with Tom Okafor, not confirmed.
    pub(crate) async fn booked_in(&self, minutes: i64) -> AppointmentId {
        let booked = appointments::book(&self.app, &self.logged_in(&self.host).await, self.booking_in(minutes)).await;
        booked.expect("the time is free").appointment.id
    }

    /// The same, confirmed, with the secrets of both links.
    pub(crate) async fn confirmed_in(&self, minutes: i64) -> Booked {
        self.confirmed(self.booked_in(minutes).await).await
    }

    /// Books Mara Lindt with Ada Colleague, who has time, and confirms.
    pub(crate) async fn confirmed_for_colleague(&self, minutes: i64) -> Booked {
        let booking = Booking { host: Some(self.colleague.id.to_string()), ..self.booking_in(minutes) };
        let booked = appointments::book(&self.app, &self.logged_in(&self.admin).await, booking).await;
        self.confirmed(booked.expect("the time is free").appointment.id).await
    }

    async fn confirmed(&self, appointment: AppointmentId) -> Booked {
        let confirmed = appointments::confirm(&self.app, &self.logged_in(&self.admin).await, appointment).await;
        let consultation = confirmed.expect("it was just booked").consultation.expect("confirming makes one").id;
        let host_secret = self.secret(appointment, Role::Host).await;
        let guest_secret = self.secret(appointment, Role::Guest).await;
        Booked { appointment, consultation, host_secret, guest_secret }
    }

    async fn secret(&self, appointment: AppointmentId, role: Role) -> String {
        let link = invitations::reissue(&self.app, &Actor::Console, appointment, role).await.expect("it is confirmed");
        let secret = link.rsplit('/').next().unwrap_or_default();
        self.logs.forbid(secret);
        secret.to_owned()
    }
}

async fn added(app: &App, admin: &Actor, name: &str, email: &str) -> User {
    let person = NewUser {
        name: name.to_owned().into(),
        email: email.to_owned().into(),
        role: "host".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        password: PASSWORD.to_owned().into(),
    };
    users::add(app, admin, person).await.expect("the address is not in use")
}
