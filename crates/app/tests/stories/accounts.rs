//! One's own account: login sessions and password.

use anteroom_app::accounts::PasswordChange;
use anteroom_app::sessions::{Login, LoginClient};
use anteroom_app::{Actor, accounts, devices, sessions, sweep};
use anteroom_domain::{FieldError, Language, Private};
use anteroom_testkit::{TestSite, TestStaff, hours, minutes, seconds};

use crate::{error_code, wrong_fields};

fn browser(name: &str) -> LoginClient {
    LoginClient::Browser { device: None, name: name.to_owned() }
}

async fn log_in(site: &TestSite, who: &TestStaff, client: LoginClient) -> anteroom_app::Result<Login> {
    let (email, password) = who.persona().credentials();
    let login = sessions::log_in(&site.app, &email, &password, client).await?;
    site.logs.forbid(login.secret.reveal());
    Ok(login)
}

async fn is_open(site: &TestSite, login: &Login) -> bool {
    sessions::find(&site.app, &login.secret).await.expect("the store answers").is_some()
}

#[tokio::test]
async fn sessions_are_listed_with_browser_and_last_use() {
    let (site, host) = TestSite::start().await;
    let phone = log_in(&site, &host, browser("Safari on iPhone")).await.unwrap();
    let program = log_in(&site, &host, LoginClient::ApiClient).await.unwrap();
    site.clock.advance(minutes(3));
    let laptop = log_in(&site, &host, browser("Firefox on Windows")).await.unwrap();
    site.clock.advance(minutes(4));
    assert!(is_open(&site, &phone).await);
    let now = site.app.clock.now();
    let own = async |current: &Login| {
        let own = sessions::own(&site.app, &host.actor, &current.secret).await.unwrap();
        own.into_iter().map(|s| (s.browser, s.used_at, s.is_current)).collect::<Vec<_>>()
    };
    let expected = [
        (Some("Firefox on Windows".to_owned()), now - minutes(4), true),
        (Some("Safari on iPhone".to_owned()), now, false),
        (None, now - minutes(7), false),
    ];
    assert_eq!(own(&laptop).await, expected);
    sweep::run(&site.app).await.unwrap();
    assert_eq!(own(&laptop).await, expected, "the uses are written down");
    assert!(own(&program).await[0].2);
    site.clock.advance(hours(12) - minutes(7));
    assert_eq!(own(&laptop).await.len(), 1, "expired sessions are not listed");
}

#[tokio::test]
async fn uses_are_written_down_by_the_sweep_only() {
    let (site, host) = TestSite::start().await;
    let login = log_in(&site, &host, browser("Firefox on Linux")).await.unwrap();
    let before = site.app.store.counts();
    for _ in 0..10 {
        site.clock.advance(minutes(1));
        assert!(is_open(&site, &login).await);
        sessions::own(&site.app, &host.actor, &login.secret).await.unwrap();
    }
    assert_eq!(site.app.store.counts(), before);
    sweep::run(&site.app).await.unwrap();
    let after = site.app.store.counts();
    site.clock.advance(seconds(100));
    assert!(is_open(&site, &login).await);
    sweep::run(&site.app).await.unwrap();
    assert_eq!(site.app.store.counts(), after, "a use soon after is not written again");
}

#[tokio::test]
async fn people_end_one_session_or_all_others() {
    let (site, host) = TestSite::start().await;
    let mut logins = Vec::new();
    for name in ["a", "b", "c", "d"] {
        logins.push(log_in(&site, &host, browser(name)).await.unwrap());
    }
    let [here, lost, phone, tablet] = &logins[..] else { panic!("four sessions") };
    let own = sessions::own(&site.app, &host.actor, &here.secret).await.unwrap();
    let id = &own.iter().find(|session| session.browser.as_deref() == Some("b")).unwrap().id;
    sessions::end(&site.app, &host.actor, id).await.unwrap();
    assert!(!is_open(&site, lost).await && is_open(&site, phone).await);
    assert_eq!(error_code(sessions::end(&site.app, &host.actor, id).await), "not_found");
    sessions::end_others(&site.app, &host.actor, &here.secret).await.unwrap();
    assert!(is_open(&site, here).await && !is_open(&site, phone).await && !is_open(&site, tablet).await);
}

