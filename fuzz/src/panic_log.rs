//! Records caught panics. The rooms and the media catch a panic over one peer's bytes, so a target would not see it.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::{Mutex, Once};

/// Locations of panics in libraries: each is printed once.
static REPORTED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

thread_local! {
    static PANICS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Records the panics of this thread from now on and forgets earlier ones.
pub(crate) fn start() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let location = panic.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
            // libFuzzer's hook ends the run. It must not see panics of libraries, which are caught.
            if is_ours(&location) {
                before(panic);
            } else if REPORTED.lock().is_ok_and(|mut reported| reported.insert(location.clone())) {
                eprintln!("a library panicked; caught: {panic}");
            }
            PANICS.with_borrow_mut(|panics| panics.push(location));
        }));
    });
    PANICS.take();
}

/// Fails on a panic in our own crates since the last call, wherever it was caught. Panics in libraries are not ours to
/// fix.
pub(crate) fn check() {
    let panics = PANICS.take();
    let ours: Vec<_> = panics.iter().filter(|location| is_ours(location)).collect();
    assert!(ours.is_empty(), "a panic in our crates was caught: {ours:?}");
}

fn is_ours(location: &str) -> bool {
    !location.contains("/registry/src/")
}
