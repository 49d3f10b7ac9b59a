//! Whatever happens in whatever order: the promises as one property.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const STAYS: [&str; 5] = ["a1", "a2", "b1", "b2", "c1"];

fn any_stay() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(&STAYS[..])
}

fn any_track() -> impl Strategy<Value = TrackSid> {
    any_stay().prop_map(|stay| track_sid(stay))
}

/// Everything that can be said, by anybody, about anybody's tracks.
fn any_input() -> impl Strategy<Value = Input> {
    prop_oneof![
        4 => any_stay().prop_map(|stay| new(stay, &stay[..1])),
        2 => any_stay().prop_map(|stay| Input::MediaUp(sid(stay))),
        1 => any_stay().prop_map(|stay| Input::MediaDown(sid(stay))),
        1 => any_stay().prop_map(|stay| Input::MediaClosed(sid(stay))),
        1 => any_stay().prop_map(|stay| Input::SignalDown(sid(stay))),
        1 => any_stay().prop_map(|stay| Input::SignalUp(sid(stay))),
        3 => any_stay().prop_map(|s| Input::Publish { who: sid(s), request: request("mic"), sid: track_sid(s) }),
        3 => (any_stay(), any_track())
            .prop_map(|(s, track)| Input::Negotiated { who: sid(s), track, mid: "1".into(), mime: "audio/opus".into() }),
        1 => (any_stay(), any_track()).prop_map(|(s, track)| Input::Unpublish { who: sid(s), track }),
        1 => (any_stay(), any_track(), any::<bool>())
            .prop_map(|(s, track, muted)| Input::Mute { who: sid(s), track, muted }),
        1 => (any_stay(), any_stay(), any_track())
            .prop_map(|(s, _, track)| Input::AudioLevel { who: sid(s), track, level: 10, active: 90 }),
        1 => (any_stay(), any_track(), 0u32..3).prop_map(|(s, track, width)| Input::UpdateTrack {
            who: sid(s),
            track,
            update: TrackUpdate::Size(width, width),
        }),
        1 => any_stay().prop_map(|s| Input::SimulateSpeaker { who: sid(s), duration: Duration::from_secs(3) }),
        1 => (any_stay(), 0u8..=100).prop_map(|(s, score)| Input::ConnectionScore { who: sid(s), score }),
        1 => any_stay().prop_map(|s| send_data(s, message(true, 0))),
        2 => any_stay().prop_map(|s| Input::Leave { who: sid(s), reason: DisconnectReason::Left }),
        1 => any_stay().prop_map(|s| Input::Remove(s[..1].into())),
        1 => (any_stay(), moderate::any_grants()).prop_map(|(s, grants)| Input::UpdateParticipant {
            identity: s[..1].into(),
            change: MetadataChange::default(),
            grants: Some(grants),
        }),
        1 => Just(Input::Tick),
    ]
}

/// What somebody outside has been told so far.
#[derive(Default)]
struct Told {
    inside: BTreeSet<ParticipantSid>,
    versions: BTreeMap<(ParticipantSid, ParticipantSid), u32>,
    receiving: BTreeSet<(ParticipantSid, TrackSid)>,
    published: BTreeSet<TrackSid>,
}

