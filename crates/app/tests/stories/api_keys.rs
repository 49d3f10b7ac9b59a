//! API keys: scopes, last use, revocation.

use anteroom_app::api_keys::NewKey;
use anteroom_app::{Actor, api_keys, consultations, invitations, sweep, users};
use anteroom_domain::{ApiKeyId, FieldError, KeyScope, KeyScopes, Role};
use anteroom_testkit::{TestSite, hours, minutes};

use crate::{error_code, wrong_fields};

fn new_key(scopes: &[KeyScope]) -> NewKey {
    NewKey { name: "booking site".into(), scopes: scopes.iter().copied().collect() }
}

#[tokio::test]
async fn keys_are_listed_with_maker_scopes_and_last_use() {
    let (site, admin) = TestSite::set_up().await;
    let (app, booking) = (&site.app, new_key(&[KeyScope::Booking]));
    let (key, secret) = api_keys::create(app, &admin.actor, booking).await.unwrap();
    site.logs.forbid(secret.reveal());
    site.clock.advance(minutes(3));
    let by_command = api_keys::create(app, &Actor::Console, new_key(&KeyScope::ALL)).await.unwrap().0;
    let used_at = site.app.clock.now();
    assert!(api_keys::find(app, &key.id, &secret).await.unwrap().is_some());
    let list = async || {
        let listed = api_keys::list(app, &admin.actor).await.unwrap().into_iter();
        listed.map(|l| (l.key.id, l.key.scopes.to_string(), l.created_by.map(|u| u.id), l.used_at)).collect::<Vec<_>>()
    };
    let expected = [
        (by_command.id, "booking record media metrics".to_owned(), None, None),
        (key.id.clone(), "booking".to_owned(), Some(admin.id()), Some(used_at)),
    ];
    assert_eq!(list().await, expected);
    sweep::run(app).await.unwrap();
    assert_eq!(list().await, expected, "the use is written down");
}

#[tokio::test]
async fn a_revoked_key_opens_nothing() {
    let (site, admin) = TestSite::set_up().await;
    let (app, form) = (&site.app, new_key(&KeyScope::ALL));
    let (key, secret) = api_keys::create(app, &admin.actor, form).await.unwrap();
    assert!(api_keys::find(app, &key.id, &secret).await.unwrap().is_some());
    api_keys::revoke(app, &admin.actor, &key.id).await.unwrap();
    assert!(api_keys::find(app, &key.id, &secret).await.unwrap().is_none());
    let before = app.store.counts();
    api_keys::revoke(app, &admin.actor, &key.id).await.unwrap();
    assert_eq!(app.store.counts().commits, before.commits, "revoking it twice changes nothing");
    assert!(api_keys::list(app, &admin.actor).await.unwrap()[0].key.revoked_at.is_some());
    assert_eq!(error_code(api_keys::revoke(app, &admin.actor, &ApiKeyId::from_text("key_0")).await), "not_found");
    let mut tx = app.store.read().await.unwrap();
    let recorded = tx.audit_of(key.id.as_str(), 0, 10).await.unwrap();
    let recorded: Vec<_> = recorded.into_iter().map(|(_, row)| (row.kind, row.author)).collect();
    let by = admin.actor.author();
    assert_eq!(recorded, [("key.created".to_owned(), by.clone()), ("key.revoked".to_owned(), by)]);
}

#[tokio::test]
async fn a_key_needs_a_name_and_a_scope() {
    let (site, admin) = TestSite::set_up().await;
    let nothing = NewKey { name: " ".into(), scopes: KeyScopes::default() };
    let wrong = wrong_fields(api_keys::create(&site.app, &admin.actor, nothing).await);
    assert_eq!(wrong, [("name", FieldError::Empty), ("scopes", FieldError::Empty)]);
}

#[tokio::test]
async fn keys_are_managed_by_admins_and_by_no_key() {
    let (site, host) = TestSite::start().await;
    let (client, _) = site.api_client().await;
    let Actor::Key { id, .. } = &client.actor else { panic!("an API client has a key") };
    for (actor, expected) in [(&host.actor, "forbidden"), (&client.actor, "person_only")] {
        let form = new_key(&[KeyScope::Metrics]);
        assert_eq!(error_code(api_keys::create(&site.app, actor, form).await), expected);
        assert_eq!(error_code(api_keys::list(&site.app, actor).await), expected);
        assert_eq!(error_code(api_keys::revoke(&site.app, actor, id).await), expected);
    }
}

#[tokio::test]
async fn no_key_creates_an_administrator() {
    let (site, _host) = TestSite::start().await;
    let (client, _) = site.api_client().await;
    let (new, sofia) = (site.persona("Kim"), site.persona("Lee"));
    let form = |who: &anteroom_testkit::Persona, role: &str| {
        let (email, password) = who.credentials();
        let (name, role) = (who.name.clone().into(), role.to_owned());
        users::NewUser { name, email, role, zone: "UTC".into(), password }
    };
    assert_eq!(error_code(users::add(&site.app, &client.actor, form(&new, "admin")).await), "person_only");
    let with_password = users::add(&site.app, &client.actor, form(&sofia, "host")).await;
    assert_eq!(error_code(with_password), "person_only", "it could log in as this person after its key is revoked");
    let host = users::NewUser { password: String::new().into(), ..form(&sofia, "host") };
    assert!(users::add(&site.app, &client.actor, host).await.is_ok());
    assert!(users::add(&site.app, &Actor::Console, form(&new, "admin")).await.is_ok());
}

#[tokio::test]
async fn a_key_without_media_sits_in_no_seat() {
    let (site, host, guest) = TestSite::appointment().await;
    let every_other = KeyScope::ALL.into_iter().filter(|scope| *scope != KeyScope::Media).collect();
    let (client, _) = site.api_client_with(every_other).await;
    let (app, actor, id) = (&site.app, &client.actor, host.consultation);
    guest.enters().await.unwrap();
    for answer in [
        error_code(consultations::start(app, actor, id).await),
        error_code(consultations::end(app, actor, id).await),
        error_code(anteroom_app::waiting_room::admit(app, actor, id, guest.me).await),
        error_code(anteroom_app::waiting_room::decline(app, actor, id, guest.me).await),
        error_code(anteroom_app::waiting_room::enter(app, actor, id, None).await),
        error_code(anteroom_app::tickets::issue(app, actor, id, None).await),
        error_code(invitations::reissue(app, actor, host.standing().await.appointment, Role::Host).await),
    ] {
        assert_eq!(answer, "scope_missing");
    }
    let seen = consultations::standing(app, actor, id).await.unwrap();
    assert!(!seen.may.start && !seen.may.ticket && !seen.may.end, "it only reads: {:?}", seen.may);
    assert_eq!(seen.people[0].entry.as_str(), "waiting");
}

/// What an admin did with it would be recorded as the host's.
#[tokio::test]
async fn an_admin_gets_no_link_of_another_host() {
    let (site, admin) = TestSite::set_up().await;
    let sofia = site.add_host(&admin, "Sofia").await;
    let found = sofia.books_and_confirms(&site.persona("Jamie"), hours(1)).await;
    site.run_due_jobs().await;
    let id = found.appointment.id;
    assert_eq!(error_code(invitations::reissue(&site.app, &admin.actor, id, Role::Host).await), "host_only");
    assert!(invitations::reissue(&site.app, &admin.actor, id, Role::Guest).await.is_ok());
    assert!(invitations::reissue(&site.app, &sofia.actor, id, Role::Host).await.is_ok());
}
