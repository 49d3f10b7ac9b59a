//! Offers of the server on the subscriber peer connection, for clients that do not offer for what they receive.

use std::time::Instant;

use anteroom_room::{DisconnectReason, Input, ParticipantSid};
use anteroom_signalling::{PeerRole, SessionDescription};

use super::forced_transport::filter_candidates;
use super::live_room::LiveRoom;

impl LiveRoom {
    /// Called last, so that one offer covers everything that has just happened. True if anything was offered.
    pub(super) fn send_offers(&mut self, now: Instant) -> bool {
        let plans =
            self.connections.iter_mut().filter_map(|(sid, of)| Some((sid.clone(), of.signalling.plan_offer()?)));
        let plans: Vec<_> = plans.collect();
        let mut some = false;
        for (who, change) in plans {
            let Some(connection) = self.connections.get_mut(&who) else { continue };
            let (subscriber_pc, forced) = (connection.subscriber_pc, connection.forced_transport);
            let peer = if connection.signalling.dual_pc() { PeerRole::Subscriber } else { PeerRole::Publisher };
            match self.media.create_offer(now, subscriber_pc, &change) {
                Ok(Some(offer)) => {
                    let mut sdp = |labels: &_| filter_candidates(forced, offer.sdp(labels));
                    let frames = connection.signalling.offer_created(&offer.added, &mut sdp);
                    self.new_routes.push((offer.ufrag.clone(), self.route_of(subscriber_pc)));
                    self.send_frames(&who, frames);
                    self.send_candidates(&who, peer, &offer.ufrag, offer.candidates());
                    some = true;
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::info!(peer = subscriber_pc.0, %error, "no offer can be made");
                    self.inputs.push_back(Input::Leave { who, reason: DisconnectReason::MediaLost });
                    some = true;
                }
            }
        }
        some
    }

    /// The client's answer. One to an offer that is no longer out is ignored.
    pub(super) fn receive_answer(&mut self, now: Instant, who: &ParticipantSid, answer: SessionDescription) {
        let Some(connection) = self.connections.get_mut(who) else { return };
        let subscriber_pc = connection.subscriber_pc;
        let Some(sections) = connection.signalling.answer_received(answer.id) else { return };
        if let Err(error) = self.media.accept_answer(now, subscriber_pc, answer.sdp) {
            tracing::info!(peer = subscriber_pc.0, %error, "answer refused");
            return self.handle(now, Input::Leave { who: who.clone(), reason: DisconnectReason::ProtocolError });
        }
        for section in &sections {
            self.forward(now, who, subscriber_pc, section);
        }
    }
}
