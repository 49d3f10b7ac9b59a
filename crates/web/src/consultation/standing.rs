//! The standing of a consultation as JSON: rendered by the call element, sent by SSE, returned by the API.
//!
//! Only a conversion. All instants are RFC 3339 in UTC.

use anteroom_app::Standing;
use anteroom_app::presence::Presence;
#[cfg(any(test, feature = "gallery"))]
use anteroom_domain::Zone;
use anteroom_domain::{EndedBy, Entry, Participant, Phase, Refusal, Role, TabId};
use anteroom_l10n::Catalogue;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// The state of a consultation as one participant sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Standing)]
pub(crate) struct StandingBody {
    /// Grows with every change. Of two standings the one with the higher version is newer, whatever `now` is.
    version: i64,
    /// The server's clock: count down from this, not from the device's clock.
    #[schema(value_type = String, format = DateTime)]
    now: Timestamp,
    /// `host`, `guest` or `companion`.
    role: &'static str,
    me: Me,
    /// The practice's name.
    practice: String,
    words: WordsBody,
    appointment: PlanBody,
    consultation: ConsultationBody,
    door: JoinWindowBody,
    /// Whether the page that asks has the caller's seat: `here` or `elsewhere`; null if no page has it, and for a caller
    /// without the parameter `tab`.
    place: Option<&'static str>,
    /// The caller's own entry: `outside`, `waiting`, `admitted`, `declined` or `left`.
    entry: &'static str,
    /// The other participants: a host sees everyone; the others see the host, and each other once both are admitted.
    people: Vec<PersonBody>,
    may: MayBody,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Me {
    /// Also the participant's identity in the room.
    #[schema(example = "par_0199f0c2b6d07a3e8b1c2d3e4f506172")]
    id: String,
    name: String,
}

/// The practice's nouns in the language of the response, singular.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Words)]
pub(crate) struct WordsBody {
    host: String,
    guest: String,
    consultation: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Plan)]
struct PlanBody {
    id: String,
    #[schema(value_type = String, format = DateTime)]
    starts_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    ends_at: Timestamp,
    duration_minutes: u16,
    /// IANA time zone of the caller.
    zone: String,
    /// That zone in words.
    #[schema(example = "Berlin time")]
    zone_name: String,
    /// The start in that zone, as text.
    #[schema(example = "Friday 20 November 2026, 11:00")]
    local: String,
    /// `video` or `in_person`.
    kind: &'static str,
    /// `booked`, `confirmed`, `cancelled` or `completed`.
    status: &'static str,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ConsultationRecord)]
pub(crate) struct ConsultationBody {
    id: String,
    /// `planned`, `live` or `ended`.
    state: &'static str,
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// `host`, `guest` or `system`.
    ended_by: Option<&'static str>,
    /// Why the system ended it: `deserted` after all had left, or `unanswered` if nobody answered whether they were still
    /// there.
    end_reason: Option<&'static str>,
    /// For how long both sides were present, once it has ended.
    duration_seconds: Option<i64>,
    /// Until when a participant of the call is to answer that they are still there, if it runs long past its planned end.
    #[schema(value_type = Option<String>, format = DateTime)]
    answer_until: Option<Timestamp>,
}

/// The join window.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Door)]
struct JoinWindowBody {
    /// `open`, `too_early`, `too_late`, `cancelled`, `ended`, `not_confirmed` or `in_person`.
    state: &'static str,
    #[schema(value_type = String, format = DateTime)]
    opens_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    closes_at: Timestamp,
    /// Why it is not open, for API clients.
    code: Option<&'static str>,
    /// Why it is not open, for people, in the language of the response.
    message: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Person)]
struct PersonBody {
    id: String,
    name: String,
    role: &'static str,
    entry: &'static str,
    #[schema(value_type = Option<String>, format = DateTime)]
    waiting_since: Option<Timestamp>,
    /// Whether their media is connected.
    connected: bool,
    /// For a host: `here`, `away` (the page is open but hidden), `gone` (it was closed or does not answer), or null if
    /// they have not opened it.
    presence: Option<&'static str>,
    /// With `gone`: when they were there last.
    #[schema(value_type = Option<String>, format = DateTime)]
    seen_at: Option<Timestamp>,
    /// For a host: when they went on at another page without having left, on another device or in another browser.
    #[schema(value_type = Option<String>, format = DateTime)]
    moved_at: Option<Timestamp>,
}

/// The actions available to the caller now. The server checks again when one is requested.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = May)]
struct MayBody {
    /// Enter the waiting room.
    enter: bool,
    /// Be in the waiting room: enter it, or remain in it.
    wait: bool,
    start: bool,
    ticket: bool,
    end: bool,
}

impl StandingBody {
    pub(crate) fn of(standing: &Standing, words: &Catalogue, tab: Option<TabId>) -> Self {
        let may = &standing.may;
        Self {
            version: standing.version,
            now: standing.now,
            role: standing.role.as_str(),
            me: Me { id: standing.me.to_string(), name: standing.name.reveal().as_str().to_owned() },
            practice: standing.practice.clone(),
            words: words.into(),
            appointment: PlanBody {
                id: standing.appointment.to_string(),
                starts_at: standing.starts_at,
                ends_at: standing.ends_at,
                duration_minutes: standing.minutes,
                zone: standing.zone.rules_name().to_owned(),
                zone_name: words.zone(&standing.zone),
                local: words.date_time(standing.starts_at, &standing.zone),
                kind: standing.kind.as_str(),
                status: standing.status.as_str(),
            },
            consultation: ConsultationBody {
                id: standing.consultation.to_string(),
                duration_seconds: standing.duration.map(|duration| duration.as_secs()),
                answer_until: standing.answer_until,
                ..ConsultationBody::of(&standing.phase, standing.ended_by)
            },
            door: JoinWindowBody::of(standing, words),
            place: standing.is_seat_of(tab).map(|here| if here { "here" } else { "elsewhere" }),
            entry: standing.entry.as_str(),
            people: people(standing),
            may: MayBody { enter: may.enter, wait: may.wait, start: may.start, ticket: may.ticket, end: may.end },
        }
    }
}

