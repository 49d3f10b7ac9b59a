//! Dates, times of day and lengths. The calendar is ICU's (CLDR), time-zone arithmetic is jiff's. The zone of a time is
//! always beside it, by the sentence or by the page.

use anteroom_domain::{Language, Zone};
use icu_calendar::Gregorian;
use icu_datetime::fieldsets::zone::ExemplarCity;
use icu_datetime::fieldsets::{E, MD, T, YMD};
use icu_datetime::input::{Date, Time};
use icu_datetime::{FixedCalendarDateTimeFormatter, NoCalendarFormatter};
use icu_locale_core::{Locale, locale};
use icu_time::zone::IanaParser;
use jiff::{SignedDuration, Timestamp, civil};

use crate::Catalogue;

/// Why there are always formats.
const COMPILED_IN: &str = "compiled in for every language";

impl Catalogue {
    /// `Friday 20 November 2026`
    #[must_use]
    pub fn date(&self, date: civil::Date) -> String {
        let date = gregorian(date);
        let weekday = FixedCalendarDateTimeFormatter::try_new(self.locale().into(), E::long());
        let day = FixedCalendarDateTimeFormatter::try_new(self.locale().into(), YMD::long());
        let (weekday, day) = (weekday.expect(COMPILED_IN), day.expect(COMPILED_IN));
        self.weekday_and_date(day.format(&date), weekday.format(&date))
    }

    /// `Mon 23 November`: without the year.
    #[must_use]
    pub fn short_date(&self, date: civil::Date) -> String {
        let date = gregorian(date);
        let weekday = FixedCalendarDateTimeFormatter::try_new(self.locale().into(), E::short());
        let day = FixedCalendarDateTimeFormatter::try_new(self.locale().into(), MD::long());
        let (weekday, day) = (weekday.expect(COMPILED_IN), day.expect(COMPILED_IN));
        self.weekday_and_date(day.format(&date), weekday.format(&date))
    }

    /// `11:00`. A long day has hundreds of them, and making a format costs more than the rest of a row.
    #[must_use]
    pub fn time(&self, time: civil::Time) -> String {
        let [hour, minute] = [time.hour(), time.minute()].map(|part| usize::from(part.unsigned_abs()));
        let times = self.times.get_or_init(|| self.times_of_day());
        times.get(hour * 60 + minute).cloned().expect("a minute of a day")
    }

    fn times_of_day(&self) -> Vec<String> {
        let format = NoCalendarFormatter::try_new(self.locale().into(), T::hm()).expect(COMPILED_IN);
        let minutes = (0..24).flat_map(|hour| (0..60).map(move |minute| Time::try_new(hour, minute, 0, 0)));
        minutes.map(|time| format.format(&time.expect("a time of day")).to_string()).collect()
    }

    /// `Friday 20 November 2026` in this zone.
    #[must_use]
    pub fn date_in(&self, at: Timestamp, zone: &Zone) -> String {
        self.date(zone.local(at).date())
    }

    /// `11:00` in this zone.
    #[must_use]
    pub fn time_in(&self, at: Timestamp, zone: &Zone) -> String {
        self.time(zone.local(at).time())
    }

    /// `Friday 20 November 2026, 11:00`
    #[must_use]
    pub fn date_time(&self, at: Timestamp, zone: &Zone) -> String {
        self.date_and_time(self.date_in(at, zone), self.time_in(at, zone))
    }

    /// `Friday 20 November 2026, 11:00 (Berlin time)`: for texts and rows that do not stand below the name of a zone.
    #[must_use]
    pub fn date_time_in_zone(&self, at: Timestamp, zone: &Zone) -> String {
        self.date_and_time_in_zone(self.date_in(at, zone), self.time_in(at, zone), self.zone(zone))
    }

    /// `11:00 (Berlin time)`
    #[must_use]
    pub fn time_with_zone(&self, at: Timestamp, zone: &Zone) -> String {
        self.time_and_zone(self.time_in(at, zone), self.zone(zone))
    }

    /// `Mon 23 November, 09:00`
    #[must_use]
    pub fn short_date_time(&self, at: Timestamp, zone: &Zone) -> String {
        self.short_date_and_time(self.short_date(zone.local(at).date()), self.time_in(at, zone))
    }

    /// `Friday 20 November 2026, 11:00 (Europe/Berlin)`
    #[must_use]
    pub fn moment(&self, at: Timestamp, zone: &Zone) -> String {
        self.date_and_time_in_zone(self.date_in(at, zone), self.time_in(at, zone), self.zone_label(zone))
    }

    /// `Europe/Berlin`
    fn zone_label(&self, zone: &Zone) -> String {
        if zone.is_known() { zone.name().to_owned() } else { self.unknown_zone(zone.name()) }
    }

    /// `Vienna time`
    #[must_use]
    pub fn zone(&self, zone: &Zone) -> String {
        match self.city(zone) {
            _ if !zone.is_known() => self.zone_label(zone),
            Some(city) => self.zone_of_place(city),
            None => zone.name().to_owned(),
        }
    }

    /// `Vienna`: the city of a zone (CLDR). `None` for zones without a place, such as UTC and fixed offsets.
    #[must_use]
    pub fn city(&self, zone: &Zone) -> Option<String> {
        let (area, _) = zone.name().split_once('/')?;
        let id = IanaParser::new().parse(zone.name());
        if area == "Etc" || id.is_unknown() {
            return None;
        }
        let format = NoCalendarFormatter::try_new(self.locale().into(), ExemplarCity).expect(COMPILED_IN);
        Some(format.format(&id.without_offset()).to_string())
    }

    /// `25 minutes`, `1 hour`, `1 hour 30 minutes`
    #[must_use]
    pub fn length(&self, minutes: u16) -> String {
        match (minutes / 60, minutes % 60) {
            (0, minutes) => self.length_minutes(minutes),
            (hours, 0) => self.length_hours(hours),
            (hours, minutes) => self.length_both(self.length_hours(hours), self.length_minutes(minutes)),
        }
    }

    /// `28 min 10 s`, `1 h 2 min`
    #[must_use]
    pub fn duration(&self, length: SignedDuration) -> String {
        let seconds = length.as_secs().max(0);
        match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
            (0, 0, s) => self.duration_seconds(s),
            (0, m, 0) => self.duration_minutes(m),
            (0, m, s) => self.duration_minutes_seconds(m, s),
            (h, m, _) => self.duration_hours_minutes(h, m),
        }
    }

    /// How long a guest has waited, in full minutes: `4 min`.
    #[must_use]
    pub fn waiting_time(&self, length: SignedDuration) -> String {
        match length.as_mins() {
            ..=0 => self.waiting_just_now(),
            minutes => self.duration_minutes(minutes),
        }
    }

    /// English dates are those of Great Britain, with the day before the month and hours to 24.
    const fn locale(&self) -> Locale {
        match self.language() {
            Language::En => locale!("en-GB"),
            Language::De => locale!("de"),
        }
    }
}

fn gregorian(date: civil::Date) -> Date<Gregorian> {
    let [month, day] = [date.month(), date.day()].map(i8::unsigned_abs);
    Date::try_new_gregorian(date.year().into(), month, day).expect("a date of the Gregorian calendar")
}
