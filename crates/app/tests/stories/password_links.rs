//! Links with which members of staff set their password.

use anteroom_app::sessions::LoginClient;
use anteroom_app::{Actor, password_links, sessions, sweep, users};
use anteroom_domain::{Author, FieldError, Private, Secret};
use anteroom_testkit::{TestSite, TestStaff, hours, seconds};

use crate::{error_code, wrong_fields};

const NEW: &str = "eleven tidy walruses";

fn new() -> Private<String> {
    Private::new(NEW.to_owned())
}

async fn link(site: &TestSite, admin: &TestStaff, user: &TestStaff) -> Secret {
    let issued = password_links::issue(&site.app, &admin.actor, user.id()).await.expect("an admin may");
    let secret = issued.url.reveal().strip_prefix("https://video.test/password/").expect("a link").to_owned();
    site.logs.forbid(&secret);
    site.logs.forbid(NEW);
    secret.parse().expect("a secret")
}

async fn log_in(site: &TestSite, who: &TestStaff, password: &Private<String>) -> &'static str {
    let (email, _) = who.persona().credentials();
    error_code(sessions::log_in(&site.app, &email, password, LoginClient::ApiClient).await)
}

#[tokio::test]
async fn a_link_sets_the_password_once_and_ends_all_sessions() {
    let (site, admin) = TestSite::set_up().await;
    let sofia = site.add_host(&admin, "Sofia").await;
    let (email, old) = sofia.persona().credentials();
    let session = sessions::log_in(&site.app, &email, &old, LoginClient::ApiClient).await.unwrap();
    let link = link(&site, &admin, &sofia).await;
    assert_eq!(log_in(&site, &sofia, &old).await, "yes", "a link that is not used changes nothing");
    password_links::set_password(&site.app, &link, &new()).await.unwrap();
    assert!(sessions::find(&site.app, &session.secret).await.unwrap().is_none());
    assert_eq!(log_in(&site, &sofia, &old).await, "wrong_login");
    assert_eq!(log_in(&site, &sofia, &new()).await, "yes");
    assert_eq!(error_code(password_links::set_password(&site.app, &link, &old).await), "not_found");
    assert_eq!(error_code(password_links::open(&site.app, &link).await), "not_found");
    let mut tx = site.app.store.read().await.unwrap();
    let rows = tx.audit_of(&sofia.id().to_string(), 0, 10).await.unwrap().into_iter();
    let recorded: Vec<_> = rows.map(|(_, row)| (row.kind, row.author)).collect();
    let by_admin = |kind: &str| (kind.to_owned(), admin.actor.author());
    let by_sofia = ("user.password_changed".to_owned(), Author::User(sofia.id()));
    assert_eq!(recorded, [by_admin("user.added"), by_admin("user.password_link_issued"), by_sofia]);
}

/// A browser that an administrator left open does not know the password.
#[tokio::test]
async fn nobody_gets_a_link_for_their_own_account() {
    let (site, admin) = TestSite::set_up().await;
    assert_eq!(error_code(password_links::issue(&site.app, &admin.actor, admin.id()).await), "own_password");
    assert_eq!(error_code(password_links::issue(&site.app, &Actor::Console, admin.id()).await), "yes");
}

/// On PostgreSQL, whose transactions run at the same time.
#[tokio::test]
async fn a_link_used_twice_at_once_sets_one_password() {
    let (site, admin) = TestSite::set_up_on_postgres().await;
    let sofia = site.add_host(&admin, "Sofia").await;
    let (first, other) = (new(), Private::new("nine loud umbrellas".to_owned()));
    for round in 0..5 {
        let link = link(&site, &admin, &sofia).await;
        let (one, two) = tokio::join!(
            password_links::set_password(&site.app, &link, &first),
            password_links::set_password(&site.app, &link, &other)
        );
        let answers = [error_code(one), error_code(two)];
        assert!(answers == ["yes", "not_found"] || answers == ["not_found", "yes"], "round {round}: {answers:?}");
    }
}

#[tokio::test]
async fn a_link_expires_after_a_day_and_is_deleted() {
    let (site, admin) = TestSite::set_up().await;
    let sofia = site.add_host(&admin, "Sofia").await;
    let link = link(&site, &admin, &sofia).await;
    site.clock.advance(hours(24) - seconds(1));
    sweep::run(&site.app).await.unwrap();
    assert_eq!(password_links::open(&site.app, &link).await.unwrap().id, sofia.id());
    site.clock.advance(seconds(1));
    assert_eq!(error_code(password_links::open(&site.app, &link).await), "not_found");
    assert_eq!(error_code(password_links::set_password(&site.app, &link, &new()).await), "not_found");
    sweep::run(&site.app).await.unwrap();
    assert_eq!(site.app.store.read().await.unwrap().first_password_link_expiry().await.unwrap(), None);
}

