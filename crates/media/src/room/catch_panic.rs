//! A panic over one peer's bytes ends that peer and nobody else.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs one peer's turn. Whatever state a panic leaves behind belongs to that peer alone, and the
/// caller throws it away: that is why the assertion of unwind safety holds.
pub(crate) fn catch_panic<T>(turn: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(turn)).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned());
        Err(format!("panicked: {}", text.unwrap_or_default()))
    })
}
