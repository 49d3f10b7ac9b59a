//! Known devices: browsers in which an account was logged in before. A stranger who tries passwords of the account
//! neither uses up their attempts nor their place in the queue.

use anteroom_domain::{EmailAddress, Private, Secret, UserId};
use anteroom_store::Tx;
use jiff::Timestamp;

use crate::{App, Result};

/// Devices remembered for an account; the one that logged in longest ago is forgotten first.
const DEVICES_OF_A_USER: i64 = 20;

/// Whether this account was logged in before with the device cookie that has this secret.
pub async fn is_known(app: &App, secret: &Secret, email: &Private<String>) -> Result<bool> {
    let Ok(email) = email.reveal().parse::<EmailAddress>() else { return Ok(false) };
    let mut tx = app.store.read().await?;
    let users = tx.users_of_device(&secret.hash()).await?;
    if users.is_empty() {
        return Ok(false);
    }
    Ok(tx.find_user_by_email(&email).await?.is_some_and(|user| users.contains(&user.id)))
}

/// Remembers a device of a user. Keeps the secret that the browser presents only if it was issued here: another site
/// may have set the cookie.
pub(crate) async fn remember(
    app: &App,
    tx: &mut Tx,
    presented: Option<Secret>,
    user: UserId,
    now: Timestamp,
) -> Result<Secret> {
    let secret = match presented {
        Some(secret) if !tx.users_of_device(&secret.hash()).await?.is_empty() => secret,
        Some(_) | None => app.secret(),
    };
    tx.save_device(&secret.hash(), user, now).await?;
    tx.keep_latest_devices(user, DEVICES_OF_A_USER).await?;
    Ok(secret)
}
