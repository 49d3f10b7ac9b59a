//! Password hashing: argon2id on blocking threads, a few at a time.

mod strength;

use std::sync::Arc;

use anteroom_domain::Private;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

pub(crate) use self::strength::check_strength;
use crate::{App, Error, Result};

/// Allows two concurrent hashes: each takes 19 MiB and a tenth of a second of one core, and a flood of logins must not
/// starve running calls.
#[derive(Clone)]
pub struct Passwords(Arc<Semaphore>);

impl Default for Passwords {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(2)))
    }
}

/// Hash to verify against when the address is unknown, so that the response takes as long.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IG9mIG91cg$SNlLG3R3b3v3m3s7lAXuLVUb0sqWZK3zTqkzLq8ZNmw";

/// The PHC string of a password, with a random salt.
pub(crate) async fn hash(app: &App, password: &Private<String>) -> Result<Private<String>> {
    let salt: [u8; 16] = app.random_bytes();
    let password = password.clone();
    on_blocking_thread(app, move || {
        let hash: PasswordHash = Argon2::default()
            .hash_password_with_salt(password.reveal().as_bytes(), &salt)
            .map_err(|_| Error::Internal("a password could not be hashed"))?;
        Ok(Private::new(hash.to_string()))
    })
    .await
}

/// Whether the password matches the hash. Without a hash the same work is done.
pub(crate) async fn matches(app: &App, password: &Private<String>, hash: Option<&Private<String>>) -> Result<bool> {
    let known = hash.is_some();
    let hash = hash.map_or_else(|| DUMMY_HASH.to_owned(), |hash| hash.reveal().clone());
    let password = password.clone();
    on_blocking_thread(app, move || {
        let hash = PasswordHash::new(&hash).map_err(|_| Error::Internal("a stored password hash is unreadable"))?;
        let right = Argon2::default().verify_password(password.reveal().as_bytes(), &hash).is_ok();
        Ok(right && known)
    })
    .await
}

async fn on_blocking_thread<T: Send + 'static>(
    app: &App,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let permit = app.passwords.0.clone().acquire_owned().await;
    let _permit = permit.map_err(|_| Error::Internal("the password threads are closed"))?;
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Error::Internal("hashing a password panicked"))?
}
