//! The error page: what happened and what to do next.

use anteroom_l10n::Catalogue;
use askama::Template;

use super::PageFrame;
use crate::problem::Problem;

#[derive(Debug, Template)]
#[template(path = "error.html")]
pub(crate) struct ErrorPage {
    pub frame: PageFrame,
    pub status: u16,
    pub code: &'static str,
    pub heading: String,
    /// What to do next.
    pub advice: String,
    /// Whether to show a link to the start page. Guests have none.
    pub leads_home: bool,
}

impl ErrorPage {
    pub(crate) fn of(problem: &Problem, words: &'static Catalogue) -> Self {
        let (heading, advice) = texts(problem, words);
        let is_for_guests = matches!(problem.code, "unknown_link" | "ended" | "cancelled" | "too_late");
        Self {
            frame: PageFrame::public("Anteroom", words),
            status: problem.status.as_u16(),
            code: problem.code,
            heading,
            advice,
            leads_home: !(is_for_guests || matches!(problem.code, "wrong_setup_code" | "too_many_requests")),
        }
    }
}

fn texts(problem: &Problem, words: &Catalogue) -> (String, String) {
    let detail = || problem.detail.in_words(words);
    match (problem.status.as_u16(), problem.code) {
        (_, "unknown_link") => (words.error_unknown_link(), words.error_unknown_link_advice()),
        (404, _) => (words.error_not_found(), words.error_not_found_advice()),
        (403, "foreign_origin") => (words.error_foreign_origin(), words.error_foreign_origin_advice()),
        (403, "wrong_setup_code") => (words.error_not_set_up(), words.error_not_set_up_advice()),
        (403, _) => (words.error_forbidden(), words.error_forbidden_advice()),
        // A personal link, long after the end.
        (409, "ended" | "cancelled" | "too_late") => (detail(), words.error_over_advice()),
        (413, _) => (words.error_too_large(), words.error_too_large_advice()),
        (429, _) => (words.error_too_many(), words.error_too_many_advice()),
        (503, _) => (detail(), words.error_busy_advice()),
        (500.., _) => (words.error_internal(), words.error_internal_advice()),
        _ => (detail(), words.error_other_advice()),
    }
}
