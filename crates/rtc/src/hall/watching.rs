//! For fuzzing: one person as the room keeps them, word from the media that never came, and what is held in all.

use std::time::Instant;

use anteroom_media::{Media, Mid, Output as Packet, PeerId};
use anteroom_room::{Identity, Participant, ParticipantSid, Track, TrackSid};

use super::{Hall, Stay};
use crate::thread::Wire;

/// What belongs to somebody and nobody else may change.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    pub face: Participant,
    /// They have a socket.
    pub is_plugged: bool,
    pub receives: Vec<Reception>,
}

/// Somebody's track on a section of theirs.
#[derive(Clone, Debug, PartialEq)]
pub struct Reception {
    pub from: ParticipantSid,
    pub track: TrackSid,
    pub mid: Mid,
    /// Where the media takes it from.
    pub source: Option<(PeerId, Mid)>,
    /// How they want it.
    pub settings: Option<String>,
}

/// What grows with what people say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    pub rooms: usize,
    pub people: usize,
    /// Connections of everybody together.
    pub peers: usize,
    pub deadlines: usize,
    /// Things not done yet although the rooms were drained.
    pub undone: usize,
    /// The most wishes one person has about tracks.
    pub settings: usize,
    /// The most bytes one person's face has: it is sent to everybody, again and again.
    pub face: usize,
}

impl Hall {
    pub(crate) fn view(&self, room: &str, who: &Identity) -> Option<View> {
        let live = self.rooms.get(self.by_name.get(room)?)?;
        let face = live.room.find(who)?;
        let device = live.devices.get(&face.sid)?;
        let others = live.room.participants().filter(|other| other.sid != face.sid);
        let tracks = others.flat_map(|other| other.tracks.iter().map(|track| (&other.sid, &track.sid)));
        let receives = tracks.filter_map(|(from, track)| {
            let mid = device.session.section_of(track)?;
            let settings = device.settings.get(track).map(|settings| format!("{settings:?}"));
            let source = live.media.publication_of((device.ear, mid));
            Some(Reception { from: from.clone(), track: track.clone(), mid, source, settings })
        });
        Some(View { face: Participant::clone(face), is_plugged: device.is_plugged(), receives: receives.collect() })
    }

    /// Everybody who is in, with the connections on which they send and receive.
    pub(crate) fn people(&self, room: &str) -> Vec<(ParticipantSid, PeerId, PeerId)> {
        let live = self.by_name.get(room).and_then(|id| self.rooms.get(id));
        let devices = live.into_iter().flat_map(|live| &live.devices);
        devices.map(|(sid, device)| (sid.clone(), device.peer, device.ear)).collect()
    }

    /// As if the media had said so of this stay's connections.
    pub(crate) fn pretend(
        &mut self,
        now: Instant,
        stay: &Stay,
        wire: &mut dyn Wire,
        word: impl Fn(PeerId, &Media) -> Option<Packet>,
    ) {
        self.now = now;
        self.within(stay.room, |live, _| {
            let legs = live.devices.get(&stay.sid).map(|device| device.legs().collect::<Vec<_>>());
            for peer in legs.unwrap_or_default() {
                if let Some(packet) = word(peer, &live.media) {
                    live.take(packet, wire);
                }
            }
        });
    }

    pub(crate) fn held(&self) -> Held {
        let lives = || self.rooms.values();
        let devices = || lives().flat_map(|live| live.devices.values());
        let faces = || lives().flat_map(|live| live.room.participants());
        Held {
            rooms: self.rooms.len(),
            people: devices().count(),
            peers: devices().map(|device| device.legs().count()).sum(),
            deadlines: self.deadlines.len(),
            undone: lives().map(|live| live.inputs.len() + live.new_routes.len()).sum(),
            settings: devices().map(|device| device.settings.len()).max().unwrap_or(0),
            face: faces().map(|face| size(face)).max().unwrap_or(0),
        }
    }
}

fn size(face: &Participant) -> usize {
    let attributes: usize = face.attributes.iter().map(|(key, value)| key.len() + value.len()).sum();
    face.name.len() + face.metadata.len() + attributes + face.tracks.iter().map(size_of_track).sum::<usize>()
}

fn size_of_track(track: &Track) -> usize {
    let draft = &track.draft;
    let numbers = draft.details.audio_features.len() + draft.details.packet_trailer_features.len();
    let layers: usize = draft.details.layers.iter().map(|layer| layer.rid.len()).sum();
    draft.cid.len() + draft.name.len() + draft.details.stream.len() + numbers + layers
}
