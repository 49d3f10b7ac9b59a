//! What a peer has agreed to in an offer, and what we offer it.

use str0m::channel::{ChannelConfig, Reliability};
use str0m::media::{Direction, MediaKind};

use super::Peer;
use crate::io::Channel;
use crate::publication::Source;
use crate::sdp::answer::Answer;
use crate::sdp::offer::{self, Offered};
use crate::sdp::section::{Codec, Kind, Section};
use crate::sdp::server_offer::{Change, Proposal};

impl Peer {
    pub(crate) fn agreed(&mut self, sdp: &str, text: String) -> Answer {
        self.renegotiated();
        let offered = offer::sections(sdp);
        for section in &offered {
            self.describe(section);
        }
        let ufrag = self.rtc.direct_api().local_ice_credentials().ufrag;
        let sections = offered.into_iter().map(|section| self.section(section)).collect();
        Answer { sections, ufrag, text }
    }

    fn describe(&mut self, section: &Offered) {
        if section.kind == Kind::Data || !section.direction.publishes() {
            self.sources.remove(&section.mid);
            return;
        }
        self.sources
            .entry(section.mid)
            .and_modify(|source| source.describe(section.kind, &section.rids))
            .or_insert_with(|| Source::new(section.kind, &section.rids));
    }

    fn section(&self, offered: Offered) -> Section {
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
    pub(crate) fn propose(&mut self, change: &Change) -> Option<Proposal> {
        let mut api = self.rtc.sdp_api();
        if change.restart {
            api.ice_restart(true);
        }
        if change.channels {
            for channel in [Channel::Reliable, Channel::Lossy, Channel::DataTrack] {
                api.add_channel_with_config(config_of(channel));
            }
        }
        // There and back: an offer that got lost has already set the direction, and what is not changed is not offered.
        for (mids, first, then) in [
            (&change.begin, Direction::Inactive, Direction::SendOnly),
            (&change.end, Direction::SendOnly, Direction::Inactive),
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
        let (offer, pending) = api.apply()?;
        self.pending = Some(pending);
        let text = offer.to_sdp_string();
        let ufrag = text.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).unwrap_or_default().to_owned();
        Some(Proposal { added, ufrag, text })
    }
}

fn config_of(channel: Channel) -> ChannelConfig {
    let (ordered, reliability) = match channel {
        Channel::Reliable => (true, Reliability::Reliable),
        Channel::Lossy | Channel::DataTrack => (false, Reliability::MaxRetransmits { retransmits: 0 }),
    };
    ChannelConfig { label: channel.label().to_owned(), ordered, reliability, ..ChannelConfig::default() }
}
