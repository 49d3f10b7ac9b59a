//! Panics that somebody else catches. The rooms and the media survive a panic over one peer's bytes, which is right and
//! hides from a target that there was one: here they are written down.

use std::cell::RefCell;
use std::sync::Once;

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
            let first = HEARD.with_borrow_mut(|heard| {
                heard.push(place);
                heard.len() == 1
            });
            if first {
                before(panic);
            }
        }));
    });
    HEARD.take();
}

/// Where there were panics since the last time. One in our own crates is a find, wherever it is caught: only the
/// libraries below us are not ours to mend.
pub(crate) fn heard() -> Vec<String> {
    let heard = HEARD.take();
    let ours: Vec<_> = heard.iter().filter(|place| !place.contains("/registry/src/")).collect();
    assert!(ours.is_empty(), "a panic of ours was caught: {ours:?}");
    heard
}
