//! Roles and deactivation of members of staff.

use anteroom_app::appointment_lists::MAX_PART;
use anteroom_app::sessions::LoginClient;
use anteroom_app::{
    Actor, api_keys, appointment_lists, appointments, consultations, invitations, password_links, practices, sessions,
    users,
};
use anteroom_domain::{FieldError, KeyScope, MessageKind, Role, StaffRole};
use anteroom_testkit::{TestSite, TestStaff, hours, minutes};

use crate::{error_code, wrong_fields};

async fn log_in(site: &TestSite, who: &TestStaff) -> anteroom_app::Result<sessions::Login> {
    let (email, password) = who.persona().credentials();
    sessions::log_in(&site.app, &email, &password, LoginClient::ApiClient).await
}

async fn history(site: &TestSite, who: &TestStaff) -> Vec<String> {
    let mut tx = site.app.store.read().await.expect("the store answers");
    let rows = tx.audit_of(&who.id().to_string(), 0, 100).await.expect("the store answers");
    rows.into_iter().map(|(_, row)| row.kind).collect()
}

#[tokio::test]
async fn a_changed_role_counts_at_once() {
    let (site, admin) = TestSite::set_up().await;
    let sofia = site.add_host(&admin, "Sofia").await;
    let login = log_in(&site, &sofia).await.unwrap();
    users::change_role(&site.app, &admin.actor, sofia.id(), "admin").await.unwrap();
    let actor = sessions::find(&site.app, &login.secret).await.unwrap().unwrap();
    users::change_role(&site.app, &actor, admin.id(), "host").await.unwrap();
    let demoted = users::fetch(&site.app, &actor, admin.id()).await.unwrap();
    assert_eq!(demoted.role, StaffRole::Host);
    assert_eq!(history(&site, &sofia).await, ["user.added", "user.role_changed"]);
    let wrong = wrong_fields(users::change_role(&site.app, &actor, admin.id(), "owner").await);
    assert_eq!(wrong, [("role", FieldError::UnknownChoice)]);
}

#[tokio::test]
async fn the_last_active_admin_is_neither_demoted_nor_deactivated() {
    let (site, admin) = TestSite::set_up().await;
    let sofia = site.add_host(&admin, "Sofia").await;
    let (app, actor) = (&site.app, &admin.actor);
    assert_eq!(error_code(users::change_role(app, actor, admin.id(), "host").await), "last_admin");
    assert_eq!(error_code(users::deactivate(app, actor, admin.id()).await), "last_admin");
    users::change_role(app, actor, sofia.id(), "admin").await.unwrap();
    users::deactivate(app, actor, sofia.id()).await.unwrap();
    assert_eq!(error_code(users::deactivate(app, actor, admin.id()).await), "last_admin", "the other one is inactive");
    users::reactivate(app, actor, sofia.id()).await.unwrap();
    users::deactivate(app, actor, admin.id()).await.unwrap();
}

/// On PostgreSQL, whose transactions run at the same time.
#[tokio::test]
async fn two_admins_who_remove_each_other_at_once_leave_one() {
    let (site, first) = TestSite::set_up_on_postgres().await;
    let second = site.add_host(&first, "Sofia").await;
    let app = &site.app;
    for round in 0..20 {
        for admin in [&first, &second] {
            users::reactivate(app, &Actor::Console, admin.id()).await.unwrap();
            users::change_role(app, &Actor::Console, admin.id(), "admin").await.unwrap();
        }
        let demote = users::change_role(app, &Actor::Console, second.id(), "host");
        let (one, other) = tokio::join!(demote, users::deactivate(app, &Actor::Console, first.id()));
        let answers = [error_code(one), error_code(other)];
        assert!(answers == ["yes", "last_admin"] || answers == ["last_admin", "yes"], "round {round}: {answers:?}");
    }
}

#[tokio::test]
async fn a_deactivated_user_cannot_log_in_until_reactivated() {
    let (site, admin) = TestSite::set_up().await;
    let sofia = site.add_host(&admin, "Sofia").await;
    let login = log_in(&site, &sofia).await.unwrap();
    users::deactivate(&site.app, &admin.actor, sofia.id()).await.unwrap();
    assert!(sessions::find(&site.app, &login.secret).await.unwrap().is_none());
    assert_eq!(error_code(log_in(&site, &sofia).await), "wrong_login");
    users::deactivate(&site.app, &admin.actor, sofia.id()).await.unwrap();
    users::reactivate(&site.app, &admin.actor, sofia.id()).await.unwrap();
    assert!(sessions::find(&site.app, &login.secret).await.unwrap().is_none(), "the old session stays ended");
    assert!(log_in(&site, &sofia).await.is_ok());
    assert_eq!(history(&site, &sofia).await, ["user.added", "user.deactivated", "user.reactivated"]);
}

