//! A complete site on its own database.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicBool, AtomicU64};

use anteroom_app::api_keys::NewKey;
use anteroom_app::appointments::AppointmentDetails;
use anteroom_app::{
    Actor, App, Clock, Hub, LastUsed, Passwords, SweepPosition, WriteTurns, api_keys, invitations, jobs, practices,
    users,
};
use anteroom_domain::{AppointmentId, KeyScopes, Private, Secret};
use anteroom_store::{JobCounts, Lane, Store};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use crate::site_database::SiteDatabase;
use crate::{FakeMessenger, FakeVideo, Logs, ManualClock, Persona, SeededRng, TestParticipant, TestStaff, minutes};

/// A complete site: the program's store and use cases, with controllable ports.
pub struct TestSite {
    /// The use cases, as transports and workers get them.
    pub app: App,
    /// Its clock: Friday 20 November 2026, 09:00 UTC, until moved.
    pub clock: Arc<ManualClock>,
    /// Media server.
    pub video: Arc<FakeVideo>,
    /// Sent messages.
    pub messenger: Arc<FakeMessenger>,
    /// Captured logs.
    pub logs: Logs,
    number: u64,
    people: AtomicU64,
    expects_undelivered: AtomicBool,
    database: SiteDatabase,
}

impl TestSite {
    /// A server before set-up.
    pub async fn empty() -> Self {
        Self::with(SiteDatabase::new().await)
    }

    fn with((database, store): (SiteDatabase, Store)) -> Self {
        static SITES: AtomicU64 = AtomicU64::new(1);
        let number = SITES.fetch_add(1, SeqCst);
        let logs = Logs::listen(number);
        let now: Timestamp = "2026-11-20T09:00:00Z".parse().expect("an instant");
        let (clock, video, messenger) = (Arc::new(ManualClock::at(now)), Arc::default(), Arc::default());
        let app = App {
            store,
            clock: Arc::clone(&clock) as _,
            rng: Arc::new(SeededRng::new(number)),
            video: Arc::clone(&video) as Arc<FakeVideo> as _,
            messenger: Arc::clone(&messenger) as Arc<FakeMessenger> as _,
            hub: Arc::new(Hub::default()),
            jobs_ready: Arc::new(Notify::new()),
            passwords: Passwords::default(),
            last_used: LastUsed::default(),
            write_turns: WriteTurns::default(),
            sweep_position: SweepPosition::default(),
            public_url: "https://video.test".into(),
        };
        app.listen_to_commits();
        Self {
            app,
            clock,
            video,
            messenger,
            logs,
            number,
            people: AtomicU64::new(0),
            expects_undelivered: AtomicBool::new(false),
            database,
        }
    }

    /// A practice with its admin only.
    pub async fn set_up() -> (Self, TestStaff) {
        Self::empty().await.with_practice().await
    }

    /// The same on PostgreSQL, which several programs can share, whatever the environment selects.
    pub async fn set_up_on_postgres() -> (Self, TestStaff) {
        Self::with(SiteDatabase::new_postgres().await).with_practice().await
    }

    /// The same on SQLite, whose transactions share commits.
    pub async fn set_up_on_sqlite() -> (Self, TestStaff) {
        Self::with(SiteDatabase::new_sqlite().await).with_practice().await
    }

    async fn with_practice(self) -> (Self, TestStaff) {
        let site = self;
        let admin = site.persona("Alex");
        let user = practices::set_up(&site.app, setup_form(&admin)).await.expect("an empty server can be set up");
        let admin = site.staff(Actor::Staff(user), Some(admin));
        (site, admin)
    }

    /// A second program on the same PostgreSQL database, which has woken its watchers for the first time.
    pub async fn second_program(&self) -> App {
        let store = Store::open(&self.database()).await.expect("the database can be opened again");
        let (hub, jobs_ready) = (Arc::new(Hub::default()), Arc::new(Notify::new()));
        let rng = Arc::new(SeededRng::new(self.number + 1_000_000));
        let program = App { store, hub, jobs_ready, rng, ..self.app.clone() };
        program.listen_to_commits();
        program.jobs_ready.notified().await; // It listens, and has looked for what it may have missed.
        program
    }

