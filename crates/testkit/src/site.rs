//! A practice ready to work: an admin, two hosts, and whatever appointments a test books.

use std::sync::Arc;

use anteroom_app::{
    Actor, App, Hub, Passwords,
    appointments::{self, Booking, Start},
    invitations, practices,
    practices::Founding,
    users,
    users::NewUser,
};
use anteroom_domain::{AppointmentId, ConsultationId, Role, User};
use anteroom_store::Store;
use jiff::Timestamp;
use tokio::sync::Notify;

use crate::{ManualClock, PaperVideo, Pigeonholes, SeededRng};

/// Everybody's password.
pub const PASSWORD: &str = "seven quiet herons";

/// The instant at which a test site begins: Friday 20 November 2026, 10:00 in Berlin.
const MORNING: &str = "2026-11-20T09:00:00Z";

/// A practice in memory.
pub struct TestSite {
    /// Its use cases.
    pub app: App,
    /// Its clock, which obeys.
    pub clock: Arc<ManualClock>,
    /// Its media server, of paper.
    pub video: Arc<PaperVideo>,
    /// Its letters.
    pub letters: Arc<Pigeonholes>,
    /// Runs the practice: Ines Brandt.
    pub admin: User,
    /// Holds the appointments of [`TestSite::confirmed_at`]: Tom Okafor.
    pub host: User,
    /// Works here too: Ada Colleague.
    pub colleague: User,
}

/// A confirmed appointment and both its links.
#[derive(Debug, Clone)]
pub struct Booked {
    /// The plan.
    pub appointment: AppointmentId,
    /// What takes place for it.
    pub consultation: ConsultationId,
    /// The tail of the host's personal link.
    pub host_secret: String,
    /// The tail of the guest's personal link.
    pub guest_secret: String,
}

impl TestSite {
    /// A practice with its people, at ten in the morning.
    pub async fn start() -> Self {
        let bare = Bare::start("http://anteroom.test").await;
        let founding = Founding {
            practice: "Praxis am Park".to_owned(),
            pack: "clinic".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            name: "Ines Brandt".to_owned().into(),
            email: "ines@praxis.example".to_owned().into(),
            password: PASSWORD.to_owned().into(),
        };
        let admin = practices::found(&bare.app, founding).await.expect("an empty store can be founded");
        let actor = Actor::Staff(admin.clone());
        let host = added(&bare.app, &actor, "Tom Okafor", "tom@praxis.example").await;
        let colleague = added(&bare.app, &actor, "Ada Colleague", "ada@praxis.example").await;
        let Bare { app, clock, video, letters } = bare;
        Self { app, clock, video, letters, admin, host, colleague }
    }

    /// The use cases over an empty store: nobody has set this server up.
    pub async fn unfounded() -> App {
        Bare::start("http://anteroom.test").await.app
    }

    /// The host, as someone logged in.
    pub fn as_host(&self) -> Actor {
        Actor::Staff(self.host.clone())
    }

    /// Today at this time in Berlin: Mara Lindt and Tom Okafor, half an hour by video, not confirmed.
    pub async fn booked_at(&self, time: &str) -> AppointmentId {
        let booking = Booking {
            host: None,
            guest_name: "Mara Lindt".to_owned().into(),
            guest_email: "mara@mail.example".to_owned().into(),
            guest_phone: "+49 30 901820".to_owned().into(),
            guest_zone: "Africa/Cairo".to_owned(),
            starts: Start::Local(format!("2026-11-20T{time}")),
            zone: "Europe/Berlin".to_owned(),
            minutes: 30,
            kind: "video".to_owned(),
        };
        let booked = appointments::book(&self.app, &self.as_host(), booking).await;
        booked.expect("the time is free").appointment.id
    }

    /// The same, confirmed, with both links.
    pub async fn confirmed_at(&self, time: &str) -> Booked {
        let appointment = self.booked_at(time).await;
        let confirmed = appointments::confirm(&self.app, &self.as_host(), appointment).await;
        let consultation = confirmed.expect("it was just booked").consultation.expect("confirming makes one").id;
        let [host_secret, guest_secret] =
            [self.secret(appointment, Role::Host).await, self.secret(appointment, Role::Guest).await];
        Booked { appointment, consultation, host_secret, guest_secret }
    }

    async fn secret(&self, appointment: AppointmentId, role: Role) -> String {
        let link = invitations::reissue(&self.app, &self.as_host(), appointment, role).await.expect("it is confirmed");
        link.rsplit('/').next().unwrap_or_default().to_owned()
    }
}

struct Bare {
    app: App,
    clock: Arc<ManualClock>,
    video: Arc<PaperVideo>,
    letters: Arc<Pigeonholes>,
}

impl Bare {
    async fn start(url: &str) -> Self {
        let store = Store::open("sqlite::memory:").await.expect("memory can be opened");
        store.migrate().await.expect("an empty store takes the schema");
        let now: Timestamp = MORNING.parse().expect("an instant");
        let (clock, video) = (Arc::new(ManualClock::at(now)), Arc::new(PaperVideo::default()));
        let letters = Arc::new(Pigeonholes::default());
        let app = App {
            store,
            clock: clock.clone(),
            rng: Arc::new(SeededRng::new(1)),
            video: video.clone(),
            messenger: letters.clone(),
            hub: Arc::new(Hub::default()),
            bell: Arc::new(Notify::new()),
            passwords: Passwords::default(),
            public_url: url.into(),
        };
        Self { app, clock, video, letters }
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
    users::add(app, admin, person).await.expect("nobody has this address")
}
