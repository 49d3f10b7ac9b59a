//! Login sessions: a password is exchanged for a secret that is valid for a working day.

use anteroom_domain::{
    AuditEvent, EmailAddress, LoginSession, PasswordCredential, Private, Refusal, Secret, User, UserChange, UserId,
};
use anteroom_store::{Tx, Wake};
use jiff::{SignedDuration, Timestamp};

use crate::passwords::QueuePriority;
use crate::{Actor, App, Error, Result, access, devices, passwords};

/// Lifetime of a session.
const LIFETIME: SignedDuration = SignedDuration::from_hours(12);

/// A new session. The secret is returned once; only its hash is stored.
#[derive(Debug, Clone)]
pub struct Login {
    /// For the cookie or the API client.
    pub secret: Secret,
    /// Expiry.
    pub expires_at: Timestamp,
    /// The user.
    pub user: User,
    /// Makes this browser a known device, for its cookie. None for API clients.
    pub device: Option<Secret>,
}

/// What logs in.
#[derive(Debug, Clone, Default)]
pub enum LoginClient {
    /// An API client.
    #[default]
    ApiClient,
    /// A browser.
    Browser {
        /// The secret of its device cookie, if it has one.
        device: Option<Secret>,
        /// For the list of sessions, such as `Firefox on Windows`.
        name: String,
    },
}

impl LoginClient {
    fn name(&self) -> Option<String> {
        match self {
            Self::ApiClient => None,
            Self::Browser { name, .. } => Some(name.clone()),
        }
    }
}

/// Logs in with address and password. An unknown address and a wrong password get the same response, after the same
/// time.
pub async fn log_in(
    app: &App,
    email: &Private<String>,
    password: &Private<String>,
    client: LoginClient,
) -> Result<Login> {
    let account = account(app, email, &client).await?;
    let (priority, stored) = account.as_ref().map_or((QueuePriority::Unknown, None), |account| {
        (account.priority, account.password.as_ref().map(|password| &password.hash))
    });
    let right = passwords::matches(app, priority, password, stored).await?;
    match account {
        Some(Account { user, password: Some(password), .. }) if right => {
            open_session(app, user, client, Some(&password)).await
        }
        _ => Err(Refusal::WrongLogin.into()),
    }
}

/// What a login is checked with.
struct Account {
    user: User,
    password: Option<PasswordCredential>,
    priority: QueuePriority,
}

async fn account(app: &App, email: &Private<String>, client: &LoginClient) -> Result<Option<Account>> {
    let Ok(email) = email.reveal().parse::<EmailAddress>() else { return Ok(None) };
    let mut tx = app.store.read().await?;
    let user = tx.find_user_by_email(&email).await?.filter(User::is_active);
    let Some(user) = user else { return Ok(None) };
    let is_known = match client {
        LoginClient::Browser { device: Some(device), .. } => {
            tx.users_of_device(&device.hash()).await?.contains(&user.id)
        }
        LoginClient::Browser { .. } | LoginClient::ApiClient => false,
    };
    let priority = if is_known { QueuePriority::Known } else { QueuePriority::Unknown };
    Ok(Some(Account { password: tx.password_of(user.id).await?, user, priority }))
}

/// Creates a session for a user who is authenticated already.
pub async fn open(app: &App, user: User) -> Result<Login> {
    open_for(app, user, LoginClient::ApiClient).await
}

/// The same, for this client. A browser becomes a known device of the user.
pub async fn open_for(app: &App, user: User, client: LoginClient) -> Result<Login> {
    open_session(app, user, client, None).await
}

/// `proof` is the password that was right. If it was changed meanwhile, the login is refused: the change has ended the
/// sessions opened with it.
async fn open_session(app: &App, user: User, client: LoginClient, proof: Option<&PasswordCredential>) -> Result<Login> {
    let (secret, now) = (app.secret(), app.clock.now());
    let expires_at = now.saturating_add(LIFETIME).map_err(|_| Error::Internal("the clock is at its end"))?;
    let hash = secret.hash();
    let browser = client.name();
    let session = LoginSession { hash, user: user.id, created_at: now, expires_at, browser, used_at: None };
    let mut tx = app.store.begin().await?;
    tx.lock_user(user.id).await?;
    if !tx.find_user(user.id).await?.is_some_and(|user| user.is_active()) {
        return Err(Refusal::WrongLogin.into()); // It was deactivated while the password was checked.
    }
    if proof.is_some() && tx.password_of(user.id).await?.as_ref() != proof {
        return Err(Refusal::WrongLogin.into());
    }
    tx.insert_session(&session).await?;
    let device = match client {
        LoginClient::ApiClient => None,
        LoginClient::Browser { device, .. } => Some(devices::remember(app, &mut tx, device, user.id, now).await?),
    };
    tx.commit().await?;
    Ok(Login { secret, expires_at, user, device })
}

