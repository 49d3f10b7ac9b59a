//! The error page: what happened and what to do next.

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
    pub advice: &'static str,
    /// Target and text of a link.
    pub next_link: Option<(&'static str, &'static str)>,
}

impl ErrorPage {
    pub(crate) fn of(problem: &Problem) -> Self {
        let home = Some(("/", "Go to the start page"));
        let (heading, advice, next_link) = match (problem.status.as_u16(), problem.code) {
            (_, "unknown_link") => (
                "This link does not open anything",
                "Please open it once more from your most recent message: links can break when they are copied in parts. \
                 If it still does not work, ask whoever invited you to send you a new one.",
                None,
            ),
            (404, _) => ("We could not find this page", "It may have moved, or the address has a mistake in it.", home),
            (403, "foreign_origin") => {
                ("Nothing was done", "Please go back, open the page anew and try it once more from there.", home)
            }
            (403, "wrong_setup_code") => (
                "This server is not set up yet",
                "If you run it, open the setup link that it printed when it started: in the terminal, or in its log. Each \
                 start prints a new one.",
                None,
            ),
            (403, _) => (
                "This is not open to you",
                "If you should be able to do this, ask an administrator of your practice.",
                home,
            ),
            // A personal link, long after the end.
            (409, "ended" | "cancelled" | "too_late") => (
                problem.detail.as_str(),
                "For a new appointment or a question, please contact the practice that invited you.",
                None,
            ),
            (413, _) => {
                ("That was too much at once", "Please go back, shorten what you entered and send it again.", home)
            }
            (429, _) => ("One moment, please", "Wait a little, then load this page again. Nothing is lost.", None),
            (503, _) => (problem.detail.as_str(), "Please go back, load the page again and see how it stands.", home),
            (500.., _) => (
                "Something went wrong on our side",
                "It was written down for the people who run this server. Please try again in a moment. \
                 If you are here for an appointment and it keeps happening, call whoever invited you.",
                home,
            ),
            _ => (problem.detail.as_str(), "Please go back and try it once more.", home),
        };
        Self {
            frame: PageFrame::public("Anteroom"),
            status: problem.status.as_u16(),
            code: problem.code,
            heading: heading.to_owned(),
            advice,
            next_link,
        }
    }
}
