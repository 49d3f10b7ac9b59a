//! Everything kept, on SQLite or PostgreSQL. The only crate that knows SQL.
//!
//! [`Store::begin`] gives a [`Tx`] that writes, [`Store::read`] a [`Snapshot`] that cannot. Both speak domain types;
//! one SQL text serves both engines. An acknowledged write is never lost: `commit` answers after the disk did.
//! Knows no rules: whether something *may* be saved was decided before.
//!
//! Instants are kept to the millisecond.

mod columns;
mod engine;
mod error;
mod postgres;
mod sqlite;
mod store;
mod tx;

mod api_keys;
mod appointments;
mod consultations;
mod invitations;
mod outbox;
mod practices;
mod sessions;
mod users;

pub use error::Error;
pub use outbox::{Lane, LeasedNotice};
pub use store::{Counts, Store};
pub use tx::{Snapshot, Tx};

#[cfg(test)]
mod tests;
