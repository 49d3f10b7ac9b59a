//! Password hashing: argon2id on blocking threads, a few at a time.

mod hashing_queue;
mod strength;

use anteroom_domain::{CredentialId, FieldError, PasswordCredential, Private, UserId};
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};

use self::hashing_queue::HashingBuffer;
pub use self::hashing_queue::Passwords;
pub(crate) use self::hashing_queue::QueuePriority;
use crate::{App, Error, Result};

/// Hash to verify against when the address is unknown, so that the response takes as long.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IG9mIG91cg$SNlLG3R3b3v3m3s7lAXuLVUb0sqWZK3zTqkzLq8ZNmw";

/// Refuses a password that is easy to guess, also for who knows these texts `about` the person. Waits for its turn as a
/// hashing does: estimating takes up to a tenth of a second.
pub(crate) async fn check_strength(
    app: &App,
    password: &Private<String>,
    about: &[&str],
) -> Result<std::result::Result<(), FieldError>> {
    let password = password.clone();
    let about: Vec<String> = about.iter().copied().map(str::to_owned).collect();
    on_blocking_thread(app, QueuePriority::Known, move |_| {
        let about: Vec<&str> = about.iter().map(String::as_str).collect();
        Ok(strength::check(password.reveal(), &about))
    })
    .await
}

/// Hashes the password of a user, to be saved.
pub(crate) async fn credential(app: &App, user: UserId, password: &Private<String>) -> Result<PasswordCredential> {
    let hash = hash(app, password).await?;
    let set_at = app.clock.now();
    Ok(PasswordCredential { id: CredentialId::new(set_at, app.random_bytes()), user, hash, set_at })
}

/// The PHC string of a password, with a random salt.
async fn hash(app: &App, password: &Private<String>) -> Result<Private<String>> {
    let salt: [u8; 16] = app.random_bytes();
    let password = password.clone();
    on_blocking_thread(app, QueuePriority::Known, move |buffer| {
        let hash = phc_string(password.reveal(), &salt, buffer);
        hash.ok_or(Error::Internal("a password could not be hashed")).map(Private::new)
    })
    .await
}

/// Whether the password matches the hash. Without a hash the same work is done.
pub(crate) async fn matches(
    app: &App,
    priority: QueuePriority,
    password: &Private<String>,
    hash: Option<&Private<String>>,
) -> Result<bool> {
    let known = hash.is_some();
    let hash = hash.map_or_else(|| DUMMY_HASH.to_owned(), |hash| hash.reveal().clone());
    let password = password.clone();
    on_blocking_thread(app, priority, move |buffer| {
        let right = verify(password.reveal(), &hash, buffer);
        right.map(|right| right && known).ok_or(Error::Internal("a stored password hash is unreadable"))
    })
    .await
}

fn phc_string(password: &str, salt: &[u8], buffer: &mut HashingBuffer) -> Option<String> {
    let params = Params::default();
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    let blocks = buffer.blocks(params.block_count());
    let hash = PasswordHash {
        algorithm: Algorithm::default().ident(),
        version: Some(Version::default().into()),
        params: ParamsString::try_from(&params).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: None,
    };
    let argon2 = Argon2::from(params);
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut output, blocks).ok()?;
    Some(PasswordHash { hash: Some(Output::new(&output).ok()?), ..hash }.to_string())
}

/// Whether the password has this PHC string; `None` if it is unreadable.
fn verify(password: &str, phc: &str, buffer: &mut HashingBuffer) -> Option<bool> {
    let hash = PasswordHash::new(phc).ok()?;
    let (salt, expected) = (hash.salt?, hash.hash?);
    let algorithm = Algorithm::new(hash.algorithm.as_str()).ok()?;
    let version = hash.version.map_or(Ok(Version::default()), Version::try_from).ok()?;
    let params = Params::try_from(&hash).ok()?;
    let blocks = buffer.blocks(params.block_count());
    let mut output = vec![0; expected.len()];
    let argon2 = Argon2::new(algorithm, version, params);
    argon2.hash_password_into_with_memory(password.as_bytes(), salt.as_ref(), &mut output, blocks).ok()?;
    Some(Output::new(&output).ok()? == expected) // compares in constant time
}

/// Runs the work with one of the buffers. The work keeps it if the caller goes away meanwhile.
async fn on_blocking_thread<T: Send + 'static>(
    app: &App,
    priority: QueuePriority,
    work: impl FnOnce(&mut HashingBuffer) -> Result<T> + Send + 'static,
) -> Result<T> {
    let mut buffer = app.passwords.buffer(priority).await?;
    let done = tokio::task::spawn_blocking(move || work(&mut buffer)).await;
    done.map_err(|_| Error::Internal("hashing a password panicked"))?
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordHasher;

    use super::*;

    async fn buffer() -> HashingBuffer {
        Passwords::default().buffer(QueuePriority::Unknown).await.unwrap()
    }

    #[tokio::test]
    async fn hashes_of_the_library_are_verified() {
        let mut buffer = buffer().await;
        let ours = phc_string("seven quiet herons", b"some salt of ours", &mut buffer).unwrap();
        assert!(ours.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{ours}");
        assert_eq!(verify("seven quiet herons", &ours, &mut buffer), Some(true));
        assert_eq!(verify("seven quiet heron", &ours, &mut buffer), Some(false));
        assert_eq!(verify("anything", DUMMY_HASH, &mut buffer), Some(false));
        for (m_cost, t_cost) in [(64, 1), (19_456, 2), (20_000, 3)] {
            let argon2 = Argon2::from(Params::new(m_cost, t_cost, 1, None).unwrap());
            let theirs =
                argon2.hash_password_with_salt(b"seven quiet herons", b"some salt of ours").unwrap().to_string();
            assert_eq!(theirs == ours, (m_cost, t_cost) == (19_456, 2));
            assert_eq!(verify("seven quiet herons", &theirs, &mut buffer), Some(true));
            assert_eq!(verify("seven quiet Herons", &theirs, &mut buffer), Some(false));
        }
        for unreadable in ["", "$argon2id$v=19$m=64,t=1,p=1$c29tZSBzYWx0IG9mIG91cg", "secret"] {
            assert_eq!(verify("seven quiet herons", unreadable, &mut buffer), None, "{unreadable}");
        }
    }
}
