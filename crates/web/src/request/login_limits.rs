//! Limits of logins. Only failures count: an attempt is counted when it begins and given back when the password was
//! right. Attempts above the limit wait first, and are refused when too many wait.
//!
//! The limit of an account is counted by client address, or by device for a browser that has logged in before. So a
//! stranger who tries passwords neither locks the owner out nor makes them wait.
//!
//! Failures of an account are also in the database, for other programs on it and after a restart. Attempts in progress,
//! and failures across accounts, are counted here only; these bound what a stranger can have written.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anteroom_app::App;
use anteroom_app::login_failures::{self, FailureKey, FailureWeight};
use anteroom_domain::{EmailAddress, SecretHash};
use jiff::Timestamp;
use tokio::sync::Semaphore;

use crate::config::{Quota, Quotas};
use crate::problem::Problem;
use crate::request::client_address::ClientAddress;

/// How long one attempt waits at most. Later ones are refused.
const LONGEST_DELAY: Duration = Duration::from_secs(20);
/// Attempts of all clients that wait at the same time.
const DELAYED_AT_ONCE: usize = 200;
/// Above this many keys, those without recent failures are forgotten.
const MAX_KEYS: usize = 10_000;

/// Failed logins of all accounts. Cheap to clone; clones share the counts.
#[derive(Clone)]
pub(crate) struct LoginLimits(Arc<Counts>);

struct Counts {
    by_account: Failures<FailureKey>,
    /// Across accounts: a client may try one password for everybody.
    by_address: Failures<IpAddr>,
    delayed: Semaphore,
}

/// Where an attempt comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum AttemptSource {
    /// A browser in which this account was logged in before.
    KnownDevice([u8; 32]),
    Address(IpAddr),
}

impl AttemptSource {
    pub(crate) fn device(hash: &SecretHash) -> Self {
        Self::KnownDevice(*hash.as_bytes())
    }

    /// One customer of a provider has up to a /48 of IPv6 addresses.
    pub(crate) fn address(address: ClientAddress) -> Self {
        Self::Address(match address.key() {
            v4 @ IpAddr::V4(_) => v4,
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 80))),
        })
    }

    /// For the failures of an account.
    fn key(&self, email: &str) -> FailureKey {
        let account = account(email);
        match self {
            Self::KnownDevice(hash) => FailureKey::new(&account, hash),
            Self::Address(IpAddr::V4(address)) => FailureKey::new(&account, &address.octets()),
            Self::Address(IpAddr::V6(address)) => FailureKey::new(&account, &address.octets()),
        }
    }
}

/// An attempt that counts as failed here until [`LoginAttempt::give_back`].
#[must_use = "an attempt that is not given back counts as a failure"]
pub(crate) struct LoginAttempt {
    limits: LoginLimits,
    source: AttemptSource,
    key: FailureKey,
}

impl LoginLimits {
    pub(crate) fn new(quotas: &Quotas) -> Self {
        Self(Arc::new(Counts {
            by_account: Failures::new(quotas.failed_logins),
            by_address: Failures::new(quotas.failed_logins_per_address),
            delayed: Semaphore::new(DELAYED_AT_ONCE),
        }))
    }

    /// Begins an attempt to log in. After many failures it waits here, or is refused.
    pub(crate) async fn begin(&self, app: &App, email: &str, source: AttemptSource) -> Result<LoginAttempt, Problem> {
        let stored = async |key: FailureKey| login_failures::forgotten_at(app, &key).await;
        self.begin_with(email, source, app.clock.now(), stored).await
    }

    /// The same, with a look-up of the failures in the database.
    async fn begin_with(
        &self,
        email: &str,
        source: AttemptSource,
        now: Timestamp,
        stored: impl AsyncFnOnce(FailureKey) -> anteroom_app::Result<Option<Timestamp>>,
    ) -> Result<LoginAttempt, Problem> {
        let counts = &self.0;
        let across_accounts = match &source {
            AttemptSource::Address(address) => counts.by_address.count(*address, now).map_err(Problem::too_many)?,
            AttemptSource::KnownDevice(_) => Duration::ZERO,
        };
        let key = source.key(email);
        let of_account = match stored(key).await {
            Ok(stored) => counts.by_account.count_after(key, stored, now).map_err(Problem::too_many),
            Err(error) => Err(error.into()),
        };
        let of_account = of_account.inspect_err(|_| counts.give_back_address(&source))?;
        let attempt = LoginAttempt { limits: self.clone(), source, key };
        let delay = across_accounts.max(of_account);
        if delay.is_zero() {
            return Ok(attempt);
        }
        let Ok(_place) = counts.delayed.try_acquire() else {
            attempt.give_back();
            return Err(Problem::too_many(delay));
        };
        sleep(delay).await;
        Ok(attempt)
    }
}