#[tokio::test]
async fn a_newer_link_a_new_password_and_a_deactivation_end_a_link() {
    let (site, admin) = TestSite::set_up().await;
    let sofia = site.add_host(&admin, "Sofia").await;
    let first = link(&site, &admin, &sofia).await;
    let second = link(&site, &admin, &sofia).await;
    assert_eq!(error_code(password_links::open(&site.app, &first).await), "not_found");
    let (email, old) = sofia.persona().credentials();
    let session = sessions::log_in(&site.app, &email, &old, LoginClient::ApiClient).await.unwrap();
    let change = anteroom_app::accounts::PasswordChange { current: old, new: new() };
    anteroom_app::accounts::change_password(&site.app, &sofia.actor, &session.secret, change).await.unwrap();
    assert_eq!(error_code(password_links::open(&site.app, &second).await), "not_found");
    let third = link(&site, &admin, &sofia).await;
    users::deactivate(&site.app, &admin.actor, sofia.id()).await.unwrap();
    assert_eq!(error_code(password_links::open(&site.app, &third).await), "not_found");
    assert_eq!(error_code(password_links::issue(&site.app, &admin.actor, sofia.id()).await), "deactivated");
    users::reactivate(&site.app, &admin.actor, sofia.id()).await.unwrap();
    assert_eq!(error_code(password_links::open(&site.app, &third).await), "not_found");
}

#[tokio::test]
async fn a_user_without_a_password_sets_the_first_one() {
    let (site, admin) = TestSite::set_up().await;
    let sofia = site.persona("Sofia");
    let form = users::NewUser {
        name: sofia.name.clone().into(),
        email: sofia.email.clone().into(),
        role: "host".into(),
        zone: "Europe/Berlin".into(),
        password: Private::new(String::new()),
    };
    let user = users::add(&site.app, &admin.actor, form).await.unwrap();
    let sofia = site.staff(anteroom_app::Actor::Staff(user), Some(sofia));
    for tried in [Private::new(String::new()), new()] {
        assert_eq!(log_in(&site, &sofia, &tried).await, "wrong_login");
    }
    let link = link(&site, &admin, &sofia).await;
    let weak = password_links::set_password(&site.app, &link, &Private::new("password1".to_owned())).await;
    assert_eq!(wrong_fields(weak), [("new_password", FieldError::WidelyUsed)]);
    password_links::set_password(&site.app, &link, &new()).await.unwrap();
    assert_eq!(log_in(&site, &sofia, &new()).await, "yes");
}

#[tokio::test]
async fn password_links_are_made_by_admins_only() {
    let (site, admin) = TestSite::set_up().await;
    let (sofia, kim) = (site.add_host(&admin, "Sofia").await, site.add_host(&admin, "Kim").await);
    let (api_client, _) = site.api_client().await;
    assert_eq!(error_code(password_links::issue(&site.app, &kim.actor, sofia.id()).await), "forbidden");
    assert_eq!(error_code(password_links::issue(&site.app, &api_client.actor, sofia.id()).await), "person_only");
    let nobody = anteroom_domain::UserId::new(site.app.clock.now(), [1; 10]);
    assert_eq!(error_code(password_links::issue(&site.app, &admin.actor, nobody).await), "not_found");
}

#[tokio::test]
async fn links_of_an_admin_end_with_their_role_and_account() {
    let (site, admin) = TestSite::set_up().await;
    let (sofia, noah) = (site.add_host(&admin, "Sofia").await, site.add_host(&admin, "Noah").await);
    let link = link(&site, &admin, &noah).await;
    users::change_role(&site.app, &Actor::Console, sofia.id(), "admin").await.unwrap();
    users::change_role(&site.app, &Actor::Console, admin.id(), "host").await.unwrap();
    assert_eq!(error_code(password_links::set_password(&site.app, &link, &new()).await), "not_found");
    users::change_role(&site.app, &Actor::Console, admin.id(), "admin").await.unwrap();
    users::deactivate(&site.app, &Actor::Console, admin.id()).await.unwrap();
    assert_eq!(error_code(password_links::open(&site.app, &link).await), "not_found");
    users::reactivate(&site.app, &Actor::Console, admin.id()).await.unwrap();
    assert_eq!(error_code(password_links::open(&site.app, &link).await), "yes");
}
