//! Login sessions: a password is exchanged for a secret that is valid for a working day.

use anteroom_domain::{EmailAddress, LoginSession, PasswordCredential, Private, Refusal, Secret, User};
use jiff::{SignedDuration, Timestamp};

use crate::passwords::QueuePriority;
use crate::{Actor, App, Error, Result, devices, passwords};

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
    /// A browser, with the secret of its device cookie if it has one.
    Browser(Option<Secret>),
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
    let Some(user) = tx.find_user_by_email(&email).await? else { return Ok(None) };
    let is_known = match client {
        LoginClient::Browser(Some(device)) => tx.users_of_device(&device.hash()).await?.contains(&user.id),
        LoginClient::Browser(None) | LoginClient::ApiClient => false,
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
    let session = LoginSession { hash: secret.hash(), user: user.id, created_at: now, expires_at };
    let mut tx = app.store.begin().await?;
    tx.lock_user(user.id).await?;
    if proof.is_some() && tx.password_of(user.id).await?.as_ref() != proof {
        return Err(Refusal::WrongLogin.into());
    }
    tx.delete_expired_sessions(now).await?;
    tx.insert_session(&session).await?;
    let device = match client {
        LoginClient::ApiClient => None,
        LoginClient::Browser(presented) => Some(devices::remember(app, &mut tx, presented, user.id, now).await?),
    };
    tx.commit().await?;
    Ok(Login { secret, expires_at, user, device })
}

/// The actor of a session.
pub async fn find(app: &App, secret: &Secret) -> Result<Option<Actor>> {
    let mut tx = app.store.read().await?;
    let Some(session) = tx.find_session(&secret.hash()).await? else {
        return Ok(None);
    };
    if session.expires_at <= app.clock.now() {
        return Ok(None);
    }
    Ok(tx.find_user(session.user).await?.map(Actor::Staff))
}

/// Logs out. Logging out twice changes nothing.
pub async fn log_out(app: &App, secret: &Secret) -> Result<()> {
    let mut tx = app.store.begin().await?;
    tx.delete_session(&secret.hash()).await?;
    Ok(tx.commit().await?)
}