impl Counts {
    fn give_back_address(&self, source: &AttemptSource) {
        if let AttemptSource::Address(address) = source {
            self.by_address.give_back(address);
        }
    }
}

impl LoginAttempt {
    /// The attempt was no failure: the password was right, or was not looked at.
    pub(crate) fn give_back(self) {
        let counts = &self.limits.0;
        counts.give_back_address(&self.source);
        counts.by_account.give_back(&self.key);
    }

    /// The password was wrong: other programs on the database count it too.
    pub(crate) async fn failed(self, app: &App) -> anteroom_app::Result<()> {
        login_failures::record(app, &self.key, self.limits.0.by_account.weight()).await
    }
}

/// All spellings of an address count together. Text that is no address has no account; its length is bounded.
fn account(email: &str) -> String {
    match email.parse::<EmailAddress>() {
        Ok(email) => email.folded(),
        Err(_) => email.chars().take(254).collect(),
    }
}

#[expect(clippy::disallowed_methods, reason = "the deadline is the answer to one request")]
async fn sleep(delay: Duration) {
    tokio::time::sleep(delay).await;
}

/// Failures by key, as a leaky bucket (GCRA). Unlike `governor`'s, a count can be given back.
struct Failures<K> {
    burst: Duration,
    period: Duration,
    /// When all failures of a key will be forgotten.
    forgotten_at: Mutex<HashMap<K, Timestamp>>,
}

impl<K: Eq + Hash> Failures<K> {
    fn new(quota: Quota) -> Self {
        let period = Duration::from_secs(60) / quota.per_minute.get();
        Self { burst: period * quota.burst.get(), period, forgotten_at: Mutex::default() }
    }

    /// Counts an attempt. Returns how long it has to wait; if that is too long, it is not counted, and the error is the
    /// time until the next attempt.
    fn count(&self, key: K, now: Timestamp) -> Result<Duration, Duration> {
        self.count_after(key, None, now)
    }

    /// The same, if other programs have counted until `known`.
    fn count_after(&self, key: K, known: Option<Timestamp>, now: Timestamp) -> Result<Duration, Duration> {
        let mut forgotten_at = self.forgotten_at.lock().unwrap_or_else(PoisonError::into_inner);
        if forgotten_at.len() >= MAX_KEYS {
            forgotten_at.retain(|_, at| *at > now);
        }
        let at = forgotten_at.entry(key).or_insert(now);
        *at = known.map_or(*at, |known| known.max(*at));
        // The clock may have been set back: nobody is further ahead than a full bucket.
        let ahead = unsigned(at.duration_since(now)).min(self.burst + LONGEST_DELAY);
        let delay = (ahead + self.period).saturating_sub(self.burst);
        let counted = delay <= LONGEST_DELAY;
        *at = now + if counted { ahead + self.period } else { ahead };
        if counted { Ok(delay) } else { Err(delay - LONGEST_DELAY) }
    }

    fn weight(&self) -> FailureWeight {
        FailureWeight { each: self.period, at_most: self.burst + LONGEST_DELAY }
    }

    fn give_back(&self, key: &K) {
        let mut forgotten_at = self.forgotten_at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = forgotten_at.get_mut(key) {
            *at -= self.period;
        }
    }
}