#[tokio::test]
async fn people_end_all_of_their_sessions() {
    let (site, host) = TestSite::start().await;
    let logins = [
        log_in(&site, &host, browser("a")).await.unwrap(),
        log_in(&site, &host, LoginClient::ApiClient).await.unwrap(),
    ];
    sessions::end_all(&site.app, &host.actor).await.unwrap();
    for login in &logins {
        assert!(!is_open(&site, login).await);
    }
}

#[tokio::test]
async fn an_admin_ends_all_sessions_of_a_user() {
    let (site, admin) = TestSite::set_up().await;
    let (sofia, kim) = (site.add_host(&admin, "Sofia").await, site.add_host(&admin, "Kim").await);
    let login = log_in(&site, &sofia, browser("a")).await.unwrap();
    let mine = log_in(&site, &admin, browser("a")).await.unwrap();
    let (app, (api_client, _)) = (&site.app, site.api_client().await);
    assert_eq!(error_code(sessions::end_of_user(app, &kim.actor, sofia.id()).await), "forbidden");
    assert_eq!(error_code(sessions::end_of_user(app, &api_client.actor, sofia.id()).await), "person_only");
    assert!(is_open(&site, &login).await);
    sessions::end_of_user(app, &admin.actor, sofia.id()).await.unwrap();
    assert!(!is_open(&site, &login).await && is_open(&site, &mine).await);
    let nobody = anteroom_domain::UserId::new(app.clock.now(), [1; 10]);
    assert_eq!(error_code(sessions::end_of_user(app, &admin.actor, nobody).await), "not_found");
}

const NEW: &str = "eleven tidy walruses";

fn change(current: &Private<String>, new: &str) -> PasswordChange {
    PasswordChange { current: current.clone(), new: Private::new(new.into()) }
}

#[tokio::test]
async fn a_changed_password_ends_all_other_sessions() {
    let (site, host) = TestSite::start().await;
    site.logs.forbid(NEW);
    let (email, old) = host.persona().credentials();
    let here = log_in(&site, &host, browser("here")).await.unwrap();
    let phone = log_in(&site, &host, browser("phone")).await.unwrap();
    accounts::change_password(&site.app, &host.actor, &here.secret, change(&old, NEW)).await.unwrap();
    assert!(is_open(&site, &here).await && !is_open(&site, &phone).await);
    assert_eq!(error_code(log_in(&site, &host, LoginClient::ApiClient).await), "wrong_login");
    let new = Private::new(NEW.to_owned());
    assert!(sessions::log_in(&site.app, &email, &new, LoginClient::ApiClient).await.is_ok());
    let mut tx = site.app.store.read().await.unwrap();
    let recorded = tx.audit_of(&host.id().to_string(), 0, 10).await.unwrap().pop().unwrap().1;
    assert_eq!((recorded.kind.as_str(), recorded.author), ("user.password_changed", host.actor.author()));
}

#[tokio::test]
async fn a_password_is_changed_only_with_the_current_one_to_a_strong_one() {
    let (site, host) = TestSite::start().await;
    let (_, old) = host.persona().credentials();
    let login = log_in(&site, &host, browser("a")).await.unwrap();
    let (app, session) = (&site.app, &login.secret);
    let wrong = Private::new("not this one".to_owned());
    let refused = accounts::change_password(app, &host.actor, session, change(&wrong, NEW)).await;
    assert_eq!(error_code(refused), "wrong_password");
    let weak = accounts::change_password(app, &host.actor, session, change(&old, "password1")).await;
    assert_eq!(wrong_fields(weak), [("new_password", FieldError::WidelyUsed)]);
    let named = format!("{} 12", host.persona().name);
    let personal = accounts::change_password(app, &host.actor, session, change(&old, &named)).await;
    assert_eq!(wrong_fields(personal), [("new_password", FieldError::TooPersonal)]);
    let (api_client, secret) = site.api_client().await;
    let refused = accounts::change_password(app, &api_client.actor, &secret, change(&old, NEW)).await;
    assert_eq!(error_code(refused), "person_only");
    assert!(log_in(&site, &host, LoginClient::ApiClient).await.is_ok(), "nothing has changed");
}

