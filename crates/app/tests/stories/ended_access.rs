//! What ends with logins and API keys: tickets and calls.

use anteroom_app::accounts::PasswordChange;
use anteroom_app::sessions::{Login, LoginClient};
use anteroom_app::tickets::TicketRequest;
use anteroom_app::{
    Actor, Ticket, accounts, api_keys, consultations, invitations, password_links, sessions, tickets, users,
};
use anteroom_domain::{JoinWindow, Private, Role, Secret};
use anteroom_testkit::{TestParticipant, TestSite, TestStaff, minutes};

use crate::error_code;
use crate::hosted::{Hosted, api_key};
use crate::races::waits;

/// A host in a call, by login.
struct Call {
    site: TestSite,
    admin: TestStaff,
    sofia: TestStaff,
    login: Login,
    host: TestParticipant,
    guest: TestParticipant,
    ticket: Ticket,
}

impl Call {
    async fn begin() -> Self {
        let Hosted { site, admin, sofia, found } = Hosted::begin().await;
        let (_, guest) = site.participants(&found).await;
        let login = log_in(&site, &sofia).await;
        let host = site.as_host(&sofia, found.appointment.id).await;
        guest.enters().await.expect("the room is open");
        host.starts().await.expect("the room is open");
        guest.connects().await.expect("guests who wait are admitted");
        let ticket = host.requests_ticket().await.expect("the host may join");
        host.connects_with(&ticket).await.expect("the host may join");
        Self { site, admin, sofia, login, host, guest, ticket }
    }

    /// The host is out, the old ticket opens nothing, and a new login does at once.
    async fn has_ended_for_the_host(&self, password: Option<&str>) {
        assert!(self.host.is_connected(), "until the job is done");
        self.site.run_due_jobs().await;
        assert!(!self.host.is_connected() && self.guest.is_connected());
        assert_eq!(error_code(self.host.connects_with(&self.ticket).await), "superseded");
        let before = self.site.app.store.counts().transactions;
        assert_eq!(error_code(self.host.requests_ticket().await), "busy", "a request that began before");
        assert_eq!(self.site.app.store.counts().transactions - before, 1, "it is not tried again");
        let (email, old) = self.sofia.persona().credentials();
        let password = password.map_or(old, |password| Private::new(password.to_owned()));
        let login = sessions::log_in(&self.site.app, &email, &password, LoginClient::ApiClient).await;
        let secret = login.expect("the person may log in").secret;
        self.site.logs.forbid(secret.reveal());
        let back = self.host.acting_as(actor_of(&self.site, &secret).await);
        assert_eq!(error_code(back.connects().await), "yes");
        self.site.run_due_jobs().await;
        assert!(back.is_connected());
    }
}

async fn log_in(site: &TestSite, who: &TestStaff) -> Login {
    let (email, password) = who.persona().credentials();
    let login = sessions::log_in(&site.app, &email, &password, LoginClient::ApiClient).await.expect("it is right");
    site.logs.forbid(login.secret.reveal());
    login
}

async fn actor_of(site: &TestSite, session: &Secret) -> Actor {
    sessions::find(&site.app, session).await.expect("the store answers").expect("the session is open")
}

const NEW: &str = "eleven tidy walruses";

#[tokio::test]
async fn all_sessions_end_with_their_call() {
    let call = Call::begin().await;
    sessions::end_all(&call.site.app, &call.sofia.actor).await.unwrap();
    call.has_ended_for_the_host(None).await;
}

#[tokio::test]
async fn all_other_sessions_end_with_their_call() {
    let call = Call::begin().await;
    sessions::end_others(&call.site.app, &call.sofia.actor, &call.login.secret).await.unwrap();
    call.has_ended_for_the_host(None).await;
}

#[tokio::test]
async fn sessions_that_an_admin_ends_end_with_their_call() {
    let call = Call::begin().await;
    sessions::end_of_user(&call.site.app, &call.admin.actor, call.sofia.id()).await.unwrap();
    call.has_ended_for_the_host(None).await;
}

#[tokio::test]
async fn a_changed_password_ends_the_call() {
    let call = Call::begin().await;
    call.site.logs.forbid(NEW);
    let (_, current) = call.sofia.persona().credentials();
    let form = PasswordChange { current, new: Private::new(NEW.to_owned()) };
    accounts::change_password(&call.site.app, &call.sofia.actor, &call.login.secret, form).await.unwrap();
    call.has_ended_for_the_host(Some(NEW)).await;
}

#[tokio::test]
async fn a_password_link_ends_the_call_when_it_is_used() {
    let call = Call::begin().await;
    call.site.logs.forbid(NEW);
    let link = password_links::issue(&call.site.app, &call.admin.actor, call.sofia.id()).await.unwrap();
    let secret: Secret = link.url.reveal().rsplit('/').next().unwrap().parse().unwrap();
    call.site.logs.forbid(secret.reveal());
    call.site.run_due_jobs().await;
    assert!(call.host.is_connected(), "creating it changes nothing");
    password_links::set_password(&call.site.app, &secret, &Private::new(NEW.to_owned())).await.unwrap();
    call.has_ended_for_the_host(Some(NEW)).await;
}

