//! Every use case with API keys of one scope each.

use std::collections::BTreeSet;
use std::path::Path;

use anteroom_app::accounts::PasswordChange;
use anteroom_app::api_keys::NewKey;
use anteroom_app::appointment_lists::{MAX_PART, Part};
use anteroom_app::tickets::TicketRequest;
use anteroom_app::{
    Actor, ConsultationWatch, DayWatch, accounts, api_keys, appointment_lists, appointments, consultations, handovers,
    invitations, messages, monitoring, password_links, practices, records, sessions, tickets, time_zone_changes, users,
    waiting_room,
};
use anteroom_domain::{ApiKeyId, KeyScope, Role, Secret, StaffRole, UserId};
use anteroom_testkit::{TestParticipant, TestSite, hours};

use crate::error_code;

/// Columns: `booking`, `record`, `media`, `metrics`. `y` allowed; `s` the scope is
/// missing; `p` only for people. The scopes are described in docs/running.md.
const TABLE: &[(&str, &str)] = &[
    ("accounts::change_password", "p p p p"),
    ("accounts::set_language", "p p p p"),
    ("api_keys::create", "p p p p"),
    ("api_keys::list", "p p p p"),
    ("api_keys::revoke", "p p p p"),
    ("appointment_lists::part", "y y s s"),
    ("appointment_lists::day", "y s s s"),
    ("appointment_lists::upcoming", "y s s s"),
    ("appointments::book", "y s s s"),
    ("appointments::confirm", "y s s s"),
    ("appointments::cancel", "y s s s"),
    ("appointments::fetch", "y y s s"),
    ("consultations::standing", "s y y s"),
    ("consultations::of_appointment", "y y s s"),
    ("consultations::start", "s s y s"),
    ("consultations::answer_still_there", "s s y s"),
    ("records::record_outcome", "y s s s"),
    ("handovers::hand_over", "p p p p"),
    ("handovers::hand_over_all", "p p p p"),
    ("handovers::deactivate", "p p p p"),
    ("invitations::reissue", "y s s s"),
    ("invitations::reissue of the host", "s s s s"), // needs `booking` and `media`
    ("invitations::reissue_to", "y s s s"),
    ("invitations::replace", "y s s s"),
    ("invitations::replace of the host", "s s s s"),
    ("invitations::replace_for", "y s s s"),
    ("messages::deliveries", "y y s s"),
    ("monitoring::metrics", "s s s y"),
    ("monitoring::webhook_losses", "p p p p"),
    ("password_links::issue", "p p p p"),
    ("practices::change", "p p p p"),
    ("sessions::own", "p p p p"),
    ("sessions::end", "p p p p"),
    ("sessions::end_others", "p p p p"),
    ("sessions::end_all", "p p p p"),
    ("sessions::end_of_user", "p p p p"),
    ("tickets::issue", "s s y s"),
    ("tickets::issue_for", "s s y s"),
    ("time_zone_changes::list", "y y s s"),
    ("users::add", "y s s s"),
    ("users::list", "y y s s"),
    ("users::fetch", "y y s s"),
    ("users::upcoming", "y y s s"),
    ("users::change_role", "p p p p"),
    ("users::deactivate", "p p p p"),
    ("users::reactivate", "p p p p"),
    ("waiting_room::enter", "s s y s"),
    ("waiting_room::leave", "s s y s"),
    ("waiting_room::admit", "s s y s"),
    ("waiting_room::decline", "s s y s"),
    ("waiting_room::expel", "s s y s"),
    ("hub/consultation_watch::standing", "s y y s"),
    ("hub/day_watch::new", "y s s s"),
    ("hub/day_watch::is_of", "y s s s"),
    ("lib::watch_access", "y y y y"),
    ("consultations::end", "s s y s"), // the last one: it changes what the others answer
];