impl ConsultationBody {
    fn of(phase: &Phase, ended_by: Option<EndedBy>) -> Self {
        let (started_at, ended_at) = match phase {
            Phase::Planned => (None, None),
            Phase::Live { started_at, .. } => (Some(*started_at), None),
            Phase::Ended { started_at, ended_at, .. } => (Some(*started_at), Some(*ended_at)),
        };
        Self {
            id: String::new(),
            state: phase.as_str(),
            started_at,
            ended_at,
            ended_by: ended_by.map(EndedBy::as_str),
            end_reason: ended_by.and_then(EndedBy::reason),
            duration_seconds: None,
            answer_until: None,
        }
    }

    /// As part of an appointment in the API.
    pub(crate) fn of_consultation(consultation: &anteroom_domain::Consultation) -> Self {
        Self {
            id: consultation.id.to_string(),
            duration_seconds: consultation.duration().map(|duration| duration.as_secs()),
            ..Self::of(&consultation.phase, consultation.ended_by())
        }
    }
}

impl JoinWindowBody {
    fn of(standing: &Standing, words: &Catalogue) -> Self {
        let refusal = standing.join_window.require_open().err();
        Self {
            state: refusal.as_ref().map_or("open", Refusal::code),
            opens_at: standing.opens_at,
            closes_at: standing.closes_at,
            code: refusal.as_ref().map(Refusal::code),
            message: refusal.map(|refusal| words.refusal(&refusal)),
        }
    }
}

fn people(standing: &Standing) -> Vec<PersonBody> {
    let presence = standing.presence.iter().copied().map(Some).chain(std::iter::repeat(None));
    let with_presence = |(person, presence): (&Participant, Option<Presence>)| {
        let (presence, seen_at) = match presence {
            None | Some(Presence::Unknown) => (None, None),
            Some(Presence::Here) => (Some("here"), None),
            Some(Presence::Away) => (Some("away"), None),
            Some(Presence::Gone { since }) => (Some("gone"), Some(since)),
        };
        let moved_at = person.moved_at.filter(|_| standing.role == Role::Host);
        PersonBody { presence, seen_at, moved_at, ..PersonBody::from(person) }
    };
    standing.people.iter().zip(presence).map(with_presence).collect()
}

impl From<&Participant> for PersonBody {
    fn from(person: &Participant) -> Self {
        let waiting_since = match person.entry {
            Entry::Waiting { since } => Some(since),
            _ => None,
        };
        Self {
            id: person.id.to_string(),
            name: person.name.reveal().as_str().to_owned(),
            role: person.role.as_str(),
            entry: person.entry.as_str(),
            waiting_since,
            connected: person.connected_since.is_some(),
            presence: None,
            seen_at: None,
            moved_at: None,
        }
    }
}

impl From<&Catalogue> for WordsBody {
    fn from(words: &Catalogue) -> Self {
        Self { host: words.noun_host(), guest: words.noun_guest(), consultation: words.noun_consultation() }
    }
}

#[cfg(any(test, feature = "gallery"))]
impl StandingBody {
    /// A guest inside the join window, before the host has started.
    pub(crate) fn sample(words: &Catalogue) -> Self {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let host = PersonBody {
            id: format!("par_{}", "1".repeat(32)),
            name: "Dr. Ines Brandt".to_owned(),
            role: "host",
            entry: "outside",
            waiting_since: None,
            connected: false,
            presence: None,
            seen_at: None,
            moved_at: None,
        };
        Self {
            version: 3,
            now: at("2026-11-20T09:50:00Z"),
            role: "guest",
            me: Me {
                id: format!("par_{}", "0".repeat(32)),
                name: "Mara </script><script>alert(1)</script>".to_owned(),
            },
            practice: "Praxis am Park".to_owned(),
            words: words.into(),
            appointment: PlanBody {
                id: format!("apt_{}", "0".repeat(32)),
                starts_at: at("2026-11-20T10:00:00Z"),
                ends_at: at("2026-11-20T10:30:00Z"),
                duration_minutes: 30,
                zone: "Europe/Berlin".to_owned(),
                zone_name: words.zone(&Zone::UTC),
                local: words.date_time(at("2026-11-20T10:00:00Z"), &Zone::UTC),
                kind: "video",
                status: "confirmed",
            },
            consultation: ConsultationBody {
                id: format!("con_{}", "0".repeat(32)),
                ..ConsultationBody::of(&Phase::Planned, None)
            },
            door: JoinWindowBody {
                state: "open",
                opens_at: at("2026-11-20T09:45:00Z"),
                closes_at: at("2026-11-20T11:00:00Z"),
                code: None,
                message: None,
            },
            place: None,
            entry: "outside",
            people: vec![host],
            may: MayBody { enter: true, wait: true, start: false, ticket: false, end: false },
        }
    }
}