fn unsigned(duration: jiff::SignedDuration) -> Duration {
    Duration::try_from(duration).unwrap_or(Duration::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    /// Nothing is in the database.
    async fn nothing(_: FailureKey) -> anteroom_app::Result<Option<Timestamp>> {
        Ok(None)
    }

    /// Three at once, then one in ten seconds.
    fn failures() -> Failures<&'static str> {
        Failures::new(Quota::new(3, 6))
    }

    #[test]
    fn attempts_above_the_burst_wait_before_one_is_refused() {
        let failures = failures();
        let answers: Vec<_> = (0..7).map(|_| failures.count("tom", START)).collect();
        let expected = [Ok(0), Ok(0), Ok(0), Ok(10), Ok(20), Err(10), Err(10)];
        assert_eq!(answers, expected.map(|answer| answer.map(seconds).map_err(seconds)));
        assert_eq!(failures.count("ada", START), Ok(Duration::ZERO), "others are not affected");
    }

    #[test]
    fn failures_are_forgotten_with_time() {
        let failures = failures();
        let _: Vec<_> = (0..5).map(|_| failures.count("tom", START)).collect();
        assert_eq!(failures.count("tom", START + seconds(10)), Ok(seconds(20)));
        assert_eq!(failures.count("tom", START + seconds(100)), Ok(Duration::ZERO));
    }

    #[test]
    fn right_logins_are_never_refused() {
        let failures = failures();
        for _ in 0..1_000 {
            assert_eq!(failures.count("tom", START), Ok(Duration::ZERO));
            failures.give_back(&"tom");
        }
    }

    #[test]
    fn clock_that_is_set_back_locks_nobody_out() {
        let failures = failures();
        let _: Vec<_> = (0..5).map(|_| failures.count("tom", START + seconds(86_400))).collect();
        assert_eq!(failures.count("tom", START), Err(seconds(10)));
        assert_eq!(failures.count("tom", START + seconds(10)), Ok(seconds(20)));
    }

    #[test]
    fn failures_counted_elsewhere_and_here_are_not_added_twice() {
        let failures = failures();
        let _: Vec<_> = (0..3).map(|_| failures.count("tom", START)).collect();
        let known = Some(START + seconds(30));
        assert_eq!(failures.count_after("tom", known, START), Ok(seconds(10)), "these three, written down");
        let known = Some(START + seconds(50));
        assert_eq!(failures.count_after("tom", known, START), Err(seconds(10)), "and two at another program");
    }

    #[test]
    fn keys_without_failures_are_forgotten() {
        let failures = Failures::new(Quota::new(3, 6));
        for n in 0..3 * MAX_KEYS as u64 {
            failures.count(n, START + seconds(n)).unwrap();
        }
        assert!(failures.forgotten_at.lock().unwrap().len() <= MAX_KEYS);
    }

    #[tokio::test(start_paused = true)]
    async fn attempt_above_the_limit_is_delayed() {
        let quotas = Quotas { failed_logins: Quota::new(1, 6), ..Quotas::default() };
        let limits = LoginLimits::new(&quotas);
        let source = || AttemptSource::Address(IpAddr::from([192, 0, 2, 1]));
        let attempt = async |email: &str| limits.begin_with(email, source(), START, nothing).await.map(|_counted| ());
        let started = tokio::time::Instant::now();
        attempt("tom@praxis.example").await.unwrap();
        assert_eq!(started.elapsed(), Duration::ZERO);
        attempt(" TOM@praxis.example").await.unwrap();
        assert_eq!(started.elapsed(), seconds(10));
        attempt("tom@praxis.example").await.unwrap();
        assert_eq!(started.elapsed(), seconds(30));
        assert!(attempt("tom@praxis.example").await.is_err());
        attempt("ada@praxis.example").await.unwrap();
        assert_eq!(started.elapsed(), seconds(30));
    }

    #[tokio::test(start_paused = true)]
    async fn refused_attempt_counts_nowhere() {
        let (failed_logins, failed_logins_per_address) = (Quota::new(1, 1), Quota::new(9, 1));
        let quotas = Quotas { failed_logins, failed_logins_per_address, ..Quotas::default() };
        let limits = LoginLimits::new(&quotas);
        let source = || AttemptSource::Address(IpAddr::from([192, 0, 2, 1]));
        let _counted = limits.begin_with("tom@x.example", source(), START, nothing).await.unwrap();
        for _ in 0..20 {
            assert!(limits.begin_with("tom@x.example", source(), START, nothing).await.is_err());
        }
        limits.begin_with("ada@x.example", source(), START, nothing).await.unwrap().give_back();
    }
}
