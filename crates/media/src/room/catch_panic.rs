//! Contains a panic: it removes the peer whose packets or description caused it, and no other.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs the code of one peer. The state that a panic leaves behind belongs to that peer alone, and the caller removes
/// the peer: hence the assertion of unwind safety holds.
pub(crate) fn catch_panic<T>(turn: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(turn)).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned());
        Err(format!("panicked: {}", text.unwrap_or_default()))
    })
}
