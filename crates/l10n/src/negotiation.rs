//! The language of a request, from `Accept-Language` (RFC 9110, section 12.5.4).

use anteroom_domain::Language;

/// The language that fits the header best: `de-AT, en;q=0.5` is German. `None` if no language of ours is in it.
///
/// Ours have no regions, so the lookup of RFC 4647 is a comparison of the first subtag.
#[must_use]
pub fn negotiate(accept_language: &str) -> Option<Language> {
    let accepted = accept_language.split(',').filter_map(|range| {
        let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
        let quality = match parameters.trim().strip_prefix("q=") {
            Some(quality) => quality.trim().parse().ok()?,
            None => 1.0_f32,
        };
        let primary = tag.trim().split('-').next()?.to_ascii_lowercase();
        Some((primary.parse::<Language>().ok()?, quality)).filter(|(_, quality)| *quality > 0.0)
    });
    // Of equal ones the first, so a later one has to be better.
    let best = accepted.reduce(|best, other| if other.1 > best.1 { other } else { best });
    best.map(|(language, _)| language)
}
