//! Sample data of the pages of a personal link.

use anteroom_l10n::Catalogue;

use super::{berlin, november, public_frame, text, today};
use crate::consultation::standing::StandingBody;
use crate::view::appointment::Record;
use crate::view::join::{AppointmentFacts, ClosedPage, JoinPage};

impl AppointmentFacts {
    fn sample(words: &'static Catalogue) -> Self {
        Self {
            with: text("Dr. Ines Brandt"),
            day: today(words),
            time: text("11:00"),
            until: text("11:30"),
            length: words.length(30),
            zone: words.zone(&berlin()),
            opens_at: words.time_with_zone(november(20, 10, 45), &berlin()),
        }
    }
}

impl JoinPage {
    pub(super) fn sample(words: &'static Catalogue) -> Self {
        let base = format!("/join/{}", "k3J".repeat(11));
        // Without scripts; the call element has a gallery of its own.
        Self {
            frame: public_frame(words),
            facts: AppointmentFacts::sample(words),
            base,
            role: "guest",
            standing: StandingBody::sample(words),
            back: None,
        }
    }
}

impl ClosedPage {
    pub(super) fn sample_ended(words: &'static Catalogue) -> Self {
        Self {
            frame: public_frame(words),
            code: "ended",
            heading: words.closed_ended(),
            detail: words.closed_ended_guest(),
            advice: format!("{} {}", words.closed_may_close(), words.closed_contact("Praxis am Park")),
            facts: AppointmentFacts::sample(words),
            record: Some(Record { started: text("11:02"), ended: text("11:30"), ..Record::sample(words, "") }),
            next_link: None,
        }
    }

    pub(super) fn sample_cancelled(words: &'static Catalogue) -> Self {
        Self {
            code: "cancelled",
            heading: words.closed_cancelled(),
            detail: words.closed_cancelled_detail(),
            advice: words.closed_contact("Praxis am Park"),
            record: None,
            ..Self::sample_ended(words)
        }
    }
}
