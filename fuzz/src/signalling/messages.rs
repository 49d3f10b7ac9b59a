//! Generates any signalling request, about anything in the room.

use livekit_protocol as proto;
use livekit_protocol::signal_request::Message;

use crate::browser::{Browser, DIRECTIONS, KINDS, answer_to};
use crate::scenario::Scenario;

/// What a client knows: sids of all tracks and sessions, its own browser, and the server's last offer.
pub(crate) struct MessageGenerator<'a> {
    pub(crate) names: &'a [String],
    pub(crate) browser: &'a mut Browser,
    pub(crate) offered: Option<&'a (u32, String)>,
}

/// Lengths around possible limits.
const LENGTHS: &[usize] = &[0, 1, 16, 300, 5_000, 70_000];

impl MessageGenerator<'_> {
    pub(crate) fn message(&mut self, scenario: &mut Scenario<'_>) -> proto::SignalRequest {
        proto::SignalRequest { message: Some(self.any_message(scenario)) }
    }

    #[expect(deprecated, reason = "old clients write these")]
    fn any_message(&mut self, scenario: &mut Scenario<'_>) -> Message {
        match scenario.below(24) {
            0..3 => Message::Offer(self.offer(scenario)),
            3..5 => Message::Answer(self.answer(scenario)),
            5..8 => Message::AddTrack(self.add_track(scenario)),
            8 => Message::Mute(proto::MuteTrackRequest { sid: self.name(scenario), muted: scenario.flip() }),
            9 => Message::Subscription(self.subscription(scenario)),
            10 => Message::TrackSetting(proto::UpdateTrackSettings {
                track_sids: self.names(scenario),
                disabled: scenario.flip(),
                quality: i32::from(scenario.byte()) - 2,
                width: u32::from(scenario.word()),
                height: u32::from(scenario.word()),
                fps: u32::from(scenario.byte()),
                priority: u32::from(scenario.byte()),
            }),
            11 => Message::Leave(proto::LeaveRequest::default()),
            12 => Message::SubscriptionPermission(self.permission(scenario)),
            13 => Message::SyncState(self.sync(scenario)),
            14 => Message::Simulate(proto::SimulateScenario { scenario: simulated(scenario) }),
            15 => Message::UpdateMetadata(self.metadata(scenario)),
            16 => Message::Trickle(proto::TrickleRequest {
                candidate_init: self.text(scenario),
                target: i32::from(scenario.byte()),
                r#final: scenario.flip(),
            }),
            17 => Message::UpdateLayers(proto::UpdateVideoLayers { track_sid: self.name(scenario), layers: vec![] }),
            18 => Message::UpdateAudioTrack(proto::UpdateLocalAudioTrack {
                track_sid: self.name(scenario),
                features: vec![i32::from(scenario.byte()); 3],
            }),
            19 => Message::UpdateVideoTrack(proto::UpdateLocalVideoTrack {
                track_sid: self.name(scenario),
                width: scenario.long(),
                height: scenario.long(),
            }),
            20 => Message::PublishDataTrackRequest(proto::PublishDataTrackRequest::default()),
            21 => Message::UpdateDataSubscription(proto::UpdateDataSubscription::default()),
            22 => Message::PingReq(proto::Ping { timestamp: i64::from(scenario.long()), rtt: -1 }),
            _ => Message::Ping(i64::MIN + i64::from(scenario.byte())),
        }
    }

    /// The sid of an existing track or session, or an unknown one.
    fn name(&mut self, scenario: &mut Scenario<'_>) -> String {
        let index = scenario.below(self.names.len() + 2);
        self.names.get(index).cloned().unwrap_or_else(|| self.text(scenario))
    }

    fn names(&mut self, scenario: &mut Scenario<'_>) -> Vec<String> {
        if scenario.seldom() {
            return (0..400).map(|number| format!("TR_{number}")).collect();
        }
        (0..scenario.below(4)).map(|_| self.name(scenario)).collect()
    }

    fn text(&mut self, scenario: &mut Scenario<'_>) -> String {
        if scenario.seldom() {
            return "x".repeat(scenario.one_of(LENGTHS).unwrap_or_default());
        }
        String::from_utf8_lossy(scenario.some_bytes()).into_owned()
    }

    /// The browser changes something and offers again.
    fn offer(&mut self, scenario: &mut Scenario<'_>) -> proto::SessionDescription {
        self.change(scenario);
        description(scenario, self.browser.offer())
    }

    pub(crate) fn change(&mut self, scenario: &mut Scenario<'_>) {
        for _ in 0..scenario.below(5) {
            let index = scenario.below(32);
            let direction = scenario.one_of(DIRECTIONS).unwrap_or_default();
            match scenario.below(8) {
                0 => self.browser.set_direction(index, direction),
                1 => self.browser.stop(index),
                2 => self.browser.restart_ice(),
                3 if scenario.seldom() => *self.browser = Browser::default(),
                _ => {
                    let kind = scenario.one_of(KINDS).unwrap_or(KINDS[0]);
                    self.browser.add(kind, direction, &format!("cid{}", index % 4));
                }
            }
        }
    }

    fn answer(&mut self, scenario: &mut Scenario<'_>) -> proto::SessionDescription {
        let Some((number, offer)) = self.offered else { return description(scenario, String::new()) };
        let mut answer = description(scenario, answer_to(offer));
        if !scenario.seldom() {
            answer.id = *number;
        }
        answer
    }

    pub(crate) fn add_track(&mut self, scenario: &mut Scenario<'_>) -> proto::AddTrackRequest {
        let layer = |quality| proto::VideoLayer {
            quality,
            width: 320 << quality,
            height: 180 << quality,
            rid: ["q", "h", "f"][quality as usize].to_owned(),
            ..proto::VideoLayer::default()
        };
        let strange = scenario.seldom();
        proto::AddTrackRequest {
            cid: if strange { self.text(scenario) } else { format!("cid{}", scenario.below(4)) },
            name: if strange { self.text(scenario) } else { String::new() },
            stream: if strange { self.text(scenario) } else { String::new() },
            sid: if strange { self.name(scenario) } else { String::new() },
            r#type: scenario.below(4) as i32,
            source: scenario.below(6) as i32,
            muted: scenario.flip(),
            layers: (0..scenario.below(4) as i32).map(layer).collect(),
            encryption: scenario.below(2) as i32,
            audio_features: vec![1; if strange { usize::from(scenario.word()) } else { 0 }],
            ..proto::AddTrackRequest::default()
        }
    }

    fn subscription(&mut self, scenario: &mut Scenario<'_>) -> proto::UpdateSubscription {
        let nested =
            proto::ParticipantTracks { participant_sid: self.name(scenario), track_sids: self.names(scenario) };
        proto::UpdateSubscription {
            track_sids: self.names(scenario),
            subscribe: scenario.flip(),
            participant_tracks: vec![nested; scenario.below(2)],
        }
    }

    fn permission(&mut self, scenario: &mut Scenario<'_>) -> proto::SubscriptionPermission {
        let permission = proto::TrackPermission {
            participant_sid: self.name(scenario),
            all_tracks: scenario.flip(),
            track_sids: self.names(scenario),
            participant_identity: scenario.one_of(&["ada", "ben", "cem", "eve", ""]).unwrap_or_default().to_owned(),
        };
        let all_participants = scenario.flip();
        let mut track_permissions = vec![permission; scenario.below(3)];
        if scenario.seldom() {
            // Each of another participant: equal ones would be one entry.
            let numbered =
                |number: u32| proto::TrackPermission { participant_identity: number.to_string(), ..Default::default() };
            track_permissions.extend((0..1_000).map(numbered));
        }
        proto::SubscriptionPermission { all_participants, track_permissions }
    }

    fn sync(&mut self, scenario: &mut Scenario<'_>) -> proto::SyncState {
        let published = |sid| proto::TrackPublishedResponse {
            track: Some(proto::TrackInfo { sid, ..proto::TrackInfo::default() }),
            ..proto::TrackPublishedResponse::default()
        };
        let received = proto::DataChannelReceiveState { publisher_sid: self.name(scenario), last_seq: scenario.long() };
        let tracks = if scenario.flip() { vec![] } else { self.names(scenario) };
        proto::SyncState {
            subscription: Some(self.subscription(scenario)),
            publish_tracks: tracks.into_iter().map(published).collect(),
            track_sids_disabled: self.names(scenario),
            datachannel_receive_states: vec![received; scenario.below(3)],
            ..proto::SyncState::default()
        }
    }

    fn metadata(&mut self, scenario: &mut Scenario<'_>) -> proto::UpdateParticipantMetadata {
        let mut attribute = |scenario: &mut Scenario<'_>| (self.text(scenario), self.text(scenario));
        proto::UpdateParticipantMetadata {
            attributes: [attribute(scenario)].into(),
            metadata: self.text(scenario),
            name: self.text(scenario),
            request_id: scenario.long(),
        }
    }
}

fn description(scenario: &mut Scenario<'_>, sdp: String) -> proto::SessionDescription {
    let mut bytes = sdp.into_bytes();
    if scenario.byte() < 24 {
        scenario.mutate(&mut bytes);
    }
    let sdp = String::from_utf8_lossy(&bytes).into_owned();
    proto::SessionDescription { r#type: "offer".to_owned(), sdp, id: scenario.below(8) as u32, ..Default::default() }
}

fn simulated(scenario: &mut Scenario<'_>) -> Option<proto::simulate_scenario::Scenario> {
    use proto::simulate_scenario::Scenario as Simulate;
    Some(match scenario.below(9) {
        0 => Simulate::SpeakerUpdate(i32::from(scenario.byte())),
        1 => Simulate::NodeFailure(scenario.flip()),
        2 => Simulate::Migration(true),
        3 => Simulate::ServerLeave(scenario.flip()),
        4 => Simulate::SwitchCandidateProtocol(i32::from(scenario.byte())),
        5 => Simulate::SubscriberBandwidth(-1),
        6 => Simulate::DisconnectSignalOnResume(true),
        7 => Simulate::LeaveRequestFullReconnect(scenario.flip()),
        _ => return None,
    })
}