/// What a permitted call is answered with where another rule refuses it. All others succeed.
const REFUSED_BY_OTHER_RULES: &[(&str, &str)] = &[
    ("appointments::cancel", "already_started"),
    ("records::record_outcome", "not_over"),
    ("waiting_room::enter", "guest_only"),
    ("waiting_room::leave", "guest_only"),
    ("waiting_room::admit", "no_longer_waiting"), // the guest's links were replaced
    ("waiting_room::decline", "no_longer_waiting"),
];

/// Use cases that change nothing. A request that began before its key was revoked may still read.
const READS: &[&str] = &[
    "appointment_lists::part",
    "appointment_lists::day",
    "appointment_lists::upcoming",
    "appointments::fetch",
    "consultations::standing",
    "consultations::of_appointment",
    "messages::deliveries",
    "monitoring::metrics",
    "time_zone_changes::list",
    "users::list",
    "users::fetch",
    "users::upcoming",
    "hub/consultation_watch::standing",
    "hub/day_watch::new",
    "hub/day_watch::is_of",
    "lib::watch_access",
];

/// What the use cases are about.
struct Subject {
    site: TestSite,
    admin: Actor,
    host: TestParticipant,
    guest: TestParticipant,
    user: UserId,
    secret: Secret,
}

#[tokio::test]
async fn a_revoked_key_changes_nothing_any_more() {
    let subject = Subject::new().await;
    let (client, _) = subject.site.api_client().await;
    let Actor::Key { id: key, .. } = &client.actor else { panic!("an API client has a key") };
    api_keys::revoke(&subject.site.app, &subject.admin, key).await.unwrap();
    let for_people = |expected: &str| expected == "p p p p";
    for (name, _) in TABLE.iter().filter(|(_, expected)| !for_people(expected)) {
        let expected = if READS.contains(name) { "yes" } else { "forbidden" };
        assert_eq!(subject.outcome(&client.actor, name).await, expected, "{name}");
    }
    subject.site.run_due_jobs().await;
}

