//! Accounts: users, their passwords, sessions and devices, and API keys.

use anteroom_domain::{
    ApiKey, ApiKeyId, Author, KeyScopes, LoginSession, PasswordLink, Secret, StaffRole, User, UserId,
};

use super::samples::{api_key, confirmed, host, in_minutes, now, password, unique_bytes, user};
use super::{cluster, on_both_engines};
use crate::columns::millis;
use crate::engine::{execute, fetch_optional};
use crate::{Error, Store};

on_both_engines![
    a_user_is_found_by_id_and_by_any_spelling_of_the_address,
    active_admins_are_locked_in_the_order_of_their_ids,
    upcoming_appointments_of_a_host_are_counted,
    an_address_folded_by_an_earlier_version_is_found,
    a_password_is_replaced_and_deleted,
    a_user_of_the_previous_version_has_a_password,
    a_user_has_one_password_link_until_it_expires,
    the_latest_devices_of_a_user_are_kept,
    two_users_never_share_an_address,
    a_session_is_found_until_deleted,
    all_other_sessions_of_a_user_are_deleted,
    expired_sessions_are_deleted,
    an_api_key_is_found_by_its_id,
    a_revoked_api_key_is_listed_and_has_no_secret,
    an_api_key_of_the_previous_version_has_all_scopes,
];

async fn a_user_is_found_by_id_and_by_any_spelling_of_the_address(store: Store) {
    let ada = user("Ada@Example.org");
    let mut tx = store.begin().await.unwrap();
    tx.insert_user(&ada).await.unwrap();
    tx.commit().await.unwrap();

    let mut snapshot = store.read().await.unwrap();
    assert_eq!(snapshot.find_user(ada.id).await.unwrap().as_ref(), Some(&ada));
    for (typed, found) in [
        ("ada@example.org", true),
        ("ADA@\u{ff45}xample.ORG", true),
        ("eve@example.org", false),
        ("\u{e4}da@example.org", false),
    ] {
        let user = snapshot.find_user_by_email(&typed.parse().unwrap()).await.unwrap();
        assert_eq!(user.is_some(), found, "{typed}");
    }
    assert_eq!(snapshot.users().await.unwrap(), std::slice::from_ref(&ada));
    drop(snapshot);

    let mut promoted = ada.clone();
    promoted.role = StaffRole::Admin;
    promoted.deactivated_at = Some(in_minutes(1));
    let mut tx = store.begin().await.unwrap();
    tx.save_user(&promoted).await.unwrap();
    tx.commit().await.unwrap();
    promoted.version = 1;
    assert_eq!(store.read().await.unwrap().find_user(ada.id).await.unwrap(), Some(promoted));
}

async fn active_admins_are_locked_in_the_order_of_their_ids(store: Store) {
    let admins: Vec<_> = ["a@example.org", "b@example.org", "c@example.org"].into_iter().map(user).collect();
    let mut tx = store.begin().await.unwrap();
    for (n, user) in admins.iter().enumerate() {
        let deactivated_at = (n == 1).then(now);
        tx.insert_user(&User { role: StaffRole::Admin, deactivated_at, ..user.clone() }).await.unwrap();
    }
    let host = user("host@example.org");
    tx.insert_user(&host).await.unwrap();
    assert_eq!(tx.lock_admins_and([host.id; 2]).await.unwrap(), [admins[0].id, admins[2].id]);
}

async fn upcoming_appointments_of_a_host_are_counted(store: Store) {
    let appointment = confirmed(&store).await;
    let mut snapshot = store.read().await.unwrap();
    let before = appointment.starts.at - jiff::SignedDuration::from_secs(1);
    assert_eq!(snapshot.upcoming_of(appointment.host, before).await.unwrap(), 1);
    assert_eq!(snapshot.upcoming_of(appointment.host, appointment.starts.at).await.unwrap(), 0);
    drop(snapshot);
    let mut tx = store.begin().await.unwrap();
    let cancelled = appointment.clone().cancel(None, Author::System, now()).unwrap();
    tx.save_appointment(&cancelled).await.unwrap();
    assert_eq!(tx.upcoming_of(appointment.host, before).await.unwrap(), 0);
}