#[tokio::test]
async fn logging_out_leaves_the_call_alone() {
    let call = Call::begin().await;
    sessions::log_out(&call.site.app, &call.login.secret).await.unwrap();
    call.site.run_due_jobs().await;
    assert!(call.host.is_connected() && call.host.connects_with(&call.ticket).await.is_ok());
}

/// A page with this login requests a ticket.
fn with(secret: &Secret) -> TicketRequest<'_> {
    TicketRequest { session: Some(secret), ..TicketRequest::default() }
}

/// The session of this login, as its owner finds it in the list.
async fn id_of(call: &Call, login: &Login) -> String {
    let own = sessions::own(&call.site.app, &call.sofia.actor, &login.secret).await.expect("the list of the owner");
    own.into_iter().find(|session| session.is_current).expect("this session").id
}

#[tokio::test]
async fn a_single_session_ends_with_the_call_that_was_joined_with_it() {
    let call = Call::begin().await;
    let (app, host) = (&call.site.app, &call.host);
    let (lost, kept) = (log_in(&call.site, &call.sofia).await, log_in(&call.site, &call.sofia).await);
    let ticket = tickets::issue_for(app, &host.actor, host.consultation, with(&lost.secret)).await.unwrap().ticket;
    host.connects_with(&ticket).await.unwrap();
    sessions::end(app, &call.sofia.actor, &id_of(&call, &kept).await).await.unwrap();
    call.site.run_due_jobs().await;
    assert!(host.is_connected(), "it was joined with another session");
    sessions::end(app, &call.sofia.actor, &id_of(&call, &lost).await).await.unwrap();
    call.site.run_due_jobs().await;
    assert!(!host.is_connected() && call.guest.is_connected());
    assert_eq!(error_code(host.connects_with(&ticket).await), "superseded");
    let again = tickets::issue_for(app, &host.actor, host.consultation, with(&lost.secret)).await;
    assert_eq!(again.err().map(|error| error.code()), Some("forbidden"), "a request that began before");
}

/// The page with the other login has a later ticket.
#[tokio::test]
async fn a_single_session_ends_without_the_call_of_another() {
    let call = Call::begin().await;
    let (app, host) = (&call.site.app, &call.host);
    let (lost, kept) = (log_in(&call.site, &call.sofia).await, log_in(&call.site, &call.sofia).await);
    for login in [&lost, &kept] {
        let issued = tickets::issue_for(app, &host.actor, host.consultation, with(&login.secret)).await.unwrap();
        host.connects_with(&issued.ticket).await.unwrap();
    }
    sessions::end(app, &call.sofia.actor, &id_of(&call, &lost).await).await.unwrap();
    call.site.run_due_jobs().await;
    assert!(host.is_connected());
}

#[tokio::test]
async fn calls_of_other_hosts_go_on() {
    let call = Call::begin().await;
    sessions::end_all(&call.site.app, &call.admin.actor).await.unwrap();
    call.site.run_due_jobs().await;
    assert!(call.host.is_connected() && call.host.connects_with(&call.ticket).await.is_ok());
}

#[tokio::test]
async fn a_revoked_key_is_removed_from_its_calls() {
    let call = Call::begin().await;
    let site = &call.site;
    let (client, key) = api_key(site).await;
    let id = call.host.standing().await.appointment;
    let program = site.as_host(&client, id).await;
    let ticket = program.requests_ticket().await.unwrap();
    program.connects_with(&ticket).await.unwrap();
    api_keys::revoke(&site.app, &call.admin.actor, &key).await.unwrap();
    site.run_due_jobs().await;
    assert!(!program.is_connected() && call.guest.is_connected());
    assert_eq!(error_code(program.connects_with(&ticket).await), "superseded");
    assert_eq!(error_code(program.requests_ticket().await), "forbidden", "a request that began before");
    assert_eq!(error_code(consultations::end(&site.app, &client.actor, program.consultation).await), "forbidden");
    assert!(call.host.connects().await.is_ok(), "the host goes on");
    site.run_due_jobs().await;
    assert!(call.host.is_connected());
}

#[tokio::test]
async fn a_revoked_key_leaves_calls_of_people_alone() {
    let call = Call::begin().await;
    let site = &call.site;
    let (client, key) = api_key(site).await;
    let id = call.host.standing().await.appointment;
    site.as_host(&client, id).await.connects().await.unwrap();
    let ticket = call.host.requests_ticket().await.unwrap();
    call.host.connects_with(&ticket).await.unwrap();
    api_keys::revoke(&site.app, &call.admin.actor, &key).await.unwrap();
    site.run_due_jobs().await;
    assert!(call.host.is_connected() && call.host.connects_with(&ticket).await.is_ok(), "the last ticket is theirs");
}

