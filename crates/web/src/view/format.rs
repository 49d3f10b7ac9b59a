//! Formats times, durations and nouns for pages. Time-zone arithmetic is done by jiff.

use anteroom_domain::Zone;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// `Friday 20 November 2026, 11:00`
pub(crate) fn date_time(at: Timestamp, zone: &Zone) -> String {
    zone.local(at).strftime("%A %-d %B %Y, %H:%M").to_string()
}

/// `Friday 20 November 2026`
pub(crate) fn date_in(at: Timestamp, zone: &Zone) -> String {
    zone.local(at).strftime("%A %-d %B %Y").to_string()
}

/// `Friday 20 November 2026`
pub(crate) fn date(date: Date) -> String {
    date.strftime("%A %-d %B %Y").to_string()
}

/// `Mon 23 November, 09:00`, without the year.
pub(crate) fn short_date_time(at: Timestamp, zone: &Zone) -> String {
    zone.local(at).strftime("%a %-d %B, %H:%M").to_string()
}

/// `11:00`
pub(crate) fn time(at: Timestamp, zone: &Zone) -> String {
    zone.local(at).strftime("%H:%M").to_string()
}

/// `Berlin time`, from the IANA name `Europe/Berlin`.
pub(crate) fn zone_name(zone: &Zone) -> String {
    if !zone.is_known() {
        return zone.label();
    }
    match zone.name().rsplit_once('/') {
        Some((_, place)) => format!("{} time", place.replace('_', " ")),
        None => zone.name().to_owned(),
    }
}

/// `30 minutes`, `1 hour`, `1 hour 30 minutes`
pub(crate) fn minutes(minutes: u16) -> String {
    let part = |n: u16, one: &str| match n {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {one}s")),
    };
    let parts: Vec<String> = [part(minutes / 60, "hour"), part(minutes % 60, "minute")].into_iter().flatten().collect();
    if parts.is_empty() { "0 minutes".to_owned() } else { parts.join(" ") }
}

/// `28 min 10 s`, `1 h 2 min`
pub(crate) fn duration(length: SignedDuration) -> String {
    let seconds = length.as_secs().max(0);
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, 0) => format!("{m} min"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}

/// Waiting time in full minutes: `4 min`.
pub(crate) fn waiting_time(length: SignedDuration) -> String {
    match length.as_mins() {
        ..=0 => "just now".to_owned(),
        minutes => format!("{minutes} min"),
    }
}

/// With an upper-case first letter.
pub(crate) fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// `a host`, `an artist`
pub(crate) fn with_article(word: &str) -> String {
    let vowel = word.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {word}", if vowel { "an" } else { "a" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_shown_in_the_readers_zone() {
        let at: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let formatted = |zone: &str| date_time(at, &zone.parse().unwrap());
        assert_eq!(formatted("Europe/Berlin"), "Friday 20 November 2026, 11:00");
        assert_eq!(formatted("Pacific/Auckland"), "Friday 20 November 2026, 23:00");
        assert_eq!(formatted("America/Los_Angeles"), "Friday 20 November 2026, 02:00");
        assert_eq!(zone_name(&"America/Los_Angeles".parse().unwrap()), "Los Angeles time");
        assert_eq!(zone_name(&Zone::from_store("Moon/Tycho")), "UTC, unknown zone Moon/Tycho");
    }

    #[test]
    fn durations_are_formatted_as_text() {
        assert_eq!(
            ["5 minutes", "1 hour", "1 hour 30 minutes", "2 hours"],
            [5, 60, 90, 120].map(minutes).each_ref().map(String::as_str)
        );
        let formatted = |s| duration(SignedDuration::from_secs(s));
        assert_eq!(
            [formatted(0), formatted(59), formatted(60), formatted(1690), formatted(3725), formatted(-5)],
            ["0 s", "59 s", "1 min", "28 min 10 s", "1 h 2 min", "0 s"]
        );
    }
}
