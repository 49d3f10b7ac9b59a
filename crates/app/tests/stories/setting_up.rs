//! Set-up, users, and login sessions.

use anteroom_app::practices::{Changes, Setup};
use anteroom_app::sessions::LoginClient;
use anteroom_app::users::NewUser;
use anteroom_app::{Actor, practices, sessions, users};
use anteroom_domain::FieldError::*;
use anteroom_domain::{Private, StaffRole};
use anteroom_testkit::{Persona, TestSite, TestStaff, hours, seconds};

use crate::{error_code, wrong_fields};

fn setup_form(admin: &Persona) -> Setup {
    let (email, password) = admin.credentials();
    let name = Private::new(admin.name.clone());
    Setup {
        practice: "Praxis am Park".into(),
        pack: "therapy".into(),
        language: "de".into(),
        zone: "Europe/Berlin".into(),
        name,
        email,
        password,
    }
}

fn new_user(who: &Persona, role: &str) -> NewUser {
    let (email, password) = who.credentials();
    NewUser { name: Private::new(who.name.clone()), email, role: role.into(), zone: "Europe/Berlin".into(), password }
}

fn changes() -> Changes {
    Changes {
        name: "Praxis am See".into(),
        pack: "clinic".into(),
        language: "en".into(),
        zone: "Europe/Paris".into(),
        opens_before: 10,
        closes_after: 45,
        who_may_end: "either".into(),
        version: None,
    }
}

