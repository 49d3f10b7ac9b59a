//! Subscriptions: connect, disconnect, pause, resume, limit to a layer.

use std::time::Instant;

use str0m::media::Mid;
use str0m::rtp::Ssrc;

use super::media::Media;
use crate::bwe::allocation::Priority;
use crate::ids::{LayerKey, PeerId, SectionKey};
use crate::subscription::Subscription;

impl Media {
    /// Forwards `publication` to `subscription` from now on. Video starts with a keyframe, which is requested. A
    /// subscription has one publication: connecting it again moves it. Allowed before the sections are negotiated
    /// and before anything is published, but not before both peers have joined.
    pub fn connect(&mut self, now: Instant, publication: (PeerId, Mid), subscription: (PeerId, Mid)) {
        let now = self.set_now(now);
        if !self.peers.contains_key(&publication.0) || !self.peers.contains_key(&subscription.0) {
            return;
        }
        if self.routes.connect(publication, subscription) {
            self.restart_subscription(subscription);
            if let Some(subscribed) =
                self.peers.lend(&subscription.0).and_then(|peer| peer.subscriptions.get_mut(&subscription.1))
            {
                subscribed.since = Some(now);
            }
            self.request_keyframe(now, subscription);
            self.subscription_changed(now, subscription);
        }
    }

    /// Stops forwarding to this subscription. The next track on this section gets a new SSRC.
    pub fn disconnect(&mut self, subscription: (PeerId, Mid)) {
        if let Some(publication) = self.routes.disconnect(subscription) {
            self.reset_subscription(subscription);
            self.now.into_iter().for_each(|now| self.update_dynacast(now, publication));
        }
    }

    /// Pauses a subscription, or resumes it with a keyframe. The route is kept.
    pub fn pause(&mut self, now: Instant, subscription: (PeerId, Mid), paused: bool) {
        let now = self.set_now(now);
        let Some(subscribed) =
            self.peers.lend(&subscription.0).map(|peer| peer.subscriptions.entry(subscription.1).or_default())
        else {
            return;
        };
        if subscribed.paused != paused {
            subscribed.paused = paused;
            subscribed.since = Some(now);
            subscribed.restart();
            self.request_keyframe(now, subscription);
            self.subscription_changed(now, subscription);
        }
    }

    /// The highest simulcast layer this subscription is sent; `None` for the highest there is.
    pub fn set_max_layer(&mut self, now: Instant, subscription: (PeerId, Mid), layer: Option<LayerKey>) {
        let now = self.set_now(now);
        if let Some(peer) = self.peers.lend(&subscription.0) {
            peer.subscriptions.entry(subscription.1).or_default().max_layer = layer;
            self.subscription_changed(now, subscription);
        }
    }

    /// Declares the layers of a publication that sends simulcast without RIDs: their SSRCs, lowest first, as in
    /// `a=ssrc-group:SIM`. Call it after each offer that changes them; they do not count while the offer has RIDs.
    pub fn set_simulcast_ssrcs(&mut self, now: Instant, publication: (PeerId, Mid), ssrcs: &[u32]) {
        let now = self.set_now(now);
        let peer = self.peers.lend(&publication.0);
        if let Some(published) = peer.and_then(|peer| peer.publications.get_mut(&publication.1)) {
            published.set_simulcast_ssrcs(ssrcs.iter().map(|ssrc| Ssrc::from(*ssrc)).collect());
            self.update_dynacast(now, publication);
        }
    }

    /// The priority of a video subscription when its peer's bandwidth does not suffice for all;
    /// [`Priority::Standard`] without a call.
    pub fn set_priority(&mut self, now: Instant, subscription: (PeerId, Mid), priority: Priority) {
        let now = self.set_now(now);
        if let Some(peer) = self.peers.lend(&subscription.0) {
            peer.subscriptions.entry(subscription.1).or_default().priority = priority;
            self.subscription_changed(now, subscription);
        }
    }

    /// A peer has connected, for the first time or again: its video starts, each with a keyframe.
    pub(crate) fn start_subscriptions(&mut self, now: Instant, id: PeerId) {
        let Some(peer) = self.peers.lend(&id) else {
            return;
        };
        peer.bandwidth.reallocate_soon();
        peer.subscriptions.values_mut().for_each(Subscription::restart);
        let mids: Vec<Mid> = peer.subscriptions.keys().copied().collect();
        for mid in mids {
            self.request_keyframe(now, (id, mid));
        }
    }

    /// What this subscription needs has changed: reallocates its peer's bandwidth and updates dynacast of its
    /// publisher.
    fn subscription_changed(&mut self, now: Instant, subscription: SectionKey) {
        if let Some(peer) = self.peers.lend(&subscription.0) {
            peer.bandwidth.reallocate_soon();
        }
        if let Some(publication) = self.routes.publication_of(subscription) {
            self.update_dynacast(now, publication);
        }
    }
}
