//! Storage on SQLite or PostgreSQL. The only crate with SQL.
//!
//! [`Store::begin`] returns a [`Tx`] that writes, [`Store::read`] a read-only [`Snapshot`]. Both use domain types; one
//! SQL text serves both engines. An acknowledged write is never lost: `commit` returns after the disk write. Contains
//! no rules: whether a change is permitted is decided before.
//!
//! Instants are stored with millisecond precision.

mod advisory_lock;
mod background;
mod bound;
mod columns;
mod engine;
mod error;
mod media_server_lock;
mod notify;
mod open_seats;
mod password_links;
mod postgres;
mod rows;
mod sqlite;
mod store;
mod tx;
mod wake;

mod api_keys;
mod appointment_pages;
mod appointments;
mod audit;
mod consultations;
mod credentials;
mod deliveries;
mod devices;
mod invitations;
mod jobs;
mod live_tickets;
mod login_failures;
mod media_server;
mod people;
mod practices;
mod scheduled_times;
mod server_keys;
mod sessions;
mod users;

pub use appointment_pages::{AppointmentRange, AppointmentRows, ListPosition, PartEdge};
pub use audit::AuditRow;
pub use error::Error;
pub use jobs::{Due, JobCounts, Lane, LeasedJob};
pub use live_tickets::{KeyTicket, LoginTicket};
pub use login_failures::FailureWeight;
pub use media_server::MediaServerRun;
pub use media_server_lock::MediaServerLock;
pub use open_seats::OpenSeat;
pub use scheduled_times::PlannedStart;
pub use server_keys::ServerKey;
pub use store::{Counts, Store};
pub use tx::{Snapshot, Tx};
pub use wake::{CommitListener, SeatListener, Wake};

#[cfg(test)]
mod tests;
