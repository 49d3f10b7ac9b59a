//! Panics that somebody else catches. The rooms and the media survive a panic over one peer's bytes, which is right and
//! hides from a target that there was one: here they are written down.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::{Mutex, Once};

/// Where libraries were seen to panic: each location is reported once.
static REPORTED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

thread_local! {
    static PANICS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// From now on panics of this thread are written down; those of before are forgotten.
pub(crate) fn start() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let location = panic.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
            // A fuzzer ends over any panic; over those of libraries, which are caught, it must not.
            if is_ours(&location) {
                before(panic);
            } else if REPORTED.lock().is_ok_and(|mut reported| reported.insert(location.clone())) {
                eprintln!("a library panicked, and was caught: {panic}");
            }
            PANICS.with_borrow_mut(|panics| panics.push(location));
        }));
    });
    PANICS.take();
}

/// A panic in our own crates since the last time is a find, wherever it was caught: only the libraries below us are not
/// ours to mend.
pub(crate) fn check() {
    let panics = PANICS.take();
    let ours: Vec<_> = panics.iter().filter(|location| is_ours(location)).collect();
    assert!(ours.is_empty(), "a panic of ours was caught: {ours:?}");
}

fn is_ours(location: &str) -> bool {
    !location.contains("/registry/src/")
}
