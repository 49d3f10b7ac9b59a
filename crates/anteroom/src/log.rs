//! The log, on stderr, because commands print their results to stdout. Each place in the code has a limit of lines, so
//! that a client that is refused a thousand times a second cannot fill a disk.

use std::collections::HashMap;
use std::hash::Hash;
use std::io::stderr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anteroom_rtc as rtc;
use tracing::callsite::Identifier;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::writer::OptionalWriter;
use tracing_subscriber::util::SubscriberInitExt;

/// Lines of one place in the code within one window. Errors are always written.
const MAX_LINES: u32 = 30;
const WINDOW: Duration = Duration::from_secs(60);

/// The filter if `RUST_LOG` is not set.
const DEFAULT_FILTER: &str = "info,sqlx=warn";
/// At finer levels these write what people send (frames of WebSockets): not even `RUST_LOG=trace` does.
const PRIVATE_FILTER: [&str; 2] = ["tungstenite=info", "tokio_tungstenite=info"];

/// Writes the log from now on. `RUST_LOG` replaces the filter.
#[expect(clippy::disallowed_methods, reason = "the filter is part of the configuration")]
pub(crate) fn init() {
    subscriber(std::env::var("RUST_LOG").ok().as_deref(), stderr).init();
}

/// A filter that cannot be parsed is reported and replaced by the default.
fn filter(text: Option<&str>) -> EnvFilter {
    let default = || EnvFilter::new(format!("{DEFAULT_FILTER},{}", rtc::LOG_FILTER));
    let text = text.filter(|text| !text.trim().is_empty());
    let parsed =
        text.map(|text| EnvFilter::try_new(text).inspect_err(|error| eprintln!("RUST_LOG is not used: {error}")));
    let private = PRIVATE_FILTER.iter().filter_map(|directive| directive.parse().ok());
    private.fold(parsed.and_then(Result::ok).unwrap_or_else(default), EnvFilter::add_directive)
}

fn subscriber<W>(text: Option<&str>, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let log = LimitedLog { writer, limits: Mutex::default() };
    tracing_subscriber::fmt().with_env_filter(filter(text)).with_writer(log).finish()
}

struct LimitedLog<W> {
    writer: W,
    limits: Mutex<LineLimits<Identifier>>,
}

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for LimitedLog<W> {
    type Writer = OptionalWriter<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        OptionalWriter::some(self.writer.make_writer())
    }

    fn make_writer_for(&'a self, place: &Metadata<'_>) -> Self::Writer {
        if *place.level() == Level::ERROR {
            return self.make_writer();
        }
        #[expect(clippy::disallowed_methods, reason = "the window of the log's limit")]
        let now = Instant::now();
        let taken = self.limits.lock().unwrap_or_else(PoisonError::into_inner).take(now, place.callsite());
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

    /// What the log contains after `work`.
    fn logged(filter: Option<&str>, work: impl FnOnce()) -> String {
        let file = tempfile::NamedTempFile::new().unwrap();
        let writer = Mutex::new(file.reopen().unwrap());
        tracing::subscriber::with_default(subscriber(filter, writer), work);
        std::fs::read_to_string(file.path()).unwrap()
    }

    #[test]
    fn log_writes_thirty_lines_of_one_place_and_every_error() {
        let written = logged(None, || {
            (0..100).for_each(|n| tracing::info!(n, "refused"));
            (0..100).for_each(|n| tracing::error!(n, "failed"));
        });
        let lines = |word| written.lines().filter(|line| line.contains(word)).count();
        assert_eq!((lines("refused"), lines("failed")), (30, 100));
    }

    #[test]
    fn no_filter_writes_frames_of_websockets() {
        let written = logged(Some("trace"), || {
            tracing::trace!(target: "tungstenite::protocol", "frame with a name");
            tracing::debug!(target: "tokio_tungstenite", "frame with a name");
            tracing::trace!(target: "anteroom_rtc", "detail");
        });
        assert!(written.contains("detail") && !written.contains("name"), "{written}");
    }

    #[test]
    fn unusable_filter_is_the_default() {
        for filter in ["", "  ", "anteroom=loud"] {
            let written = logged(Some(filter), || {
                tracing::info!("begun");
                tracing::debug!("detail");
            });
            assert!(written.contains("begun") && !written.contains("detail"), "{filter}: {written}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn events_of_a_flood_are_written_once_a_minute() {
        let (mut events, start) = (PerMinute::default(), tokio::time::Instant::now());
        let written: Vec<u64> = (0..=120).filter_map(|n| events.count(start + Duration::from_secs(n))).collect();
        assert_eq!(written, [1, 60, 60]);
    }
}