async fn an_address_folded_by_an_earlier_version_is_found(store: Store) {
    let (jo, kay) = (user("J\u{f6}@M\u{fc}ller.example"), user("miKe@x.example"));
    let mut tx = store.begin().await.unwrap();
    tx.insert_user(&jo).await.unwrap();
    tx.insert_user(&kay).await.unwrap();
    execute!(&mut tx; "
        UPDATE users
           SET email_folded = $1
         WHERE id = $2"; "j\u{f6}@m\u{fc}ller.example", jo.id.to_string())
    .unwrap();
    let mut found = async |typed: &str| tx.find_user_by_email(&typed.parse().unwrap()).await.unwrap();
    assert_eq!(found("J\u{f6}@m\u{fc}ller.example").await, Some(jo));
    assert_eq!(found("mi\u{212a}e@x.example").await, None, "the Kelvin sign is no k");
}

/// What the previous version reads, and writes when it adds a user.
async fn hash_of_the_previous_version(store: &Store, user: UserId) -> String {
    let mut snapshot = store.read().await.unwrap();
    let row = fetch_optional!(&mut snapshot, (String,); "
        SELECT password_hash
          FROM users
         WHERE id = $1"; user.to_string());
    row.unwrap().unwrap().0
}

async fn a_password_is_replaced_and_deleted(store: Store) {
    let user = host(&store).await;
    assert_eq!(store.read().await.unwrap().password_of(user).await.unwrap(), None);
    for password in [password(user), password(user)] {
        let mut tx = store.begin().await.unwrap();
        tx.save_password(&password).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(hash_of_the_previous_version(&store, user).await, *password.hash.reveal());
        assert_eq!(store.read().await.unwrap().password_of(user).await.unwrap(), Some(password));
    }
    let mut tx = store.begin().await.unwrap();
    tx.delete_password(user).await.unwrap();
    assert_eq!(tx.password_of(user).await.unwrap(), None);
    tx.commit().await.unwrap();
    assert_eq!(hash_of_the_previous_version(&store, user).await, "");
}

async fn a_user_of_the_previous_version_has_a_password(store: Store) {
    let user = host(&store).await;
    let mut tx = store.begin().await.unwrap();
    execute!(&mut tx; "
        UPDATE users
           SET password_hash = $2
         WHERE id = $1"; user.to_string(), "$argon2id$…")
    .unwrap();
    let found = tx.password_of(user).await.unwrap().unwrap();
    assert_eq!((found.hash.reveal().as_str(), found.set_at), ("$argon2id$…", now()));
    assert_eq!(tx.password_of(user).await.unwrap(), Some(found));
}

async fn a_user_has_one_password_link_until_it_expires(store: Store) {
    let (ada, bea) = (host(&store).await, host(&store).await);
    let link = |user, minutes| PasswordLink {
        hash: Secret::new(unique_bytes()).hash(),
        user,
        created_at: now(),
        created_by: Author::User(bea),
        expires_at: in_minutes(minutes),
    };
    let (first, second, other) = (link(ada, 10), link(ada, 20), link(bea, 30));
    let mut tx = store.begin().await.unwrap();
    for link in [&first, &second, &other] {
        tx.save_password_link(link).await.unwrap();
    }
    assert_eq!(tx.find_password_link(&first.hash).await.unwrap(), None, "a later one replaces it");
    assert_eq!(tx.find_password_link(&second.hash).await.unwrap().as_ref(), Some(&second));
    assert_eq!(tx.first_password_link_expiry().await.unwrap(), Some(in_minutes(20)));
    assert_eq!(tx.delete_expired_password_links(in_minutes(20)).await.unwrap(), 1);
    assert_eq!(tx.delete_password_links_of(bea).await.unwrap(), 1);
    assert_eq!(tx.first_password_link_expiry().await.unwrap(), None);
}

async fn the_latest_devices_of_a_user_are_kept(store: Store) {
    let (ada, bea) = (host(&store).await, host(&store).await);
    let devices: Vec<_> = (0..4).map(|_| Secret::new(unique_bytes()).hash()).collect();
    let mut tx = store.begin().await.unwrap();
    for (n, device) in devices.iter().enumerate() {
        tx.save_device(device, ada, in_minutes(n as i64)).await.unwrap();
    }
    tx.save_device(&devices[0], bea, now()).await.unwrap();
    tx.save_device(&devices[0], ada, in_minutes(9)).await.unwrap();
    assert_eq!(tx.users_of_device(&devices[0]).await.unwrap(), [ada, bea]);
    assert_eq!(tx.keep_latest_devices(ada, 2).await.unwrap(), 2);
    let mut users = Vec::new();
    for device in &devices {
        users.push(tx.users_of_device(device).await.unwrap());
    }
    assert_eq!(users, [vec![ada, bea], vec![], vec![], vec![ada]]);
    assert_eq!(tx.delete_devices_of(ada).await.unwrap(), 2);
    assert_eq!(tx.users_of_device(&devices[0]).await.unwrap(), [bea]);
}

async fn two_users_never_share_an_address(store: Store) {
    let mut tx = store.begin().await.unwrap();
    tx.insert_user(&user("ada@example.org")).await.unwrap();
    assert!(matches!(tx.insert_user(&user("ADA@example.org")).await, Err(Error::Taken)));
}

fn session(user: UserId, secret: &Secret, minutes: i64) -> LoginSession {
    let (hash, expires_at) = (secret.hash(), in_minutes(minutes));
    LoginSession { hash, user, created_at: now(), expires_at, browser: None, used_at: None }
}

async fn a_session_is_found_until_deleted(store: Store) {
    let user = host(&store).await;
    let (phone, laptop) = (Secret::new(unique_bytes()), Secret::new(unique_bytes()));
    let in_browser = LoginSession { browser: Some("Firefox on Windows".into()), ..session(user, &laptop, 60) };
    let mut tx = store.begin().await.unwrap();
    tx.insert_session(&session(user, &phone, 60)).await.unwrap();
    tx.insert_session(&in_browser).await.unwrap();
    assert_eq!(tx.find_session(&phone.hash()).await.unwrap(), Some(session(user, &phone, 60)));

    tx.delete_session(&phone.hash()).await.unwrap();
    tx.delete_session(&phone.hash()).await.unwrap();
    assert_eq!(tx.find_session(&phone.hash()).await.unwrap(), None);
    tx.save_session_use(&laptop.hash(), in_minutes(7)).await.unwrap();
    let used = LoginSession { used_at: Some(in_minutes(7)), ..in_browser };
    assert_eq!(tx.find_session(&laptop.hash()).await.unwrap().as_ref(), Some(&used));
    assert_eq!(tx.sessions_of(user).await.unwrap(), [used]);
    assert_eq!(tx.delete_sessions_of(user).await.unwrap(), 1);
    assert_eq!(tx.find_session(&laptop.hash()).await.unwrap(), None);
}

async fn all_other_sessions_of_a_user_are_deleted(store: Store) {
    let (ada, bea) = (host(&store).await, host(&store).await);
    let secrets: Vec<_> = (0..4).map(|_| Secret::new(unique_bytes())).collect();
    let mut tx = store.begin().await.unwrap();
    for (secret, user) in secrets.iter().zip([ada, ada, ada, bea]) {
        tx.insert_session(&session(user, secret, 60)).await.unwrap();
    }
    assert_eq!(tx.delete_other_sessions(ada, &secrets[1].hash()).await.unwrap(), 2);
    assert_eq!(tx.sessions_of(ada).await.unwrap(), [session(ada, &secrets[1], 60)]);
    assert_eq!(tx.sessions_of(bea).await.unwrap().len(), 1);
}

async fn expired_sessions_are_deleted(store: Store) {
    let user = host(&store).await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.first_session_expiry().await.unwrap(), None);
    for minutes in [10, 20, 30] {
        tx.insert_session(&session(user, &Secret::new(unique_bytes()), minutes)).await.unwrap();
    }
    assert_eq!(tx.first_session_expiry().await.unwrap(), Some(in_minutes(10)));
    assert_eq!(tx.delete_expired_sessions(in_minutes(20)).await.unwrap(), 2);
    assert_eq!(tx.delete_expired_sessions(in_minutes(20)).await.unwrap(), 0);
}

async fn an_api_key_is_found_by_its_id(store: Store) {
    let key = api_key("the booking site");
    let mut tx = store.begin().await.unwrap();
    tx.insert_api_key(&key).await.unwrap();
    assert_eq!(tx.find_api_key(&key.id).await.unwrap(), Some(key));
    assert_eq!(tx.find_api_key(&ApiKeyId::new(unique_bytes())).await.unwrap(), None);
}

async fn a_revoked_api_key_is_listed_and_has_no_secret(store: Store) {
    let (old, new) = (api_key("the booking site"), ApiKey { created_at: in_minutes(1), ..api_key("monitoring") });
    let mut tx = store.begin().await.unwrap();
    tx.insert_api_key(&old).await.unwrap();
    tx.insert_api_key(&new).await.unwrap();
    tx.save_api_key_use(&new.id, in_minutes(3)).await.unwrap();
    assert!(tx.revoke_api_key(&old.id, in_minutes(5)).await.unwrap());
    assert!(!tx.revoke_api_key(&old.id, in_minutes(6)).await.unwrap(), "the first time is kept");
    let listed = tx.api_keys().await.unwrap();
    let hash = listed[1].hash;
    assert!(hash != old.hash && hash.as_bytes() == &[0; 32], "the previous version accepts it no longer either");
    let revoked = ApiKey { revoked_at: Some(in_minutes(5)), hash, ..old };
    assert_eq!(listed, [ApiKey { used_at: Some(in_minutes(3)), ..new }, revoked]);
}

async fn an_api_key_of_the_previous_version_has_all_scopes(store: Store) {
    let key = api_key("the booking site");
    let mut tx = store.begin().await.unwrap();
    execute!(&mut tx; "
        INSERT INTO api_keys (id, hash, name, created_at)
        VALUES ($1, $2, $3, $4)";
        key.id.as_str(), key.hash.as_bytes().as_slice(), key.name.as_str(), millis(now()))
    .unwrap();
    let expected = ApiKey { scopes: KeyScopes::all(), created_by: None, ..key };
    assert_eq!(tx.find_api_key(&expected.id).await.unwrap(), Some(expected));
}

/// On SQLite the second transaction begins when the first has ended.
#[tokio::test]
async fn the_sweep_waits_for_no_other_transaction() {
    let store = Store::open(&cluster::fresh_database()).await.unwrap();
    let user = host(&store).await;
    let secrets = [Secret::new(unique_bytes()), Secret::new(unique_bytes())];
    let mut tx = store.begin().await.unwrap();
    for secret in &secrets {
        tx.insert_session(&session(user, secret, 10)).await.unwrap();
    }
    tx.commit().await.unwrap();

    let (mut logout, mut sweep) = (store.begin().await.unwrap(), store.begin().await.unwrap());
    logout.delete_session(&secrets[0].hash()).await.unwrap();
    assert_eq!(sweep.delete_expired_sessions(in_minutes(10)).await.unwrap(), 1);
    sweep.commit().await.unwrap();
    logout.commit().await.unwrap();
    assert_eq!(store.read().await.unwrap().sessions_of(user).await.unwrap(), []);
    store.close().await;
}
