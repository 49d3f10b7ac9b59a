//! Devices of the older path, which receive on a second connection: on it we make the offers.

use std::time::Instant;

use anteroom_dialect::livekit::Offer;
use anteroom_room::{Input, ParticipantSid, Reason};

use super::live::Live;
use super::reaching::told;

impl Live {
    /// Last of all, so that one offer tells everything that has just happened. True if anything was offered.
    pub(super) fn propose(&mut self, now: Instant) -> bool {
        let plans = self.devices.iter().filter_map(|(sid, device)| Some((sid.clone(), device.session.plan()?)));
        let plans: Vec<_> = plans.collect();
        let mut some = false;
        for (who, plan) in plans {
            let Some(device) = self.devices.get_mut(&who) else { continue };
            let ear = device.ear;
            match self.media.create_offer(now, ear, &plan.change) {
                Ok(Some(proposal)) => {
                    let frame = device
                        .session
                        .propose(plan, &proposal.added, |labels| told(device.reach, proposal.sdp(labels)));
                    self.new_routes.push((proposal.ufrag.clone(), self.route_of(ear)));
                    self.say(&who, frame.unwrap_or_default());
                    self.tell_candidates(&who, &proposal.ufrag, proposal.candidates(), true);
                    some = true;
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::info!(peer = ear.0, %error, "no offer can be made");
                    self.inputs.push_back(Input::Leave { who, reason: Reason::MediaLost });
                    some = true;
                }
            }
        }
        some
    }

    /// Their answer; one to an offer that no longer counts says nothing.
    pub(super) fn answered(&mut self, now: Instant, who: &ParticipantSid, answer: &Offer) {
        let Some(device) = self.devices.get_mut(who) else { return };
        let ear = device.ear;
        let Some(sinks) = device.session.agreed(answer.id) else { return };
        if let Err(error) = self.media.accept_answer(now, ear, &answer.sdp) {
            tracing::info!(peer = ear.0, %error, "an answer was refused");
            return self.tell(now, Input::Leave { who: who.clone(), reason: Reason::Misbehaved });
        }
        for sink in &sinks {
            self.forward(now, who, ear, sink);
        }
    }
}
