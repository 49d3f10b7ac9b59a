//! The log, on stderr, because commands print their results to stdout. Each place in the code has a limit of lines, so
//! that a client that is refused a thousand times a second cannot fill a disk.

use std::collections::HashMap;
use std::hash::Hash;
use std::io::{Stderr, stderr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anteroom_rtc as rtc;
use tracing::callsite::Identifier;
use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::writer::OptionalWriter;

/// Lines of one place in the code within one window. Errors are always written.
const MAX_LINES: u32 = 30;
const WINDOW: Duration = Duration::from_secs(60);

/// Writes the log from now on. `RUST_LOG` replaces the filter.
pub(crate) fn init() {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new(format!("info,sqlx=warn,{}", rtc::LOG_FILTER)));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(LimitedLog::default()).init();
}

#[derive(Default)]
struct LimitedLog(Mutex<LineLimits<Identifier>>);

impl<'a> MakeWriter<'a> for LimitedLog {
    type Writer = OptionalWriter<Stderr>;

    fn make_writer(&'a self) -> Self::Writer {
        OptionalWriter::some(stderr())
    }

    fn make_writer_for(&'a self, place: &Metadata<'_>) -> Self::Writer {
        if *place.level() == Level::ERROR {
            return self.make_writer();
        }
        #[expect(clippy::disallowed_methods, reason = "the window of the log's limit")]
        let now = Instant::now();
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).take(now, place.callsite());
        match taken {
            Some(0) => self.make_writer(),
            Some(left_out) => {
                eprintln!("{left_out} lines like the next one were left out ({MAX_LINES} in a minute are written)");
                self.make_writer()
            }
            None => OptionalWriter::none(),
        }
    }
}

/// Events of one kind, of which a line is written at most once in a minute, with their number.
#[derive(Debug, Default)]
pub(crate) struct PerMinute {
    written_at: Option<tokio::time::Instant>,
    unwritten: u64,
}

impl PerMinute {
    /// Counts an event; returns how many there were since the last line if a line is to be written now.
    pub(crate) fn count(&mut self, now: tokio::time::Instant) -> Option<u64> {
        self.unwritten += 1;
        if self.written_at.is_some_and(|at| now.saturating_duration_since(at) < WINDOW) {
            return None;
        }
        self.written_at = Some(now);
        Some(std::mem::take(&mut self.unwritten))
    }
}

struct LineLimits<Place>(HashMap<Place, Window>);

impl<Place> Default for LineLimits<Place> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

struct Window {
    since: Instant,
    lines: u32,
}

impl<Place: Hash + Eq> LineLimits<Place> {
    /// Whether another line of this place is written; if so, how many were left out before it.
    fn take(&mut self, now: Instant, place: Place) -> Option<u32> {
        let window = self.0.entry(place).or_insert(Window { since: now, lines: 0 });
        let mut left_out = 0;
        if now.saturating_duration_since(window.since) >= WINDOW {
            left_out = window.lines.saturating_sub(MAX_LINES);
            *window = Window { since: now, lines: 0 };
        }
        window.lines = window.lines.saturating_add(1);
        (window.lines <= MAX_LINES).then_some(left_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_that_writes_a_million_lines_is_limited_and_reports_what_is_left_out() {
        #[expect(clippy::disallowed_methods, reason = "an origin for virtual time; any will do")]
        let start = Instant::now();
        let mut limits = LineLimits::default();
        let written = (0..1_000_000).filter(|_| limits.take(start, "offer refused").is_some()).count();
        assert_eq!(written, 30);
        assert_eq!(limits.take(start, "room closed"), Some(0), "another place has its own limit");
        assert_eq!(limits.take(start + WINDOW, "offer refused"), Some(999_970));
        assert_eq!(limits.take(start + WINDOW, "offer refused"), Some(0));
    }

    #[tokio::test(start_paused = true)]
    async fn events_of_a_flood_are_written_once_a_minute() {
        let (mut events, start) = (PerMinute::default(), tokio::time::Instant::now());
        let written: Vec<u64> = (0..=120).filter_map(|n| events.count(start + Duration::from_secs(n))).collect();
        assert_eq!(written, [1, 60, 60]);
    }
}
