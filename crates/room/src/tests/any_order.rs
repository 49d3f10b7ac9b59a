//! The room's invariants as one property over inputs in any order.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const SESSIONS: [&str; 5] = ["a1", "a2", "b1", "b2", "c1"];

fn any_session() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(&SESSIONS[..])
}

fn any_track() -> impl Strategy<Value = TrackSid> {
    any_session().prop_map(track_sid)
}

/// Any input, from any session, about any track.
fn any_input() -> impl Strategy<Value = Input> {
    prop_oneof![
        4 => any_session().prop_map(|session| new(session, &session[..1])),
        2 => any_session().prop_map(|session| Input::MediaUp(sid(session))),
        1 => any_session().prop_map(|session| Input::MediaDown(sid(session))),
        1 => any_session().prop_map(|session| Input::MediaClosed(sid(session))),
        1 => any_session().prop_map(|session| Input::SignalDown(sid(session))),
        1 => any_session().prop_map(|session| Input::SignalUp(sid(session))),
        3 => any_session().prop_map(|s| Input::Publish { who: sid(s), request: request("mic"), sid: track_sid(s) }),
        3 => (any_session(), any_track())
            .prop_map(|(s, track)| Input::Negotiated { who: sid(s), track, mid: "1".into(), mime: "audio/opus".into() }),
        1 => (any_session(), any_track()).prop_map(|(s, track)| Input::Unpublish { who: sid(s), track }),
        1 => (any_session(), any_track(), any::<bool>())
            .prop_map(|(s, track, muted)| Input::Mute { who: sid(s), track, muted }),
        1 => (any_session(), any_session(), any_track())
            .prop_map(|(s, _, track)| Input::AudioLevel { who: sid(s), track, level: 10, active: 90 }),
        1 => (any_session(), any_track(), 0u32..3).prop_map(|(s, track, width)| Input::UpdateTrack {
            who: sid(s),
            track,
            update: TrackUpdate::Size(width, width),
        }),
        1 => any_session().prop_map(|s| Input::SimulateSpeaker { who: sid(s), duration: Duration::from_secs(3) }),
        1 => (any_session(), 0u8..=100).prop_map(|(s, score)| Input::ConnectionScore { who: sid(s), score }),
        1 => any_session().prop_map(|s| send_data(s, message(true, 0))),
        2 => any_session().prop_map(|s| Input::Leave { who: sid(s), reason: DisconnectReason::Left }),
        1 => any_session().prop_map(|s| Input::Remove(s[..1].into())),
        1 => (any_session(), moderate::any_grants()).prop_map(|(s, grants)| Input::UpdateParticipant {
            identity: s[..1].into(),
            change: MetadataChange::default(),
            grants: Some(grants),
        }),
        1 => Just(Input::Tick),
    ]
}

/// The state that follows from the outputs so far.
#[derive(Default)]
struct Observer {
    inside: BTreeSet<ParticipantSid>,
    versions: BTreeMap<(ParticipantSid, ParticipantSid), u32>,
    receiving: BTreeSet<(ParticipantSid, TrackSid)>,
    published: BTreeSet<TrackSid>,
}

impl Observer {
    fn observe(&mut self, output: &Output) -> Result<(), TestCaseError> {
        match output {
            Output::Joined { to, you, others } => {
                prop_assert!(self.inside.insert(to.clone()), "joined twice");
                // These inputs reuse session ids; a real server never does.
                self.versions.retain(|(_, about), _| about != to);
                for info in others.iter().chain([you]) {
                    self.versions.insert((to.clone(), info.sid.clone()), info.version);
                }
            }
            Output::ParticipantsUpdated { to, about } => {
                for info in about {
                    // The id of a participant reported as gone may be reused by these inputs.
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
                prop_assert!(self.inside.remove(who), "left without having joined");
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
        // Not sent to a participant.
        Output::Published { .. }
        | Output::BackupCodecPublished { .. }
        | Output::Unpublished { .. }
        | Output::Muted { .. }
        | Output::Closed(_) => None,
    }
}

/// Every track of every other participant.
fn expected_subscriptions(room: &Room) -> BTreeSet<(ParticipantSid, TrackSid)> {
    let all: Vec<_> = room.participants().collect();
    let pairs = all.iter().flat_map(|from| all.iter().map(move |to| (from, to)));
    let others = pairs.filter(|(from, to)| from.sid != to.sid && to.grants.can_subscribe);
    others.flat_map(|(from, to)| from.tracks.iter().map(|track| (to.sid.clone(), track.sid.clone()))).collect()
}

proptest! {
    #[test]
    fn outputs_go_to_participants_only_and_all_tracks_are_subscribed(
        inputs in vec((any_input(), 0u64..30), 0..80),
    ) {
        let mut room = TestRoom::new();
        let mut observer = Observer::default();
        for (input, seconds) in inputs {
            room.now += Duration::from_secs(seconds);
            let mut outputs = room.handle(Input::Tick);
            prop_assert!(room.inner.deadline().is_none_or(|at| at > room.now), "a tick handles all deadlines up to now");
            outputs.extend(room.handle(input));
            for output in outputs {
                let was_inside = receiver(&output).is_none_or(|who| observer.inside.contains(who));
                let joins = matches!(output, Output::Joined { .. });
                prop_assert!(was_inside || joins, "{output:?} was sent to a session that is not in the room");
                observer.observe(&output)?;
            }
            prop_assert_eq!(&observer.receiving, &expected_subscriptions(&room.inner));
            let published = room.inner.participants().flat_map(|info| info.tracks.iter().map(|track| track.sid.clone()));
            prop_assert_eq!(&observer.published, &published.collect::<BTreeSet<_>>());
        }
    }
}