    /// A practice with one host.
    pub async fn start() -> (Self, TestStaff) {
        let (site, admin) = Self::set_up().await;
        let host = site.add_host(&admin, "Sofia").await;
        (site, host)
    }

    /// A practice with one confirmed appointment that starts in `starts_in`. Host and guest have opened their links,
    /// and nothing else.
    pub async fn appointment_in(starts_in: SignedDuration) -> (Self, TestParticipant, TestParticipant) {
        let (site, host) = Self::start().await;
        let guest = site.persona("Jamie");
        let found = host.books_and_confirms(&guest, starts_in).await;
        site.run_due_jobs().await;
        let (host, guest) = site.participants(&found).await;
        (site, host, guest)
    }

    /// The same, starting in five minutes: the join window is open.
    pub async fn appointment() -> (Self, TestParticipant, TestParticipant) {
        Self::appointment_in(minutes(5)).await
    }

    /// The same, with both connected.
    pub async fn call() -> (Self, TestParticipant, TestParticipant) {
        let (site, host, guest) = Self::appointment().await;
        guest.enters().await.expect("the room is open");
        host.starts().await.expect("the room is open");
        host.connects().await.expect("a host may connect");
        guest.connects().await.expect("waiting guests are admitted at the start");
        (site, host, guest)
    }

    /// A new person.
    pub fn persona(&self, first: &str) -> Persona {
        let persona = Persona::new(first, self.number, self.people.fetch_add(1, SeqCst));
        persona.words().into_iter().for_each(|word| self.logs.forbid(word));
        persona
    }

    /// An admin adds a host with this first name.
    pub async fn add_host(&self, admin: &TestStaff, first: &str) -> TestStaff {
        let persona = self.persona(first);
        let form = new_user(&persona, "host");
        let user = users::add(&self.app, &admin.actor, form).await.expect("an admin may add people");
        self.staff(Actor::Staff(user), Some(persona))
    }

    /// An API client with all scopes, and its secret.
    pub async fn api_client(&self) -> (TestStaff, Secret) {
        self.api_client_with(KeyScopes::all()).await
    }

    /// An API client with these scopes.
    pub async fn api_client_with(&self, scopes: KeyScopes) -> (TestStaff, Secret) {
        let form = NewKey { name: "an API client".into(), scopes };
        let (key, secret) = api_keys::create(&self.app, &Actor::Console, form).await.expect("a key can be made");
        self.logs.forbid(secret.reveal());
        let actor = api_keys::find(&self.app, &key.id, &secret).await.expect("the store answers");
        (self.staff(actor.expect("a key that was just made"), None), secret)
    }

    /// Both participants of a confirmed appointment, through the links in their messages.
    pub async fn participants(&self, found: &AppointmentDetails) -> (TestParticipant, TestParticipant) {
        let of = |email: &str| self.messenger.link_to(email).expect("a message with a link");
        let host = of(found.host.email.reveal().as_str());
        let guest = of(found.appointment.guest.email().expect("a guest's address").reveal().as_str());
        (self.open_link(&host).await.expect("a host's link"), self.open_link(&guest).await.expect("a guest's link"))
    }

    /// Opens a personal link.
    pub async fn open_link(&self, link: &str) -> anteroom_app::Result<TestParticipant> {
        let secret = link.rsplit('/').next().unwrap_or_default();
        let secret: Secret = secret.parse().map_err(|_| anteroom_app::Error::NotFound)?;
        self.logs.forbid(secret.reveal());
        let actor = invitations::open(&self.app, &secret).await?;
        let Actor::Participant { consultation, participant, .. } = actor else {
            panic!("a link acts as a participant");
        };
        let stored = self.app.store.read().await?.find_consultation(consultation).await?;
        let room = stored.expect("a link belongs to a consultation").room;
        let (app, video) = (self.app.clone(), Arc::clone(&self.video));
        Ok(TestParticipant { app, video, actor, consultation, me: participant, room, link: link.to_owned() })
    }

