//! What devices ask for: offers, tracks, subscriptions, data.

use std::time::{Duration, Instant};

use anteroom_dialect::livekit::{self, DataChannel, Offer, Request, Scenario, Settings, Sink};
use anteroom_media::{ChannelId, Media, OfferError, PeerId};
use anteroom_room::{Input, ParticipantSid, Reason, TrackSid};

use super::live::Live;
use super::reaching::told;
use super::returning::Belief;
use crate::names::{self, Chance};

/// More settings than tracks anybody ever saw are not kept.
const MOST_SETTINGS: usize = 256;

impl Live {
    pub(super) fn asked(&mut self, now: Instant, who: &ParticipantSid, request: Request, chance: &mut Chance) {
        let who = who.clone();
        let input = match request {
            Request::Offer(offer) => return self.negotiate(now, &who, &offer),
            Request::AddTrack(draft) => Input::Publish { who, draft, chance: names::letters::<12>(chance) },
            Request::Mute { track, muted } => Input::Mute { who, track, muted },
            Request::Refine { track, refinement } => Input::Refine { who, track, refinement },
            Request::Subscribe { tracks, wanted } => Input::Want { who, tracks, wanted },
            Request::Settings(settings) => return self.set(now, &who, settings),
            Request::Permit(audience) => Input::Limit { who, audience },
            Request::Describe { request, change } => Input::Describe { who, request, change },
            Request::Leave => Input::Leave { who, reason: Reason::Left },
            Request::Simulate(Scenario::ServerLeave) => Input::Leave { who, reason: Reason::Shutdown },
            Request::Answer(answer) => return self.answered(now, &who, &answer),
            Request::Sync { published, otherwise, wanted, received, .. } => {
                return self.reconcile(now, who, Belief { published, otherwise, wanted, received });
            }
            Request::Simulate(Scenario::Speak(seconds)) => {
                Input::Pretend { who, lasting: Duration::from_secs(seconds) }
            }
            Request::Simulate(Scenario::ReachBy(transport)) => return self.reach_by(&who, transport),
            Request::Simulate(Scenario::FullReconnect) => Input::Leave { who, reason: Reason::OutOfStep },
            Request::Simulate(Scenario::NodeFailure) => Input::Leave { who, reason: Reason::Left },
            Request::Ping(_) | Request::PingReq(_) | Request::Simulate(_) | Request::Nothing => return,
        };
        self.tell(now, input);
    }

    pub(super) fn negotiate(&mut self, now: Instant, who: &ParticipantSid, offer: &Offer) {
        let Some(device) = self.devices.get_mut(who) else { return };
        let peer = device.peer;
        let answer = match self.media.accept_offer(now, peer, &offer.sdp) {
            Ok(answer) => answer,
            Err(error) => {
                tracing::info!(peer = peer.0, %error, "an offer was refused");
                // Who comes back to a stay whose media they closed has done no wrong: they come in anew.
                let is_over = matches!(error, OfferError::UnknownPeer);
                let reason = if is_over { Reason::OutOfStep } else { Reason::Misbehaved };
                return self.tell(now, Input::Leave { who: who.clone(), reason });
            }
        };
        let negotiated =
            device.session.negotiate(offer.id, &answer.sections, |labels| told(device.reach, answer.sdp(labels)));
        self.new_routes.push((answer.ufrag.clone(), self.route_of(peer)));
        self.say(who, negotiated.reply);
        self.tell_candidates(who, &answer.ufrag, answer.candidates(), false);
        for sink in &negotiated.sinks {
            self.forward(now, who, peer, sink);
        }
        self.inputs.extend(negotiated.inputs);
        self.settle(now);
    }

    pub(super) fn forward(&mut self, now: Instant, who: &ParticipantSid, peer: PeerId, sink: &Sink) {
        let Some(source) = self.understood(sink, peer) else { return self.explain(who, peer, sink) };
        self.media.connect(now, source, (peer, sink.mid));
        let settings = self.devices.get(who).and_then(|device| device.settings.get(&sink.track));
        if let Some(settings) = settings.cloned() {
            self.suit(now, (peer, sink.mid), &settings);
        }
    }

    pub(super) fn unsubscribe(&mut self, who: &ParticipantSid, track: &TrackSid) {
        let Some(device) = self.devices.get_mut(who) else { return };
        device.settings.remove(track);
        if let Some(mid) = device.session.unsubscribe(track) {
            self.media.disconnect((device.ear, mid));
        }
    }

    fn set(&mut self, now: Instant, who: &ParticipantSid, settings: Settings) {
        let Some(device) = self.devices.get_mut(who) else { return };
        let mut sinks = Vec::new();
        // Kept under each track's name: the list of all their names beside every one would grow with its square.
        let kept = Settings { tracks: Vec::new(), ..settings.clone() };
        for track in &settings.tracks {
            sinks.extend(device.session.section_of(track).map(|mid| (device.ear, mid)));
            if device.settings.len() < MOST_SETTINGS || device.settings.contains_key(track) {
                device.settings.insert(track.clone(), kept.clone());
            }
        }
        sinks.into_iter().for_each(|sink| self.suit(now, sink, &settings));
    }

    /// Last of all, so that one request serves everything that has just happened.
    pub(super) fn ask_for_sections(&mut self) {
        let asking: Vec<_> = self
            .devices
            .iter_mut()
            .filter_map(|(sid, device)| Some((sid.clone(), device.session.shortage()?)))
            .collect();
        for (sid, frame) in asking {
            self.say(&sid, frame);
        }
    }

    /// Messages may be sent to a peer before its channels are open: reliable ones wait for it.
    pub(super) fn reserve_channels(&mut self, peer: PeerId) {
        for channel in DataChannel::ALL {
            self.media.reserve_channel(peer, channel.label(), channel == DataChannel::Reliable);
        }
    }

    pub(super) fn data(&mut self, peer: PeerId, channel: ChannelId, bytes: &[u8]) {
        let label = self.media.channel_label(peer, channel);
        let reliable = match label.and_then(DataChannel::of_label) {
            Some(DataChannel::Reliable) => true,
            Some(DataChannel::Lossy) => false,
            Some(DataChannel::DataTrack) | None => return,
        };
        let sender = self.devices.iter().find(|(_, device)| device.peer == peer);
        let Some((sid, device)) = sender else { return };
        let identity = device.bearer.identity.as_str().into();
        let sid = &sid.clone();
        if self.is_answer(sid, bytes) {
            return;
        }
        if let Some(packet) = livekit::address(bytes, sid, &identity, reliable) {
            let who = sid.clone();
            let (to, sequence, bytes) = (packet.to, packet.sequence, packet.bytes.into());
            self.inputs.push_back(Input::Say { who, to, reliable, sequence, bytes });
        }
    }
}

/// Sends a data packet on the channel of this meaning.
pub(super) fn send_data(media: &mut Media, now: Instant, peer: PeerId, channel: DataChannel, bytes: &[u8]) {
    if let Some(channel) = media.channel(peer, channel.label()) {
        media.send_data(now, peer, channel, bytes);
    }
}
