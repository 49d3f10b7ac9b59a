//! Due work: outbox, retries, leases.
