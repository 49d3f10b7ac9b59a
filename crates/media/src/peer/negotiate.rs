//! Negotiation of one peer: answers to its offers, and our offers to it.

use str0m::media::{Direction, MediaKind};

use super::Peer;
use super::data::sctp_config;
use crate::publication::Publication;
use crate::sdp::answer::Answer;
use crate::sdp::offer::{self, Offered};
use crate::sdp::section::{Codec, Kind, Section};
use crate::sdp::server_offer::{OfferChange, ServerOffer};

impl Peer {
    pub(crate) fn build_answer(&mut self, sdp: &str, text: String) -> Answer {
        self.clear_negotiated();
        let offered = offer::sections(sdp);
        for section in &offered {
            self.update_publication(section);
        }
        let ufrag = self.rtc.direct_api().local_ice_credentials().ufrag;
        let sections = offered.into_iter().map(|section| self.describe_section(section)).collect();
        Answer { sections, ufrag, text }
    }

    fn update_publication(&mut self, section: &Offered) {
        if section.kind == Kind::Data || !section.direction.publishes() {
            self.publications.remove(&section.mid);
            return;
        }
        self.publications
            .entry(section.mid)
            .and_modify(|publication| publication.update_layers(section.kind, &section.rids))
            .or_insert_with(|| Publication::new(section.kind, &section.rids));
    }

    fn describe_section(&self, offered: Offered) -> Section {
        let pts = self.rtc.media(offered.mid).map(|media| media.remote_pts()).unwrap_or_default();
        let params = self.rtc.codec_config().params();
        let mut codecs = Vec::new();
        for pt in pts {
            let known = params.iter().find(|params| params.pt() == *pt);
            if let Some(codec) = known.and_then(|params| Codec::of(params.spec().codec))
                && !codecs.contains(&codec)
            {
                codecs.push(codec);
            }
        }
        Section {
            mid: offered.mid,
            kind: offered.kind,
            direction: offered.direction,
            msid: offered.msid,
            rids: offered.rids,
            codecs,
            redundant: offered.redundant,
        }
    }
}
impl Peer {
    pub(crate) fn create_offer(&mut self, change: &OfferChange) -> Option<ServerOffer> {
        let mut api = self.rtc.sdp_api();
        if change.ice_restart {
            api.ice_restart(true);
        }
        for channel in &change.channels {
            api.add_channel_with_config(sctp_config(channel));
        }
        // Set twice on purpose: an offer that was never answered has already changed the direction, and str0m
        // does not offer a direction that does not change.
        for (mids, first, then) in [
            (&change.activate, Direction::Inactive, Direction::SendOnly),
            (&change.deactivate, Direction::SendOnly, Direction::Inactive),
        ] {
            for mid in mids {
                api.set_direction(*mid, first);
                api.set_direction(*mid, then);
            }
        }
        let kinds = change.add.iter().filter_map(|kind| match kind {
            Kind::Audio => Some(MediaKind::Audio),
            Kind::Video => Some(MediaKind::Video),
            Kind::Data => None,
        });
        let added = kinds.map(|kind| api.add_media(kind, Direction::SendOnly, None, None, None)).collect();
        let (offer, pending_offer) = api.apply()?;
        self.pending_offer = Some(pending_offer);
        let text = offer.to_sdp_string();
        let ufrag = text.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).unwrap_or_default().to_owned();
        Some(ServerOffer { added, ufrag, text })
    }
}
