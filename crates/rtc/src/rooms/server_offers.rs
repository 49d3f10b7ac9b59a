//! Devices of the older path, which receive on a second connection: on it we make the offers.

use std::time::Instant;

use anteroom_livekit::SessionDescription;
use anteroom_room::{DisconnectReason, Input, ParticipantSid};

use super::candidate_filter::input_to;
use super::live_room::LiveRoom;

impl LiveRoom {
    /// Last of all, so that one offer tells everything that has just happened. True if anything was offered.
    pub(super) fn send_offers(&mut self, now: Instant) -> bool {
        let plans =
            self.connections.iter().filter_map(|(sid, connection)| Some((sid.clone(), connection.session.plan()?)));
        let plans: Vec<_> = plans.collect();
        let mut some = false;
        for (who, plan) in plans {
            let Some(connection) = self.connections.get_mut(&who) else { continue };
            let subscriber_pc = connection.subscriber_pc;
            match self.media.create_offer(now, subscriber_pc, &plan.change) {
                Ok(Some(proposal)) => {
                    let frame = connection.session.propose(plan, &proposal.added, |labels| {
                        input_to(connection.forced_transport, proposal.sdp(labels))
                    });
                    self.new_routes.push((proposal.ufrag.clone(), self.route_of(subscriber_pc)));
                    self.say(&who, frame.unwrap_or_default());
                    self.send_candidates(&who, &proposal.ufrag, proposal.candidates(), true);
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

    /// Their answer; one to an offer that no longer counts says nothing.
    pub(super) fn receive_answer(&mut self, now: Instant, who: &ParticipantSid, answer: &SessionDescription) {
        let Some(connection) = self.connections.get_mut(who) else { return };
        let subscriber_pc = connection.subscriber_pc;
        let Some(sinks) = connection.session.answer_received(answer.id) else { return };
        if let Err(error) = self.media.accept_answer(now, subscriber_pc, &answer.sdp) {
            tracing::info!(peer = subscriber_pc.0, %error, "an answer was refused");
            return self.tell(now, Input::Leave { who: who.clone(), reason: DisconnectReason::ProtocolError });
        }
        for sink in &sinks {
            self.forward(now, who, subscriber_pc, sink);
        }
    }
}
