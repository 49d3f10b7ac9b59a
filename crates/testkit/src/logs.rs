//! Listens to everything this process logs, down to the last trace, and knows whose words belong in none of it.

use std::cell::Cell;
use std::fmt::{self, Write};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry::LookupSpan;

/// The logs of one site.
pub struct Logs {
    site: u64,
}

/// What one site's tests want to know.
struct Ear {
    site: u64,
    canaries: Vec<String>,
    lines: Vec<String>,
    leaks: Vec<String>,
    errors: Vec<String>,
}

static EARS: Mutex<Vec<Ear>> = Mutex::new(Vec::new());

thread_local! {
    /// Which site this thread's test runs. Other threads' lines are searched for canaries all the same.
    static HERE: Cell<u64> = const { Cell::new(0) };
}

fn ears() -> MutexGuard<'static, Vec<Ear>> {
    EARS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Logs {
    /// Starts listening for a site.
    pub(crate) fn listen(site: u64) -> Self {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| tracing_subscriber::registry().with(Listener).init());
        HERE.set(site);
        ears().push(Ear { site, canaries: Vec::new(), lines: Vec::new(), leaks: Vec::new(), errors: Vec::new() });
        Self { site }
    }

    /// From now on this text belongs in no log.
    pub fn guard(&self, canary: impl Into<String>) {
        let canary = canary.into();
        self.ear(|ear| ear.canaries.push(canary.clone()));
    }

    /// What was logged on the site's own thread.
    pub fn lines(&self) -> Vec<String> {
        self.ear(|ear| ear.lines.clone())
    }

    /// Lines that told something personal, from any thread.
    pub fn leaks(&self) -> Vec<String> {
        self.ear(|ear| ear.leaks.clone())
    }

    /// Errors logged on the site's own thread.
    pub fn errors(&self) -> Vec<String> {
        self.ear(|ear| ear.errors.clone())
    }

    /// Errors so far were expected.
    pub fn forgive_errors(&self) {
        self.ear(|ear| ear.errors.clear());
    }

    /// Leaks so far were made on purpose.
    #[cfg(test)]
    pub(crate) fn forgive_leaks(&self) {
        self.ear(|ear| ear.leaks.clear());
    }

    fn ear<T>(&self, ask: impl FnOnce(&mut Ear) -> T) -> T {
        let mut ears = ears();
        let ear = ears.iter_mut().find(|ear| ear.site == self.site);
        ask(ear.expect("an ear listens as long as its site lives"))
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        ears().retain(|ear| ear.site != self.site);
    }
}

/// The one subscriber of the process.
struct Listener;

/// The fields of a span or an event, as text.
#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Listener {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut text = Text(format!("span {}", attributes.metadata().name()));
        attributes.record(&mut text);
        heard(Level::TRACE, text.0.clone());
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(text);
        }
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut text = Text("recorded".into());
        values.record(&mut text);
        heard(Level::TRACE, text.0);
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = Text(format!("{} {}", event.metadata().level(), event.metadata().target()));
        event.record(&mut text);
        heard(*event.metadata().level(), text.0);
    }
}

fn heard(level: Level, line: String) {
    let here = HERE.try_with(Cell::get).unwrap_or_default();
    for ear in ears().iter_mut() {
        if ear.canaries.iter().any(|canary| line.contains(canary.as_str())) {
            ear.leaks.push(line.clone());
        }
        if ear.site == here {
            if level == Level::ERROR {
                ear.errors.push(line.clone());
            }
            ear.lines.push(line.clone());
        }
    }
}