/// A later ticket, of a person or another key, replaces a connection only when it is used.
#[tokio::test]
async fn a_revoked_key_is_removed_although_others_got_tickets() {
    let call = Call::begin().await;
    let site = &call.site;
    let (client, key) = api_key(site).await;
    let id = call.host.standing().await.appointment;
    let program = site.as_host(&client, id).await;
    program.connects().await.unwrap();
    let (other, _) = site.api_client().await;
    site.as_host(&other, id).await.requests_ticket().await.unwrap();
    let later = call.host.requests_ticket().await.unwrap();
    api_keys::revoke(&site.app, &call.admin.actor, &key).await.unwrap();
    site.run_due_jobs().await;
    assert!(!program.is_connected() && call.guest.is_connected());
    assert!(call.host.connects_with(&later).await.is_ok(), "it is not the key's");
    site.run_due_jobs().await;
    assert!(call.host.is_connected());
}

/// On PostgreSQL: the revocation has read which tickets the key has, and waits for the consultation.
#[tokio::test]
async fn a_ticket_that_a_person_gets_during_a_revocation_stays_valid() {
    let (site, admin) = TestSite::set_up_on_postgres().await;
    let found = admin.books_and_confirms(&site.persona("Jamie"), minutes(5)).await;
    site.run_due_jobs().await;
    let host = site.as_host(&admin, found.appointment.id).await;
    host.starts().await.unwrap();
    let (client, key) = api_key(&site).await;
    site.as_host(&client, found.appointment.id).await.connects().await.unwrap();
    let mut tx = site.app.store.begin().await.unwrap();
    tx.lock_consultation(host.consultation).await.unwrap();
    let mut revocation = std::pin::pin!(api_keys::revoke(&site.app, &admin.actor, &key));
    waits(&site, revocation.as_mut()).await;
    let consultation = tx.find_consultation(host.consultation).await.unwrap().unwrap();
    let (consultation, number) = consultation.issue_ticket_number(host.me, JoinWindow::Open).unwrap();
    tx.save_consultation(&consultation).await.unwrap();
    tx.commit().await.unwrap();
    revocation.await.unwrap();
    let after = site.app.store.read().await.unwrap().find_consultation(host.consultation).await.unwrap().unwrap();
    assert_eq!(after.participant(host.me).unwrap().ticket_number, number);
    site.run_due_jobs().await;
    assert!(!host.is_connected(), "the key's connection");
}

/// A link outlives the key that got it.
#[tokio::test]
async fn a_revoked_key_gets_no_links() {
    let call = Call::begin().await;
    let site = &call.site;
    let (client, key) = api_key(site).await;
    let id = call.host.standing().await.appointment;
    api_keys::revoke(&site.app, &call.admin.actor, &key).await.unwrap();
    for role in [Role::Host, Role::Guest] {
        let link = invitations::reissue(&site.app, &client.actor, id, role).await;
        assert_eq!(error_code(link), "forbidden", "a request that began before");
        assert_eq!(error_code(invitations::replace(&site.app, &client.actor, id, role).await), "forbidden");
    }
    site.run_due_jobs().await;
    assert!(call.host.is_connected() && call.guest.is_connected());
}

#[tokio::test]
async fn a_request_by_the_link_of_a_deactivated_host_changes_nothing() {
    let call = Call::begin().await;
    let id = call.host.standing().await.appointment;
    let link = invitations::reissue(&call.site.app, &call.sofia.actor, id, Role::Host).await.unwrap();
    let by_link = call.site.open_link(&link).await.unwrap();
    users::deactivate(&call.site.app, &call.admin.actor, call.sofia.id()).await.unwrap();
    assert_eq!(error_code(by_link.requests_ticket().await), "not_found", "a request that began before");
    call.site.run_due_jobs().await;
}

#[tokio::test]
async fn a_request_by_a_replaced_link_changes_nothing() {
    let call = Call::begin().await;
    let id = call.host.standing().await.appointment;
    invitations::replace(&call.site.app, &call.sofia.actor, id, Role::Guest).await.unwrap();
    assert_eq!(error_code(call.guest.enters().await), "not_found", "a request that began before");
    assert_eq!(error_code(call.guest.requests_ticket().await), "not_found");
    call.site.run_due_jobs().await;
}

/// On PostgreSQL, whose transactions run at the same time.
#[tokio::test]
async fn a_ticket_got_while_all_logins_end_is_old() {
    let (site, admin) = TestSite::set_up_on_postgres().await;
    let found = admin.books_and_confirms(&site.persona("Jamie"), minutes(5)).await;
    site.run_due_jobs().await;
    let id = found.consultation.unwrap().id;
    for round in 0..20 {
        let actor = actor_of(&site, &log_in(&site, &admin).await.secret).await;
        consultations::start(&site.app, &actor, id).await.unwrap();
        let (ticket, ended) =
            tokio::join!(tickets::issue(&site.app, &actor, id, None), sessions::end_all(&site.app, &actor));
        ended.unwrap();
        match ticket {
            Ok(ticket) => {
                let answer = site.video.connect(&site.app, &ticket.ticket).await;
                assert_eq!(error_code(answer), "superseded", "round {round}");
            }
            Err(error) => assert_eq!(error.code(), "busy", "round {round}"),
        }
    }
    site.run_due_jobs().await;
}