#[tokio::test]
async fn a_server_is_set_up_once() {
    let site = TestSite::empty().await;
    assert_eq!(practices::find(&site.app).await.unwrap(), None);
    assert_eq!(error_code(practices::fetch(&site.app).await), "not_found");
    let first = practices::set_up(&site.app, setup_form(&site.persona("Alex"))).await.unwrap();
    assert_eq!(first.role, StaffRole::Admin);
    assert_eq!(error_code(practices::set_up(&site.app, setup_form(&site.persona("Mallory"))).await), "already_founded");
    let practice = practices::fetch(&site.app).await.unwrap();
    assert_eq!((practice.name.as_str(), practice.zone.name()), ("Praxis am Park", "Europe/Berlin"));
    assert_eq!(users::list(&site.app, &Actor::Staff(first)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn one_of_two_concurrent_setups_wins() {
    let site = TestSite::empty().await;
    let (one, other) = (setup_form(&site.persona("Alex")), setup_form(&site.persona("Mallory")));
    let (one, other) = tokio::join!(practices::set_up(&site.app, one), practices::set_up(&site.app, other));
    assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|ok| **ok).count(), 1);
    let admin = Actor::Staff(one.or(other).unwrap());
    assert_eq!(users::list(&site.app, &admin).await.unwrap().len(), 1);
}

#[tokio::test]
async fn set_up_reports_all_errors_at_once() {
    let site = TestSite::empty().await;
    let requests = Setup {
        practice: " ".into(),
        pack: "vets".into(),
        language: "tlh".into(),
        zone: "Europe/Atlantis".into(),
        name: Private::new("A\u{202e}lex".into()),
        email: Private::new("alex".into()),
        password: Private::new("password".into()),
    };
    let expected = [
        ("email", Malformed),
        ("language", UnknownChoice),
        ("name", DirectionMarks),
        ("pack", UnknownChoice),
        ("password", WidelyUsed),
        ("practice", Empty),
        ("zone", UnknownZone),
    ];
    assert_eq!(wrong_fields(practices::set_up(&site.app, requests).await), expected);
    assert_eq!(practices::find(&site.app).await.unwrap(), None);
}

#[tokio::test]
async fn weak_passwords_are_refused() {
    let (site, admin) = TestSite::set_up().await;
    let sofia = site.persona("Sofia");
    for (password, why) in [
        ("letmein123456".into(), WidelyUsed),
        ("abcabcabcabcabc".into(), TooWeak),
        (sofia.email.clone(), TooPersonal),
        (sofia.name.clone(), TooPersonal),
        ("Praxis am Park".into(), TooPersonal),
        ("correct horse ".repeat(15), TooLong),
    ] {
        let requests = NewUser { password: Private::new(password), ..new_user(&sofia, "host") };
        assert_eq!(wrong_fields(users::add(&site.app, &admin.actor, requests).await), [("password", why)]);
    }
    let requests = NewUser { password: Private::new("пароль из слов".into()), ..new_user(&sofia, "host") };
    assert!(users::add(&site.app, &admin.actor, requests).await.is_ok(), "any script counts by characters");
}

#[tokio::test]
async fn only_admins_add_users() {
    let (site, admin) = TestSite::set_up().await;
    let host = site.add_host(&admin, "Sofia").await;
    let (api_client, _) = site.api_client().await;
    assert_eq!(
        error_code(users::add(&site.app, &host.actor, new_user(&site.persona("Kim"), "host")).await),
        "forbidden"
    );
    let robin = users::NewUser { password: String::new().into(), ..new_user(&site.persona("Robin"), "host") };
    assert!(users::add(&site.app, &api_client.actor, robin).await.is_ok());
    assert_eq!(users::list(&site.app, &host.actor).await.unwrap().len(), 3);
}

#[tokio::test]
async fn adding_a_user_reports_all_errors_at_once() {
    let (site, admin) = TestSite::set_up().await;
    let requests = NewUser {
        name: Private::new("\u{200b}".into()),
        email: Private::new("so fia@practice.example".into()),
        role: "guest".into(),
        zone: String::new(),
        password: Private::new("short".into()),
    };
    let expected =
        [("email", Malformed), ("name", Empty), ("password", TooWeak), ("role", UnknownChoice), ("zone", Empty)];
    assert_eq!(wrong_fields(users::add(&site.app, &admin.actor, requests).await), expected);
    assert_eq!(users::list(&site.app, &admin.actor).await.unwrap().len(), 1);
}

#[tokio::test]
async fn addresses_are_unique_ignoring_case() {
    let (site, admin) = TestSite::set_up().await;
    let sofia = site.persona("Sofia");
    users::add(&site.app, &admin.actor, new_user(&sofia, "host")).await.unwrap();
    let mut twin = new_user(&site.persona("Kim"), "host");
    twin.email = Private::new(sofia.email.to_uppercase());
    assert_eq!(wrong_fields(users::add(&site.app, &admin.actor, twin).await), [("email", Taken)]);
    let (_, password) = sofia.credentials();
    let login =
        sessions::log_in(&site.app, &Private::new(sofia.email.to_uppercase()), &password, LoginClient::ApiClient).await;
    assert!(login.is_ok());
}

#[tokio::test]
async fn an_address_of_lookalike_letters_is_another_account() {
    let (site, admin) = TestSite::set_up().await;
    let mike = site.persona("Mike");
    users::add(&site.app, &admin.actor, new_user(&mike, "host")).await.unwrap();
    let (_, password) = mike.credentials();
    let log_in = async |email: String| {
        sessions::log_in(&site.app, &Private::new(email), &password, LoginClient::ApiClient).await
    };
    let kelvin = mike.email.replace('k', "\u{212a}");
    assert_eq!(error_code(log_in(kelvin).await), "wrong_login");
    let full_width = mike.email.replace("@c", "@\u{ff43}");
    assert!(log_in(full_width.clone()).await.is_ok(), "another spelling of the same domain");
    let mut twin = new_user(&site.persona("Kim"), "host");
    twin.email = Private::new(full_width);
    assert_eq!(wrong_fields(users::add(&site.app, &admin.actor, twin).await), [("email", Taken)]);
}

async fn log_in(site: &TestSite, who: &TestStaff) -> anteroom_app::Result<sessions::Login> {
    let (email, password) = who.persona().credentials();
    sessions::log_in(&site.app, &email, &password, LoginClient::ApiClient).await
}

#[tokio::test]
async fn a_session_lasts_a_working_day() {
    let (site, host) = TestSite::start().await;
    let login = log_in(&site, &host).await.unwrap();
    site.logs.forbid(login.secret.reveal());
    let find = || sessions::find(&site.app, &login.secret);
    assert!(matches!(find().await.unwrap(), Some(Actor::Staff(user)) if user.id == host.id()));
    site.clock.advance(hours(12) - seconds(1));
    assert!(find().await.unwrap().is_some());
    site.clock.advance(seconds(1));
    assert!(find().await.unwrap().is_none());
}

#[tokio::test]
async fn a_wrong_login_does_not_reveal_the_reason() {
    let (site, host) = TestSite::start().await;
    let (email, password) = host.persona().credentials();
    let unknown = Private::new("nobody@canary.example".into());
    let wrong = Private::new("some other password".into());
    let mut answers = Vec::new();
    for (email, password) in [(&email, &wrong), (&unknown, &password), (&unknown, &wrong), (&wrong, &wrong)] {
        let answer = sessions::log_in(&site.app, email, password, LoginClient::ApiClient).await.unwrap_err();
        answers.push((answer.code(), answer.to_string()));
    }
    assert_eq!(answers[0].0, "wrong_login");
    answers.dedup();
    assert_eq!(answers.len(), 1);
    for empty in ["", " ", "\0"] {
        let empty = Private::new(empty.to_owned());
        assert_eq!(
            error_code(sessions::log_in(&site.app, &email, &empty, LoginClient::ApiClient).await),
            "wrong_login"
        );
    }
}

#[tokio::test]
async fn logging_out_ends_one_session_only() {
    let (site, host) = TestSite::start().await;
    let (here, there) = (log_in(&site, &host).await.unwrap(), log_in(&site, &host).await.unwrap());
    assert!(here.secret != there.secret);
    for _ in 0..2 {
        sessions::log_out(&site.app, &here.secret).await.unwrap();
        assert!(sessions::find(&site.app, &here.secret).await.unwrap().is_none());
    }
    assert!(sessions::find(&site.app, &there.secret).await.unwrap().is_some());
}

#[tokio::test]
async fn only_admins_change_the_practice() {
    let (site, admin) = TestSite::set_up().await;
    let host = site.add_host(&admin, "Sofia").await;
    assert_eq!(error_code(practices::change(&site.app, &host.actor, changes()).await), "forbidden");
    practices::change(&site.app, &admin.actor, changes()).await.unwrap();
    let practice = practices::fetch(&site.app).await.unwrap();
    assert_eq!((practice.name.as_str(), practice.policy.opens_before()), ("Praxis am See", 10));
}

/// Two admins open the page; the second to save must not undo what the first has changed.
#[tokio::test]
async fn settings_changed_meanwhile_are_not_overwritten() {
    let (site, admin) = TestSite::set_up().await;
    let opened = practices::fetch(&site.app).await.unwrap().version;
    let first = Changes { version: Some(opened), ..changes() };
    practices::change(&site.app, &admin.actor, first).await.unwrap();
    let second = Changes { version: Some(opened), name: "Praxis".into(), ..changes() };
    assert_eq!(error_code(practices::change(&site.app, &admin.actor, second).await), "busy");
    assert_eq!(practices::fetch(&site.app).await.unwrap().name, "Praxis am See");
}

#[tokio::test]
async fn changing_the_practice_reports_all_errors_at_once() {
    let (site, admin) = TestSite::set_up().await;
    let before = practices::fetch(&site.app).await.unwrap();
    let requests = Changes {
        name: "Pra\nxis".into(),
        pack: String::new(),
        language: "tlh".into(),
        zone: "localtime".into(),
        opens_before: -1,
        closes_after: 100_000,
        who_may_end: "anyone".into(),
        version: None,
    };
    let expected = [
        ("closes_after", OutOfRange),
        ("language", UnknownChoice),
        ("name", ControlCharacters),
        ("opens_before", OutOfRange),
        ("pack", UnknownChoice),
        ("who_may_end", UnknownChoice),
        ("zone", UnknownZone),
    ];
    assert_eq!(wrong_fields(practices::change(&site.app, &admin.actor, requests).await), expected);
    assert_eq!(practices::fetch(&site.app).await.unwrap(), before);
}
