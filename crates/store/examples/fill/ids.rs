//! Ids and secrets of the rows, by their number: computed in SQL for all rows, and here for those that are used.

use anteroom_domain::Secret;

/// Makes each number 16 digits long.
const BASE: i64 = 1_000_000_000_000_000;

/// The id of row `number`.
pub(super) fn id(prefix: &str, number: i64) -> String {
    format!("{prefix}_{}{:016}", BASE + number, 0)
}

/// The same as an expression, of a number that is an expression.
pub(super) fn id_sql(prefix: &str, number: &str) -> String {
    format!("'{prefix}_' || CAST({BASE} + {number} AS TEXT) || '{:016}'", 0)
}

/// A room of row `n`. In no order, as random names are: each insert is at another place of the index.
pub(super) fn room_sql() -> String {
    format!("'room_' || CAST({BASE} + n * 2654435761 % 4294967296 AS TEXT) || CAST({BASE} + n AS TEXT)")
}

/// The number of a participant of appointment `n`.
pub(super) const HOST_SEAT: &str = "n * 2";
pub(super) const GUEST_SEAT: &str = "n * 2 + 1";

/// The same for a number.
pub(super) fn guest_seat(appointment: i64) -> i64 {
    appointment * 2 + 1
}

/// What a secret opens.
#[derive(Debug, Clone, Copy)]
pub(super) enum Opens {
    /// The seat of a participant.
    Seat = 1,
    /// An account.
    Login = 2,
    /// The API.
    Api = 3,
}

/// A secret that can be computed again: the database has only its hash.
pub(super) fn secret(seed: u64, opens: Opens, number: i64) -> Secret {
    let mut bytes = [0; 24];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    bytes[8..16].copy_from_slice(&(opens as u64).to_be_bytes());
    bytes[16..].copy_from_slice(&number.to_be_bytes());
    let hash = Secret::new(bytes).hash();
    bytes.copy_from_slice(&hash.as_bytes()[..24]);
    Secret::new(bytes)
}