#[tokio::test]
async fn appointments_of_a_deactivated_host_stay_and_are_counted() {
    let (site, admin) = TestSite::set_up().await;
    let sofia = site.add_host(&admin, "Sofia").await;
    for hour in [1, 2, 30] {
        sofia.books_and_confirms(&site.persona("Jamie"), hours(hour)).await;
    }
    site.run_due_jobs().await;
    users::deactivate(&site.app, &admin.actor, sofia.id()).await.unwrap();
    assert_eq!(users::upcoming(&site.app, &admin.actor, sofia.id()).await.unwrap(), 3);
    let (from, to) = (site.app.clock.now(), site.app.clock.now() + hours(24));
    let list = appointment_lists::part(&site.app, &admin.actor, None, (from, to), None, MAX_PART).await.unwrap();
    assert_eq!(list.appointments.len(), 2);
    let booking = admin.booking(&site.persona("Kim"), hours(5));
    let booking = appointments::Booking { host: Some(sofia.id().to_string()), ..booking };
    assert_eq!(wrong_fields(admin.books(booking).await), [("host", FieldError::UnknownChoice)]);
}

#[tokio::test]
async fn a_deactivated_host_leaves_the_call_and_comes_back_by_no_way() {
    let (site, admin) = TestSite::set_up().await;
    let sofia = site.add_host(&admin, "Sofia").await;
    let found = sofia.books_and_confirms(&site.persona("Jamie"), minutes(5)).await;
    site.run_due_jobs().await;
    let (host, guest) = site.participants(&found).await;
    guest.enters().await.unwrap();
    host.starts().await.unwrap();
    let ticket = host.requests_ticket().await.unwrap();
    host.connects_with(&ticket).await.unwrap();
    guest.connects().await.unwrap();
    users::deactivate(&site.app, &admin.actor, sofia.id()).await.unwrap();
    site.run_due_jobs().await;
    assert!(!host.is_connected() && guest.is_connected());
    assert_eq!(error_code(host.connects_with(&ticket).await), "deactivated");
    assert_eq!(error_code(site.open_link(&host.link).await), "not_found");
    assert!(site.open_link(&guest.link).await.is_ok());
    let id = found.appointment.id;
    assert_eq!(error_code(invitations::reissue(&site.app, &admin.actor, id, Role::Host).await), "host_only");
    users::reactivate(&site.app, &admin.actor, sofia.id()).await.unwrap();
    assert!(site.open_link(&host.link).await.is_ok());
    let standing = consultations::standing(&site.app, &host.actor, host.consultation).await;
    assert!(standing.is_ok());
}

#[tokio::test]
async fn accounts_are_managed_by_admins_only() {
    let (site, admin) = TestSite::set_up().await;
    let (sofia, kim) = (site.add_host(&admin, "Sofia").await, site.add_host(&admin, "Kim").await);
    let (api_client, _) = site.api_client().await;
    for (actor, expected) in [(&kim.actor, "forbidden"), (&api_client.actor, "person_only")] {
        let (app, id) = (&site.app, sofia.id());
        assert_eq!(error_code(users::change_role(app, actor, id, "admin").await), expected);
        assert_eq!(error_code(users::deactivate(app, actor, id).await), expected);
        assert_eq!(error_code(users::reactivate(app, actor, id).await), expected);
    }
}

#[tokio::test]
async fn a_request_that_began_before_the_demotion_is_refused() {
    let (site, admin) = TestSite::set_up().await;
    let sofia = site.add_host(&admin, "Sofia").await;
    users::change_role(&site.app, &Actor::Console, sofia.id(), "admin").await.unwrap();
    users::change_role(&site.app, &Actor::Console, admin.id(), "host").await.unwrap();
    let (app, before) = (&site.app, &admin.actor);
    let (name, email) = ("Kim Lee".to_owned().into(), "kim@practice.example".to_owned().into());
    let password = String::new().into();
    let form = users::NewUser { name, email, role: "host".into(), zone: "UTC".into(), password };
    let key = api_keys::NewKey { name: "booking site".into(), scopes: KeyScope::ALL.into_iter().collect() };
    let practice = practices::fetch(app).await.unwrap();
    let changes = practices::Changes {
        name: "Mine now".into(),
        pack: practice.pack.as_str().into(),
        language: String::new(),
        zone: "UTC".into(),
        opens_before: 15,
        closes_after: 30,
        who_may_end: "host".into(),
        version: None,
    };
    let some_key = api_keys::create(app, &Actor::Console, key.clone()).await.unwrap().0;
    for answer in [
        error_code(sessions::end_of_user(app, before, sofia.id()).await),
        error_code(api_keys::revoke(app, before, &some_key.id).await),
        error_code(practices::change(app, before, changes).await),
        error_code(users::deactivate(app, before, sofia.id()).await),
        error_code(users::add(app, before, form).await),
        error_code(api_keys::create(app, before, key).await),
        error_code(password_links::issue(app, before, sofia.id()).await),
    ] {
        assert_eq!(answer, "forbidden");
    }
}

#[tokio::test]
async fn a_deactivated_host_is_sent_no_message_about_guests() {
    let (site, admin) = TestSite::set_up().await;
    let sofia = site.add_host(&admin, "Sofia").await;
    let id = sofia.books_and_confirms(&site.persona("Jamie"), hours(30)).await.appointment.id;
    site.run_due_jobs().await;
    users::deactivate(&site.app, &admin.actor, sofia.id()).await.unwrap();
    admin.cancels(id).await.unwrap();
    site.run_due_jobs().await;
    let messages = site.messenger.messages().into_iter();
    let sent: Vec<_> = messages.filter(|message| message.kind == MessageKind::Cancelled).collect();
    assert_eq!(sent.iter().map(|message| message.role).collect::<Vec<_>>(), [Role::Guest]);
}
