//! What a message of one participant makes the server send to the others. It is charged before it is done, like the
//! message itself: the work of the server, and the space in the queue of each socket that is written to.

use anteroom_room::{MetadataChange, Participant};
use anteroom_signalling::ClientRequest;

use super::allowance::Work;

/// What others get besides what is listed of a participant: ids, states. Bytes.
const REPORT: usize = 100;

/// Who is sent a change of a participant, and how much.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Audience {
    /// Participants of the room.
    pub(crate) receivers: usize,
    /// The length of what each of them gets at every change: all that is listed of the participant.
    pub(crate) bytes: usize,
}

impl Audience {
    /// Of a participant with this description.
    pub(crate) fn of(receivers: usize, about: Option<&Participant>) -> Self {
        Self { receivers, bytes: REPORT + about.map_or(0, Participant::size) }
    }

    /// The same once the participant has changed like this, whether that is listed yet or not.
    pub(crate) fn after(self, changed: usize) -> Self {
        Self { bytes: self.bytes.max(REPORT + changed), ..self }
    }

    pub(crate) fn work(self) -> Work {
        Work::Fanout { receivers: self.receivers, bytes: self.bytes }
    }
}

/// Bytes of a change of name, metadata and attributes.
pub(crate) fn size(change: &MetadataChange) -> usize {
    let texts = change.name.iter().chain(&change.metadata).map(String::len);
    texts.sum::<usize>() + change.attributes.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>()
}

/// The work of a request besides reading it; `None` if it concerns its sender alone.
pub(crate) fn effect(request: &ClientRequest, audience: Audience) -> Option<Work> {
    Some(match request {
        ClientRequest::Offer(_)
        | ClientRequest::AddTrack(_)
        | ClientRequest::Mute { .. }
        | ClientRequest::UpdateTrack { .. }
        | ClientRequest::SubscriptionPermission(_)
        | ClientRequest::Leave(_) => audience.work(),
        ClientRequest::UpdateMetadata { change, .. } => audience.after(size(change)).work(),
        ClientRequest::SimulateSpeaker(_) => Audience { bytes: REPORT, ..audience }.work(),
        ClientRequest::UpdateSubscription { tracks, .. } => Work::Tracks(tracks.len()),
        ClientRequest::TrackSettings(settings) => Work::Tracks(settings.tracks.len()),
        ClientRequest::SyncState(state) => Work::Tracks(state.published.len() + state.overrides.len()),
        ClientRequest::Answer(_) | ClientRequest::ForceTransport(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};
    use std::sync::Arc;
    use std::time::Instant;

    use anteroom_livekit::JoinRequest;
    use anteroom_room::{Limits, SubscriptionPermission, TrackSid};

    use super::*;
    use crate::fuzzing::{Client, RoomsHarness};
    use crate::http::allowance::Allowances;

    const ROOM: &str = "a";

    /// A full room, of which nobody has read anything but the first messages. Eve is its last participant.
    fn full_room(people: usize) -> (RoomsHarness, Client, Vec<Client>) {
        let udp = [SocketAddr::from(([192, 0, 2, 1], 7881))];
        let media = Arc::new(anteroom_media::Config::new(&udp, &[]).unwrap());
        #[expect(clippy::disallowed_methods, reason = "an origin for virtual time; any will do")]
        let mut harness = RoomsHarness::new(Instant::now(), media, Limits::default());
        let mut join = |name: String| {
            let request = JoinRequest { auto_subscribe: true, ..JoinRequest::default() };
            harness.join(ROOM, &name, request).unwrap()
        };
        let mut others: Vec<Client> = (1..people).map(|number| join(number.to_string())).collect();
        let eve = join("eve".to_owned());
        harness.media_event(&eve, &crate::fuzzing::MediaEvent::Connected);
        others.iter_mut().for_each(|other| drop(other.frames()));
        (harness, eve, others)
    }

    fn describe(bytes: usize, number: u32) -> ClientRequest {
        let metadata = Some(format!("{number:04}{}", "x".repeat(bytes)));
        let change = MetadataChange { name: None, metadata, attributes: Default::default() };
        ClientRequest::UpdateMetadata { request: number, change }
    }

    fn audience(harness: &RoomsHarness) -> Audience {
        let (receivers, about) = harness.rooms.directory.audience(ROOM, "eve");
        Audience::of(receivers, about.as_deref())
    }

    #[test]
    fn work_is_in_proportion_to_what_others_are_sent() {
        for people in [2, 10, 40] {
            let (mut harness, eve, mut others) = full_room(people);
            let permission = ClientRequest::SubscriptionPermission(SubscriptionPermission::All);
            let (speaker, leave) = (
                ClientRequest::SimulateSpeaker(std::time::Duration::from_secs(1)),
                ClientRequest::Leave(anteroom_room::DisconnectReason::Left),
            );
            let mut sent = 0;
            for request in [describe(10, 1), describe(60_000, 2), permission, speaker, describe(0, 3), leave] {
                let name = format!("{people}: {request:?}");
                let units = effect(&request, audience(&harness)).unwrap().units();
                harness.request(&eve, request);
                let frames: Vec<Vec<Vec<u8>>> = others.iter_mut().map(Client::frames).collect();
                let bytes = |frames: &Vec<Vec<u8>>| frames.iter().map(Vec::len).sum::<usize>();
                let total: usize = frames.iter().map(bytes).sum();
                assert!(total as f64 <= 16_384.0 * units, "{name}: {total} bytes for {units} units");
                for frames in &frames {
                    assert!(frames.len() as f64 <= units / 6.0, "{name}: {} messages for {units} units", frames.len());
                    assert!(bytes(frames) as f64 <= 320.0 * units, "{name}: {units} units");
                }
                sent += total;
            }
            assert!(sent > 60_000 * (people - 1), "they are sent to all: {sent}");
        }
    }

    #[test]
    fn many_tracks_cost_more_than_few() {
        let tracks = |count: usize| (0..count).map(|number| TrackSid::from(&*format!("TR_{number}"))).collect();
        let units = |count| {
            let request = ClientRequest::UpdateSubscription { tracks: tracks(count), wanted: true };
            effect(&request, Audience::default()).unwrap().units()
        };
        assert!(units(1_024) >= 250.0 && units(1) < 1.0);
    }

    /// Eve sends what her whole allowance is enough for, and nobody reads.
    fn burst(people: usize, request: impl Fn(u32) -> ClientRequest, bytes: usize) -> (u32, usize) {
        let (mut harness, eve, mut others) = full_room(people);
        let allowances = Allowances::default();
        let requester = allowances.requester(ROOM, "eve", Ipv4Addr::LOCALHOST.into());
        let mut sent = 0;
        loop {
            let request = request(sent);
            let effect = effect(&request, audience(&harness)).unwrap();
            let works = [Work::Message(bytes), effect];
            if !works.iter().all(|work| allowances.take(harness.now, requester, *work).is_ok()) {
                break;
            }
            harness.request(&eve, request);
            sent += 1;
        }
        others.iter_mut().for_each(|other| drop(other.frames()));
        (sent, others.iter().filter(|other| other.is_closed()).count())
    }

    #[test]
    fn burst_of_a_participant_costs_nobody_the_socket() {
        for people in [2, 50] {
            let (sent, lost) = burst(people, |number| describe(64_000, number), 64_000);
            assert!(sent > 3 && lost == 0, "{people}: {sent} messages, {lost} sockets");
            let (sent, lost) = burst(people, |number| describe(1, number), 100);
            assert!(sent > 80 && lost == 0, "{people}: {sent} messages, {lost} sockets");
        }
    }
}