impl Told {
    fn hear(&mut self, output: &Output) -> Result<(), TestCaseError> {
        match output {
            Output::Joined { to, you, others } => {
                prop_assert!(self.inside.insert(to.clone()), "welcomed twice");
                // The table uses names of stays again; a real room never does.
                self.versions.retain(|(_, about), _| about != to);
                for info in others.iter().chain([you]) {
                    self.versions.insert((to.clone(), info.sid.clone()), info.version);
                }
            }
            Output::ParticipantsUpdated { to, about } => {
                for info in about {
                    // Who is told of as gone may be an earlier bearer of a name that the table has used again.
                    if info.state == ParticipantState::Disconnected {
                        continue;
                    }
                    let known = self.versions.insert((to.clone(), info.sid.clone()), info.version);
                    prop_assert!(known.is_none_or(|known| known <= info.version), "a version fell");
                }
            }
            Output::Subscribed { who, track, .. } => {
                prop_assert!(self.receiving.insert((who.clone(), track.sid.clone())), "subscribed twice");
            }
            Output::Unsubscribed { who, track } => {
                prop_assert!(self.receiving.remove(&(who.clone(), track.clone())), "was not subscribed");
            }
            Output::Published { track, .. } => {
                prop_assert!(self.published.insert(track.sid.clone()), "published twice");
            }
            Output::Unpublished { track, .. } => {
                prop_assert!(self.published.remove(&track.sid), "was not published");
            }
            Output::Disconnected { who, .. } => {
                prop_assert!(self.inside.remove(who), "went without having been in");
                self.receiving.retain(|(sid, _)| sid != who);
            }
            _ => {}
        }
        Ok(())
    }
}

fn receiver(output: &Output) -> Option<&ParticipantSid> {
    match output {
        Output::Joined { to, .. }
        | Output::ParticipantsUpdated { to, .. }
        | Output::TrackPending { to, .. }
        | Output::FirstSubscribed { to, .. }
        | Output::ServerMuted { to, .. }
        | Output::SubscriptionPermissionChanged { to, .. }
        | Output::RequestDenied { to, .. }
        | Output::RequestGranted { to, .. }
        | Output::Data { to, .. }
        | Output::SpeakersChanged { to, .. }
        | Output::ConnectionQualityChanged { to, .. }
        | Output::TrackNotFound { to, .. }
        | Output::PublishRevoked { to, .. }
        | Output::ResumeRequested(to)
        | Output::MediaConnected(to) => Some(to),
        Output::Subscribed { who, .. } | Output::Unsubscribed { who, .. } | Output::Disconnected { who, .. } => {
            Some(who)
        }
        // Told to nobody in the room.
        Output::Published { .. }
        | Output::BackupCodecPublished { .. }
        | Output::Unpublished { .. }
        | Output::Muted { .. }
        | Output::Closed(_) => None,
    }
}

/// Who should receive what, said in one line.
fn published_times_present_minus_self(room: &Room) -> BTreeSet<(ParticipantSid, TrackSid)> {
    let everybody: Vec<_> = room.participants().collect();
    let pairs = everybody.iter().flat_map(|from| everybody.iter().map(move |to| (from, to)));
    let others = pairs.filter(|(from, to)| from.sid != to.sid && to.grants.can_subscribe);
    others.flat_map(|(from, to)| from.tracks.iter().map(|track| (to.sid.clone(), track.sid.clone()))).collect()
}

proptest! {
    #[test]
    fn whatever_happens_only_those_inside_are_told_and_everybody_receives_everybody_else(
        inputs in vec((any_input(), 0u64..30), 0..80),
    ) {
        let mut table = Table::new();
        let mut reported = Told::default();
        for (input, seconds) in inputs {
            table.now += Duration::from_secs(seconds);
            let mut outputs = table.tell(Input::Tick);
            prop_assert!(table.room.deadline().is_none_or(|at| at > table.now), "a deadline that a tick does not move");
            outputs.extend(table.tell(input));
            for output in outputs {
                let was_inside = receiver(&output).is_none_or(|who| reported.inside.contains(who));
                let enters = matches!(output, Output::Joined { .. });
                prop_assert!(was_inside || enters, "{output:?} went to someone outside");
                reported.hear(&output)?;
            }
            prop_assert_eq!(&reported.receiving, &published_times_present_minus_self(&table.room));
            let published = table.room.participants().flat_map(|info| info.tracks.iter().map(|track| track.sid.clone()));
            prop_assert_eq!(&reported.published, &published.collect::<BTreeSet<_>>());
        }
    }
}