#[tokio::test]
async fn a_key_does_what_its_scope_permits() {
    let subject = Subject::new().await;
    let mut wrong = Vec::new();
    for (name, expected) in TABLE {
        let mut row = Vec::new();
        for scope in KeyScope::ALL {
            let (client, _) = subject.site.api_client_with([scope].into_iter().collect()).await;
            row.push(match subject.outcome(&client.actor, name).await {
                "scope_missing" => "s",
                "person_only" => "p",
                "yes" => "y",
                code if REFUSED_BY_OTHER_RULES.contains(&(*name, code)) => "y",
                other => other,
            });
        }
        if row.join(" ") != *expected {
            wrong.push(format!("{name}: {} instead of {expected}", row.join(" ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    subject.site.run_due_jobs().await;
}

#[tokio::test]
async fn the_host_s_link_needs_booking_and_media() {
    let (site, host, _guest) = TestSite::appointment().await;
    let id = host.standing().await.appointment;
    let (client, _) = site.api_client_with([KeyScope::Booking, KeyScope::Media].into_iter().collect()).await;
    let link = invitations::reissue(&site.app, &client.actor, id, Role::Host).await.unwrap();
    assert_eq!(site.open_link(&link).await.unwrap().me, host.me);
}

/// Reads the sources: a use case that is missing here would be tested by nothing.
#[test]
fn the_table_lists_every_use_case_with_an_actor() {
    let mut found = BTreeSet::new();
    find_use_cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut found);
    let listed: BTreeSet<String> = TABLE.iter().map(|(name, _)| name.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(found, listed);
}

/// Public functions and methods with an actor in a folder and those below it, as `folder/file::name`.
fn find_use_cases(folder: &Path, prefix: &str, found: &mut BTreeSet<String>) {
    for file in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = file.expect("it can be listed").path();
        let module = format!("{prefix}{}", path.file_stem().expect("a file has a name").to_string_lossy());
        if path.is_dir() {
            find_use_cases(&path, &format!("{module}/"), found);
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a source file");
        for part in ["pub async fn ", "pub fn "].iter().flat_map(|start| text.split(start).skip(1)) {
            let (name, rest) = part.split_once('(').expect("a function has parameters");
            if rest.split_once(')').expect("they end").0.contains("actor: &Actor") {
                found.insert(format!("{module}::{name}"));
            }
        }
    }
}

impl Subject {
    async fn new() -> Self {
        let (site, host, guest) = TestSite::call().await;
        let users = users::list(&site.app, &Actor::Console).await.expect("the store answers");
        let (mut admins, others): (Vec<_>, Vec<_>) = users.into_iter().partition(|user| user.role == StaffRole::Admin);
        let (admin, user) = (Actor::Staff(admins.remove(0)), others[0].id);
        Self { site, host, guest, admin, user, secret: Secret::new([7; 24]) }
    }

    async fn outcome(&self, actor: &Actor, name: &str) -> &'static str {
        let app = &self.site.app;
        let (id, guest, user) = (self.host.consultation, self.guest.me, self.user);
        let appointment = self.host.standing().await.appointment;
        let range = (app.clock.now(), app.clock.now() + hours(1));
        match name {
            "accounts::change_password" => {
                let form = PasswordChange { current: String::new().into(), new: String::new().into() };
                error_code(accounts::change_password(app, actor, &self.secret, form).await)
            }
            "api_keys::create" => {
                let form = NewKey { name: "a program".into(), scopes: KeyScope::ALL.into_iter().collect() };
                error_code(api_keys::create(app, actor, form).await)
            }
            "api_keys::list" => error_code(api_keys::list(app, actor).await),
            "api_keys::revoke" => error_code(api_keys::revoke(app, actor, &ApiKeyId::from_text("key_0")).await),
            "appointment_lists::part" => {
                error_code(appointment_lists::part(app, actor, None, range, None, MAX_PART).await)
            }
            "appointment_lists::day" => error_code(appointment_lists::day(app, actor, range, Part::First).await),
            "appointment_lists::upcoming" => error_code(appointment_lists::upcoming(app, actor, range, 1).await),
            "appointments::book" => {
                let staff = self.site.staff(actor.clone(), None);
                let booking = staff.booking(&self.site.persona("Kim"), hours(9));
                error_code(staff.books(appointments::Booking { host: Some(user.to_string()), ..booking }).await)
            }
            "appointments::confirm" => error_code(appointments::confirm(app, actor, appointment).await),
            "appointments::cancel" => error_code(appointments::cancel(app, actor, appointment).await),
            "appointments::fetch" => error_code(appointments::fetch(app, actor, appointment).await),
            "consultations::standing" => error_code(consultations::standing(app, actor, id).await),
            "consultations::of_appointment" => error_code(consultations::of_appointment(app, actor, appointment).await),
            "consultations::start" => error_code(consultations::start(app, actor, id).await),
            "consultations::end" => error_code(consultations::end(app, actor, id).await),
            "invitations::reissue" => error_code(invitations::reissue(app, actor, appointment, Role::Guest).await),
            "invitations::reissue of the host" => {
                error_code(invitations::reissue(app, actor, appointment, Role::Host).await)
            }
            "invitations::reissue_to" => error_code(invitations::reissue_to(app, actor, appointment, guest).await),
            "invitations::replace" => error_code(invitations::replace(app, actor, appointment, Role::Guest).await),
            "invitations::replace of the host" => {
                error_code(invitations::replace(app, actor, appointment, Role::Host).await)
            }
            "invitations::replace_for" => error_code(invitations::replace_for(app, actor, appointment, guest).await),
            "messages::deliveries" => error_code(messages::deliveries(app, actor, appointment).await),
            "monitoring::metrics" => error_code(monitoring::metrics(app, actor).await),
            "monitoring::webhook_losses" => error_code(monitoring::webhook_losses(app, actor)),
            "practices::change" => error_code(practices::change(app, actor, changes()).await),
            "consultations::answer_still_there" => error_code(consultations::answer_still_there(app, actor, id).await),
            "records::record_outcome" => {
                error_code(records::record_outcome(app, actor, appointment, "took_place").await)
            }
            "tickets::issue_for" => error_code(tickets::issue_for(app, actor, id, TicketRequest::default()).await),
            "tickets::issue" => error_code(tickets::issue(app, actor, id, None).await),
            "time_zone_changes::list" => error_code(time_zone_changes::list(app, actor).await),
            "handovers::hand_over" => error_code(handovers::hand_over(app, actor, appointment, "usr_x").await),
            "waiting_room::enter" => error_code(waiting_room::enter(app, actor, id, None).await),
            "waiting_room::leave" => error_code(waiting_room::leave(app, actor, id, None).await),
            "waiting_room::admit" => error_code(waiting_room::admit(app, actor, id, guest).await),
            "waiting_room::expel" => error_code(waiting_room::expel(app, actor, id, guest).await),
            "waiting_room::decline" => error_code(waiting_room::decline(app, actor, id, guest).await),
            _ => self.outcome_of_accounts(actor, name).await,
        }
    }

    async fn outcome_of_accounts(&self, actor: &Actor, name: &str) -> &'static str {
        let (app, user, secret) = (&self.site.app, self.user, &self.secret);
        match name {
            "password_links::issue" => error_code(password_links::issue(app, actor, user).await),
            "sessions::own" => error_code(sessions::own(app, actor, secret).await),
            "sessions::end" => error_code(sessions::end(app, actor, "0").await),
            "sessions::end_others" => error_code(sessions::end_others(app, actor, secret).await),
            "sessions::end_all" => error_code(sessions::end_all(app, actor).await),
            "sessions::end_of_user" => error_code(sessions::end_of_user(app, actor, user).await),
            "users::add" => {
                let kim = self.site.persona("Lee");
                let (email, _) = kim.credentials();
                let (name, role, password) = (kim.name.clone().into(), "host".to_owned(), String::new().into());
                error_code(
                    users::add(app, actor, users::NewUser { name, email, role, zone: "UTC".into(), password }).await,
                )
            }
            "users::list" => error_code(users::list(app, actor).await),
            "users::fetch" => error_code(users::fetch(app, actor, user).await),
            "users::upcoming" => error_code(users::upcoming(app, actor, user).await),
            "users::change_role" => error_code(users::change_role(app, actor, user, "admin").await),
            "users::deactivate" => error_code(users::deactivate(app, actor, user).await),
            "accounts::set_language" => error_code(accounts::set_language(app, actor, "de").await),
            "handovers::hand_over_all" => error_code(handovers::hand_over_all(app, actor, user, "usr_x").await),
            "handovers::deactivate" => error_code(handovers::deactivate(app, actor, user, "usr_x").await),
            "users::reactivate" => error_code(users::reactivate(app, actor, user).await),
            _ => self.outcome_of_watches(actor, name).await,
        }
    }

    async fn outcome_of_watches(&self, actor: &Actor, name: &str) -> &'static str {
        let app = &self.site.app;
        match name {
            "hub/consultation_watch::standing" => {
                error_code(ConsultationWatch::new(app, self.host.consultation).standing(app, actor).await)
            }
            "hub/day_watch::new" => error_code(DayWatch::new(app, actor)),
            "hub/day_watch::is_of" => {
                error_code(DayWatch::new(app, &Actor::Console).and_then(|watch| watch.is_of(actor)))
            }
            "lib::watch_access" => app.watch_access(actor).map_or("no watch", |_| "yes"),
            _ => panic!("no call for {name}"),
        }
    }
}

fn changes() -> practices::Changes {
    practices::Changes {
        name: "A practice".into(),
        pack: "clinic".into(),
        language: String::new(),
        zone: "UTC".into(),
        opens_before: 15,
        closes_after: 30,
        who_may_end: "host".into(),
        version: None,
    }
}
