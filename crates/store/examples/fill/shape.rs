//! Which appointments there are: when, with whom, in which state.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{Options, Result};

/// Appointments of a host on one day: from eight o'clock on, each half hour.
const SLOTS: i64 = 20;
pub(super) const SLOT: i64 = 30 * MINUTE;
pub(super) const DAY: i64 = 24 * 60 * MINUTE;
pub(super) const MINUTE: i64 = 60_000;
/// One appointment in this many is only booked, or was cancelled: it has no consultation.
const UNCONFIRMED: i64 = 10;

/// The appointments of a database. Appointment `n` is before `n + 1`, or at the same time.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) appointments: i64,
    pub(super) hosts: i64,
    pub(super) seed: u64,
    /// Milliseconds since 1970; so are all instants here.
    pub(super) now: i64,
    /// The first slot of the first day.
    pub(super) first: i64,
    slots: i64,
    together: bool,
    /// Whether the confirmations are due and not sent.
    pub(super) unsent: bool,
}

impl Shape {
    pub(super) fn new(options: &Options) -> Result<Self> {
        if options.appointments < 1 || options.hosts < 1 || options.days_ahead < 0 {
            return Err("there must be appointments and hosts".into());
        }
        let now = options.now.unwrap_or_else(clock);
        let shape = Self {
            appointments: options.appointments,
            hosts: options.hosts,
            seed: options.seed,
            now: now.as_millisecond(),
            first: 0,
            slots: SLOTS,
            together: options.together,
            unsent: options.unsent,
        };
        if options.together {
            let first = now.checked_add(10.minutes())?.as_millisecond();
            return Ok(Self { hosts: options.appointments, slots: 1, first, ..shape });
        }
        let days = (options.appointments - 1) / shape.a_day() + 1;
        let today = now.to_zoned(TimeZone::UTC).start_of_day()?.timestamp();
        let day = today.checked_add(SignedDuration::from_hours(24 * (options.days_ahead + 1 - days)))?;
        Ok(Self { first: day.checked_add(8.hours())?.as_millisecond(), ..shape })
    }

    /// Appointments of one day.
    pub(super) fn a_day(&self) -> i64 {
        self.hosts * self.slots
    }

    /// When appointment `n` begins, as an expression.
    pub(super) fn starts_sql(&self) -> String {
        let (day, hosts) = (self.a_day(), self.hosts);
        format!("{} + n / {day} * {DAY} + n % {day} / {hosts} * {SLOT}", self.first)
    }

    pub(super) fn starts(&self, n: i64) -> i64 {
        self.first + n / self.a_day() * DAY + n % self.a_day() / self.hosts * SLOT
    }

    /// The number of the host of appointment `n`, as an expression. Number 0 is the administrator.
    pub(super) fn host_sql(&self) -> String {
        format!("n % {} + 1", self.hosts)
    }

    /// Whether appointment `n` was confirmed, so that it has a consultation, as an expression.
    pub(super) fn confirmed_sql(&self) -> String {
        if self.together { "n >= 0".to_owned() } else { format!("n % {UNCONFIRMED} > 0") }
    }

    pub(super) fn is_confirmed(&self, n: i64) -> bool {
        self.together || n % UNCONFIRMED > 0
    }

    /// Whether appointment `n` is over, as an expression.
    pub(super) fn over_sql(&self) -> String {
        format!("{} + {SLOT} <= {}", self.starts_sql(), self.now)
    }

    /// The first appointment that has not begun.
    pub(super) fn first_to_come(&self) -> i64 {
        (0..self.appointments).find(|n| self.starts(*n) > self.now).unwrap_or(self.appointments)
    }
}

#[expect(clippy::disallowed_methods, reason = "the time of the benchmark, read once")]
fn clock() -> Timestamp {
    Timestamp::now()
}