    /// The host participant of an appointment, logged in instead of by link.
    pub async fn as_host(&self, staff: &TestStaff, id: AppointmentId) -> TestParticipant {
        let found = staff.finds(id).await.expect("one's own appointment");
        let consultation = found.consultation.expect("a confirmed appointment has its consultation");
        TestParticipant {
            app: self.app.clone(),
            video: Arc::clone(&self.video),
            actor: staff.actor.clone(),
            consultation: consultation.id,
            me: consultation.host_participant().expect("every consultation has a host").id,
            room: consultation.room,
            link: String::new(),
        }
    }

    /// Does all due jobs, as the workers do. Returns their number.
    pub async fn run_due_jobs(&self) -> usize {
        let mut delivered = 0;
        loop {
            let batch = jobs::run_due(&self.app).await.expect("the store answers");
            let messages = self.messenger.messages();
            messages.iter().filter_map(|message| message.link.as_ref()).for_each(|link| {
                let link: &String = link.reveal();
                self.logs.forbid(link.rsplit('/').next().unwrap_or(link));
            });
            let departed = self.video.report_departures(&self.app).await;
            delivered += batch;
            if batch + departed == 0 {
                return delivered;
            }
        }
    }

    /// This test leaves jobs undone on purpose.
    pub fn expect_undelivered(&self) {
        self.expects_undelivered.store(true, SeqCst);
    }

    /// URL of the database.
    pub fn database(&self) -> String {
        self.database.url()
    }

    /// From now on no consultation can be read, or it can again.
    pub fn set_database_broken(&self, is_broken: bool) {
        self.database.set_broken(is_broken);
    }

    /// A staff actor.
    pub fn staff(&self, actor: Actor, persona: Option<Persona>) -> TestStaff {
        TestStaff { app: self.app.clone(), actor, persona }
    }

    pub(crate) fn problems(&self) -> Vec<String> {
        let mut wrong: Vec<String> =
            self.logs.leaks().iter().map(|line| format!("personal data logged: {line}")).collect();
        wrong.extend(self.logs.errors().iter().map(|line| format!("unexpected error logged: {line}")));
        let left = read_lane_counts(self.database(), self.clock.now());
        let left = left.into_iter().filter(|(_, counts)| *counts != JobCounts::default());
        if !self.expects_undelivered.load(SeqCst) {
            wrong.extend(left.map(|(lane, JobCounts { due, given_up })| {
                format!("lane {}: {due} jobs are due and not done, {given_up} were given up", lane.as_str())
            }));
        }
        wrong
    }
}

impl Drop for TestSite {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let wrong = self.problems();
            assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        }
    }
}

/// Fields of the set-up form.
pub(crate) fn setup_form(admin: &Persona) -> practices::Setup {
    let (email, password) = admin.credentials();
    practices::Setup {
        practice: "Praxis am Park".into(),
        pack: "clinic".into(),
        language: "en".into(),
        zone: "Europe/Berlin".into(),
        name: Private::new(admin.name.clone()),
        email,
        password,
    }
}

/// Fields of the form to add a user.
pub(crate) fn new_user(persona: &Persona, role: &str) -> users::NewUser {
    let (email, password) = persona.credentials();
    users::NewUser {
        name: Private::new(persona.name.clone()),
        email,
        role: role.into(),
        zone: "Europe/Berlin".into(),
        password,
    }
}

/// Counts of due and given-up jobs.
fn read_lane_counts(database: String, now: Timestamp) -> Vec<(Lane, JobCounts)> {
    SiteDatabase::blocking(database, async move |store: Store| store.read().await?.lane_counts(now).await)
}
