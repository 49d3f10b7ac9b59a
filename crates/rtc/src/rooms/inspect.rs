//! For fuzz targets and tests: one participant's state, simulated events of the media, and the sizes of all tables.

use std::time::Instant;

use anteroom_media::{Media, Mid, Output as Packet, PeerId};
use anteroom_room::{Identity, Participant, ParticipantSid, Track, TrackSid};

use super::command::SessionSocket;
use super::registry::Rooms;
use crate::rooms_port::Wire;

/// State of one participant that no other may change.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    pub info: Participant,
    /// Has a signalling socket.
    pub is_attached: bool,
    pub receives: Vec<Reception>,
}

/// A track forwarded to the participant on one of its media sections.
#[derive(Clone, Debug, PartialEq)]
pub struct Reception {
    pub from: ParticipantSid,
    pub track: TrackSid,
    pub mid: Mid,
    /// The publisher's section it is forwarded from.
    pub source: Option<(PeerId, Mid)>,
    /// The subscriber's track settings.
    pub settings: Option<String>,
}

/// Sizes that grow with what clients send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub rooms: usize,
    pub people: usize,
    /// Peer connections of all participants.
    pub peers: usize,
    pub deadlines: usize,
    /// Inputs and routes left over although the rooms were drained.
    pub undone: usize,
    /// The most track settings of one participant.
    pub settings: usize,
    /// The largest participant info in bytes: every change sends it to all participants.
    pub info: usize,
}

impl Rooms {
    pub(crate) fn view(&self, room: &str, who: &Identity) -> Option<View> {
        let live = self.rooms.get(self.by_name.get(room)?)?;
        let info = live.room.find(who)?;
        let connection = live.connections.get(&info.sid)?;
        let others = live.room.participants().filter(|other| other.sid != info.sid);
        let tracks = others.flat_map(|other| other.tracks.iter().map(|track| (&other.sid, &track.sid)));
        let receives = tracks.filter_map(|(from, track)| {
            let mid = connection.signalling.section_of(track)?;
            let settings = connection.settings_of(track).map(|settings| format!("{settings:?}"));
            let source = live.media.publication_of((connection.subscriber_pc, mid));
            Some(Reception { from: from.clone(), track: track.clone(), mid, source, settings })
        });
        Some(View {
            info: Participant::clone(info),
            is_attached: connection.is_attached(),
            receives: receives.collect(),
        })
    }

    /// All participants with their publisher and subscriber peer connections.
    pub(crate) fn people(&self, room: &str) -> Vec<(ParticipantSid, PeerId, PeerId)> {
        let live = self.by_name.get(room).and_then(|id| self.rooms.get(id));
        let connections = live.into_iter().flat_map(|live| &live.connections);
        connections.map(|(sid, connection)| (sid.clone(), connection.publisher_pc, connection.subscriber_pc)).collect()
    }

    /// Handles an event as if the media had reported it for this session's peer connections.
    pub(crate) fn media_event(
        &mut self,
        now: Instant,
        session: &SessionSocket,
        wire: &mut dyn Wire,
        event: impl Fn(PeerId, &Media) -> Option<Packet>,
    ) {
        self.now = now;
        self.within(session.room, |live, _| {
            let peers = live.connections.get(&session.sid).map(|connection| connection.peers().collect::<Vec<_>>());
            for peer in peers.unwrap_or_default() {
                if let Some(packet) = event(peer, &live.media) {
                    live.take(now, packet, wire);
                }
            }
        });
    }

    pub(crate) fn totals(&self) -> Totals {
        let lives = || self.rooms.values();
        let connections = || lives().flat_map(|live| live.connections.values());
        let infos = || lives().flat_map(|live| live.room.participants());
        Totals {
            rooms: self.rooms.len(),
            people: connections().count(),
            peers: connections().map(|connection| connection.peers().count()).sum(),
            deadlines: self.deadlines.len(),
            undone: lives().map(|live| live.inputs.len() + live.new_routes.len()).sum(),
            settings: connections().map(|connection| connection.settings_len()).max().unwrap_or(0),
            info: infos().map(|info| size(info)).max().unwrap_or(0),
        }
    }
}

fn size(info: &Participant) -> usize {
    let attributes: usize = info.attributes.iter().map(|(key, value)| key.len() + value.len()).sum();
    info.name.len() + info.metadata.len() + attributes + info.tracks.iter().map(size_of_track).sum::<usize>()
}

fn size_of_track(track: &Track) -> usize {
    let request = &track.request;
    let numbers = request.options.features.len() + request.options.wire_data.len();
    let layers: usize = request.options.layers.iter().map(|layer| layer.rid.len()).sum();
    request.cid.len() + request.name.len() + request.options.stream.len() + numbers + layers
}