#[tokio::test]
async fn an_ended_session_changes_no_password() {
    let (site, host) = TestSite::start().await;
    let (_, old) = host.persona().credentials();
    let login = log_in(&site, &host, browser("a")).await.unwrap();
    sessions::end_all(&site.app, &host.actor).await.unwrap();
    let refused = accounts::change_password(&site.app, &host.actor, &login.secret, change(&old, NEW)).await;
    assert_eq!(error_code(refused), "forbidden");
    assert!(log_in(&site, &host, LoginClient::ApiClient).await.is_ok());
}

#[tokio::test]
async fn sessions_of_others_are_neither_listed_nor_ended() {
    let (site, admin) = TestSite::set_up().await;
    let host = site.add_host(&admin, "Sofia").await;
    let (theirs, mine) = (
        log_in(&site, &host, browser("a")).await.unwrap(),
        log_in(&site, &admin, LoginClient::ApiClient).await.unwrap(),
    );
    let id = sessions::own(&site.app, &host.actor, &theirs.secret).await.unwrap().remove(0).id;
    assert_eq!(sessions::own(&site.app, &admin.actor, &mine.secret).await.unwrap().len(), 1);
    assert_eq!(error_code(sessions::end(&site.app, &admin.actor, &id).await), "not_found");
    sessions::end_others(&site.app, &admin.actor, &mine.secret).await.unwrap();
    assert!(is_open(&site, &theirs).await);
    let (api_client, secret) = site.api_client().await;
    assert_eq!(error_code(sessions::own(&site.app, &api_client.actor, &secret).await), "person_only");
}

#[tokio::test]
async fn expired_sessions_are_deleted_by_the_sweep() {
    let (site, host) = TestSite::start().await;
    log_in(&site, &host, LoginClient::ApiClient).await.unwrap();
    site.clock.advance(hours(11));
    log_in(&site, &host, LoginClient::ApiClient).await.unwrap();
    assert!(!sweep::run(&site.app).await.unwrap());
    site.clock.advance(hours(1));
    assert!(sweep::run(&site.app).await.unwrap(), "there may be more");
    assert!(!sweep::run(&site.app).await.unwrap());
    let sessions = site.app.store.read().await.unwrap().sessions_of(host.id()).await.unwrap();
    assert_eq!(sessions.len(), 1);
}

#[tokio::test]
async fn devices_are_forgotten_when_the_password_changes_or_sessions_are_ended() {
    let (site, admin) = TestSite::set_up().await;
    let sofia = site.add_host(&admin, "Sofia").await;
    let (email, password) = sofia.persona().credentials();
    for how in ["password", "others", "all", "admin"] {
        let here = log_in(&site, &sofia, browser("Firefox on Linux")).await.unwrap();
        let lost = log_in(&site, &sofia, browser("Safari on iPhone")).await.unwrap().device.expect("of a browser");
        assert!(devices::is_known(&site.app, &lost, &email).await.unwrap());
        let (app, actor) = (&site.app, &Actor::Staff(here.user.clone()));
        let form = PasswordChange { current: password.clone(), new: password.clone() };
        match how {
            "password" => accounts::change_password(app, actor, &here.secret, form).await.unwrap(),
            "others" => sessions::end_others(app, actor, &here.secret).await.unwrap(),
            "all" => sessions::end_all(app, actor).await.unwrap(),
            _ => sessions::end_of_user(app, &admin.actor, sofia.id()).await.unwrap(),
        }
        assert!(!devices::is_known(&site.app, &lost, &email).await.unwrap(), "{how}");
    }
}

#[tokio::test]
async fn messages_are_in_the_language_that_staff_choose() {
    let (site, host) = TestSite::start().await;
    let german = accounts::set_language(&site.app, &host.actor, "de").await.unwrap();
    let host = site.staff(Actor::Staff(german), Some(host.persona().clone()));
    let guest = site.persona("Jamie");
    host.books_and_confirms(&guest, minutes(60)).await;
    site.run_due_jobs().await;
    let language = |email: &str| site.messenger.messages_to(email)[0].language;
    assert_eq!((language(&host.persona().email), language(&guest.email)), (Language::De, Language::En));
    assert_eq!(
        wrong_fields(accounts::set_language(&site.app, &host.actor, "tlh").await),
        [("language", FieldError::UnknownChoice)]
    );
}
