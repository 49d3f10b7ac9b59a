//! One's own account: login sessions and password.

use anteroom_app::sessions::{Login, LoginClient};
use anteroom_app::{sessions, sweep};
use anteroom_testkit::{TestSite, TestStaff, hours, minutes, seconds};

use crate::error_code;

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