/// The actor of a session.
pub async fn find(app: &App, secret: &Secret) -> Result<Option<Actor>> {
    let now = app.clock.now();
    let mut tx = app.store.read().await?;
    let session = tx.find_session(&secret.hash()).await?.filter(|session| session.expires_at > now);
    let Some(session) = session else { return Ok(None) };
    app.last_used.sessions.note(*session.hash.as_bytes(), session.used_at, now);
    Ok(tx.find_user(session.user).await?.filter(User::is_active).map(Actor::Staff))
}

/// Logs out. Logging out twice changes nothing.
pub async fn log_out(app: &App, secret: &Secret) -> Result<()> {
    let mut tx = app.store.begin().await?;
    if let Some(session) = tx.find_session(&secret.hash()).await? {
        tx.delete_session(&session.hash).await?;
        tx.wake([Wake::Account(session.user)]);
    }
    Ok(tx.commit().await?)
}

/// One of the actor's own sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSession {
    /// Id.
    pub id: String,
    /// The browser; `None` for an API client.
    pub browser: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// Last use.
    pub used_at: Timestamp,
    /// Expiry.
    pub expires_at: Timestamp,
    /// Whether this request uses it.
    pub is_current: bool,
}

/// The actor's own sessions, the current one first, then by their last use.
pub async fn own(app: &App, actor: &Actor, current: &Secret) -> Result<Vec<OwnSession>> {
    let (user, now, current) = (actor.person()?, app.clock.now(), current.hash());
    let sessions = app.store.read().await?.sessions_of(user.id).await?;
    let own = |session: LoginSession| OwnSession {
        id: session.id(),
        used_at: app.last_used.sessions.of(session.hash.as_bytes()).or(session.used_at).unwrap_or(session.created_at),
        is_current: session.hash == current,
        browser: session.browser,
        created_at: session.created_at,
        expires_at: session.expires_at,
    };
    let mut sessions: Vec<_> = sessions.into_iter().filter(|session| session.expires_at > now).map(own).collect();
    sessions.sort_by_key(|session| (!session.is_current, std::cmp::Reverse(session.used_at)));
    Ok(sessions)
}

/// Ends one of the actor's own sessions, and the call that was joined with it: the device may be in other hands.
pub async fn end(app: &App, actor: &Actor, id: &str) -> Result<()> {
    let user = actor.person()?;
    let mut tx = actor.begin(app).await?;
    let mut sessions = tx.sessions_of(user.id).await?.into_iter();
    let session = sessions.find(|session| session.id() == id).ok_or(Error::NotFound)?;
    access::end_of_session(&mut tx, &session.hash, &actor.author(), app.clock.now()).await?;
    tx.delete_session(&session.hash).await?;
    record_ended(app, tx, actor, user.id).await
}

/// Ends all of the actor's own sessions but the current one, and the calls that they hold.
pub async fn end_others(app: &App, actor: &Actor, current: &Secret) -> Result<()> {
    let user = actor.person()?;
    let mut tx = actor.begin(app).await?;
    tx.delete_other_sessions(user.id, &current.hash()).await?;
    record_all_ended(app, tx, actor, user.id).await
}

/// Ends all of the actor's own sessions, the current one too, and the calls that they hold.
pub async fn end_all(app: &App, actor: &Actor) -> Result<()> {
    end_all_of(app, actor, actor.person()?.id).await
}

/// Ends all sessions of a user, and the calls that they hold. For admins.
pub async fn end_of_user(app: &App, actor: &Actor, user: UserId) -> Result<()> {
    actor.admin()?;
    end_all_of(app, actor, user).await
}

async fn end_all_of(app: &App, actor: &Actor, user: UserId) -> Result<()> {
    let mut tx = actor.begin_with_users(app, &[user]).await?;
    tx.find_user(user).await?.ok_or(Error::NotFound)?;
    tx.delete_sessions_of(user).await?;
    record_all_ended(app, tx, actor, user).await
}

/// Devices are forgotten too: the browser of an ended session may be in other hands, where it would have attempts at the
/// password of its own.
async fn record_all_ended(app: &App, mut tx: Tx, actor: &Actor, user: UserId) -> Result<()> {
    tx.delete_devices_of(user).await?;
    access::end_logins(&mut tx, user, &actor.author(), app.clock.now()).await?;
    record_ended(app, tx, actor, user).await
}

async fn record_ended(app: &App, mut tx: Tx, actor: &Actor, user: UserId) -> Result<()> {
    let ended = AuditEvent::User { id: user, change: UserChange::SessionsEnded };
    tx.record(&actor.author(), app.clock.now(), &ended).await?;
    Ok(tx.commit().await?)
}
