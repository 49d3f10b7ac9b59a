//! Anything a program could say over its socket, about anything in the room.

use livekit_protocol as proto;
use livekit_protocol::signal_request::Message as Ask;

use crate::browser::{Browser, DIRECTIONS, KINDS, answer_to};
use crate::scenario::Scenario;

/// What the speaker knows: names of everybody's things, their own browser, and what we last offered.
pub(crate) struct Speaker<'a> {
    pub(crate) names: &'a [String],
    pub(crate) browser: &'a mut Browser,
    pub(crate) offered: Option<&'a (u32, String)>,
}

/// Lengths that a check might forget.
const LENGTHS: &[usize] = &[0, 1, 16, 300, 5_000, 70_000];

impl Speaker<'_> {
    pub(crate) fn message(&mut self, scenario: &mut Scenario<'_>) -> proto::SignalRequest {
        proto::SignalRequest { message: Some(self.ask(scenario)) }
    }

    #[expect(deprecated, reason = "old clients write these")]
    fn ask(&mut self, scenario: &mut Scenario<'_>) -> Ask {
        match scenario.below(24) {
            0..3 => Ask::Offer(self.offer(scenario)),
            3..5 => Ask::Answer(self.answer(scenario)),
            5..8 => Ask::AddTrack(self.add_track(scenario)),
            8 => Ask::Mute(proto::MuteTrackRequest { sid: self.name(scenario), muted: scenario.flip() }),
            9 => Ask::Subscription(self.subscription(scenario)),
            10 => Ask::TrackSetting(proto::UpdateTrackSettings {
                track_sids: self.names(scenario),
                disabled: scenario.flip(),
                quality: i32::from(scenario.byte()) - 2,
                width: u32::from(scenario.word()),
                height: u32::from(scenario.word()),
                fps: u32::from(scenario.byte()),
                priority: u32::from(scenario.byte()),
            }),
            11 => Ask::Leave(proto::LeaveRequest::default()),
            12 => Ask::SubscriptionPermission(self.permission(scenario)),
            13 => Ask::SyncState(self.sync(scenario)),
            14 => Ask::Simulate(proto::SimulateScenario { scenario: simulated(scenario) }),
            15 => Ask::UpdateMetadata(self.metadata(scenario)),
            16 => Ask::Trickle(proto::TrickleRequest {
                candidate_init: self.text(scenario),
                target: i32::from(scenario.byte()),
                r#final: scenario.flip(),
            }),
            17 => Ask::UpdateLayers(proto::UpdateVideoLayers { track_sid: self.name(scenario), layers: vec![] }),
            18 => Ask::UpdateAudioTrack(proto::UpdateLocalAudioTrack {
                track_sid: self.name(scenario),
                features: vec![i32::from(scenario.byte()); 3],
            }),
            19 => Ask::UpdateVideoTrack(proto::UpdateLocalVideoTrack {
                track_sid: self.name(scenario),
                width: scenario.long(),
                height: scenario.long(),
            }),
            20 => Ask::PublishDataTrackRequest(proto::PublishDataTrackRequest::default()),
            21 => Ask::UpdateDataSubscription(proto::UpdateDataSubscription::default()),
            22 => Ask::PingReq(proto::Ping { timestamp: i64::from(scenario.long()), rtt: -1 }),
            _ => Ask::Ping(i64::MIN + i64::from(scenario.byte())),
        }
    }

    /// Something of somebody's, or of nobody's.
    fn name(&mut self, scenario: &mut Scenario<'_>) -> String {
        let place = scenario.below(self.names.len() + 2);
        self.names.get(place).cloned().unwrap_or_else(|| self.text(scenario))
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

    /// Their browser changes something, and says so.
    fn offer(&mut self, scenario: &mut Scenario<'_>) -> proto::SessionDescription {
        self.change(scenario);
        description(scenario, self.browser.offer())
    }

    pub(crate) fn change(&mut self, scenario: &mut Scenario<'_>) {
        for _ in 0..scenario.below(5) {
            let place = scenario.below(32);
            let direction = scenario.one_of(DIRECTIONS).unwrap_or_default();
            match scenario.below(8) {
                0 => self.browser.turn(place, direction),
                1 => self.browser.stop(place),
                2 => self.browser.restart(),
                3 if scenario.seldom() => *self.browser = Browser::default(),
                _ => {
                    let kind = scenario.one_of(KINDS).unwrap_or(KINDS[0]);
                    self.browser.add(kind, direction, &format!("cid{}", place % 4));
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
        proto::SubscriptionPermission {
            all_participants: scenario.flip(),
            track_permissions: vec![permission; scenario.below(3)],
        }
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
        scenario.spoil(&mut bytes);
    }
    let sdp = String::from_utf8_lossy(&bytes).into_owned();
    proto::SessionDescription { r#type: "offer".to_owned(), sdp, id: scenario.below(8) as u32, ..Default::default() }
}

fn simulated(scenario: &mut Scenario<'_>) -> Option<proto::simulate_scenario::Scenario> {
    use proto::simulate_scenario::Scenario as Wish;
    Some(match scenario.below(9) {
        0 => Wish::SpeakerUpdate(i32::from(scenario.byte())),
        1 => Wish::NodeFailure(scenario.flip()),
        2 => Wish::Migration(true),
        3 => Wish::ServerLeave(scenario.flip()),
        4 => Wish::SwitchCandidateProtocol(i32::from(scenario.byte())),
        5 => Wish::SubscriberBandwidth(-1),
        6 => Wish::DisconnectSignalOnResume(true),
        7 => Wish::LeaveRequestFullReconnect(scenario.flip()),
        _ => return None,
    })
}
