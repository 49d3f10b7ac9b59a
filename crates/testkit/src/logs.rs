//! Captures all logs of this process, at every level, and searches them for forbidden personal data.

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

/// Captured logs of one site.
struct SiteLog {
    site: u64,
    canaries: Vec<String>,
    lines: Vec<String>,
    leaks: Vec<String>,
    errors: Vec<String>,
}

static SITE_LOGS: Mutex<Vec<SiteLog>> = Mutex::new(Vec::new());

thread_local! {
    /// The site of this thread's test. Lines of other threads are searched for canaries too.
    static CURRENT_SITE: Cell<u64> = const { Cell::new(0) };
}

fn site_logs() -> MutexGuard<'static, Vec<SiteLog>> {
    SITE_LOGS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Logs {
    /// Starts capturing for a site.
    pub(crate) fn listen(site: u64) -> Self {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| tracing_subscriber::registry().with(CaptureLayer).init());
        CURRENT_SITE.set(site);
        site_logs().push(SiteLog {
            site,
            canaries: Vec::new(),
            lines: Vec::new(),
            leaks: Vec::new(),
            errors: Vec::new(),
        });
        Self { site }
    }

    /// From now on a log line with this text is a leak.
    pub fn forbid(&self, canary: impl Into<String>) {
        let canary = canary.into();
        self.site_log(|site_log| site_log.canaries.push(canary.clone()));
    }

    /// Lines logged on the site's own thread.
    pub fn lines(&self) -> Vec<String> {
        self.site_log(|site_log| site_log.lines.clone())
    }

    /// Lines with personal data, from any thread.
    pub fn leaks(&self) -> Vec<String> {
        self.site_log(|site_log| site_log.leaks.clone())
    }

    /// Errors logged on the site's own thread.
    pub fn errors(&self) -> Vec<String> {
        self.site_log(|site_log| site_log.errors.clone())
    }

    /// Drops expected errors.
    pub fn clear_errors(&self) {
        self.site_log(|site_log| site_log.errors.clear());
    }

    /// Drops intended leaks.
    #[cfg(test)]
    pub(crate) fn clear_leaks(&self) {
        self.site_log(|site_log| site_log.leaks.clear());
    }

    fn site_log<T>(&self, ask: impl FnOnce(&mut SiteLog) -> T) -> T {
        let mut site_logs = site_logs();
        let site_log = site_logs.iter_mut().find(|site_log| site_log.site == self.site);
        ask(site_log.expect("a site log lives as long as its site"))
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        site_logs().retain(|site_log| site_log.site != self.site);
    }
}

/// The only subscriber of the process.
struct CaptureLayer;

/// The fields of a span or an event, as text.
#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for CaptureLayer {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut text = Text(format!("span {}", attributes.metadata().name()));
        attributes.record(&mut text);
        record_line(Level::TRACE, text.0.clone());
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(text);
        }
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut text = Text("recorded".into());
        values.record(&mut text);
        record_line(Level::TRACE, text.0);
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = Text(format!("{} {}", event.metadata().level(), event.metadata().target()));
        event.record(&mut text);
        record_line(*event.metadata().level(), text.0);
    }
}

fn record_line(level: Level, line: String) {
    let here = CURRENT_SITE.try_with(Cell::get).unwrap_or_default();
    for site_log in site_logs().iter_mut() {
        if site_log.canaries.iter().any(|canary| line.contains(canary.as_str())) {
            site_log.leaks.push(line.clone());
        }
        if site_log.site == here {
            if level == Level::ERROR {
                site_log.errors.push(line.clone());
            }
            site_log.lines.push(line.clone());
        }
    }
}
