//! Panics that somebody else catches. The rooms and the media survive a panic over one peer's bytes, which is right and
//! hides from a target that there was one: here they are written down.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::{Mutex, Once};

/// Where libraries were seen to panic: each place is told once.
static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

thread_local! {
    static HEARD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// From now on panics of this thread are written down; those of before are forgotten.
pub(crate) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let place = panic.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
            // A fuzzer ends over any panic; over those of libraries, which are caught, it must not.
            if is_ours(&place) {
                before(panic);
            } else if TOLD.lock().is_ok_and(|mut told| told.insert(place.clone())) {
                eprintln!("a library panicked, and was caught: {panic}");
            }
            HEARD.with_borrow_mut(|heard| heard.push(place));
        }));
    });
    HEARD.take();
}

/// A panic in our own crates since the last time is a find, wherever it was caught: only the libraries below us are not
/// ours to mend.
pub(crate) fn heard() {
    let heard = HEARD.take();
    let ours: Vec<_> = heard.iter().filter(|place| is_ours(place)).collect();
    assert!(ours.is_empty(), "a panic of ours was caught: {ours:?}");
}

fn is_ours(place: &str) -> bool {
    !place.contains("/registry/src/")
}
