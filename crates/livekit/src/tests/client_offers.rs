//! Media sections of a single peer connection: assignment of tracks, offer by offer.

use super::*;

fn section(mid: &str, kind: anteroom_media::Kind, direction: Direction, cid: Option<&str>) -> Section {
    let msid = cid.map(|cid| Msid { stream: "-".to_owned(), track: cid.to_owned() });
    let codecs = vec![if kind == anteroom_media::Kind::Audio { Codec::Opus } else { Codec::Vp8 }];
    Section { mid: Mid::from(mid), kind, direction, msid, rids: vec![], codecs, redundant: false }
}

fn receives(mid: &str, kind: anteroom_media::Kind) -> Section {
    section(mid, kind, Direction::RecvOnly, None)
}

fn negotiate(session: &mut SignalState, id: u32, offered: &[Section]) -> NegotiatedAnswer {
    session.answer_offer(id, offered, &mut |_| "v=0\r\n".to_owned())
}

fn reply(negotiated: &NegotiatedAnswer) -> proto::SessionDescription {
    match decode(&negotiated.frames[0]).message {
        Some(proto::signal_response::Message::Answer(answer)) => answer,
        other => panic!("{other:?}"),
    }
}

fn required(frames: Vec<Frame>) -> Option<(u32, u32)> {
    match decode(frames.first()?).message {
        Some(proto::signal_response::Message::MediaSectionsRequirement(r)) => Some((r.num_audios, r.num_videos)),
        other => panic!("{other:?}"),
    }
}

use anteroom_media::Kind::{Audio, Video};

#[test]
fn a_track_takes_the_first_free_section_of_its_kind() {
    let mut session = SignalState::client_offers("PA_me".into(), server_info());
    session.subscribe(&"PA_a".into(), &track("TR_V1", "c", TrackKind::Video, "5"));
    assert!(session.request_offer().is_empty(), "the client makes the first offer by itself");
    let negotiated = negotiate(&mut session, 3, &[receives("1", Audio), receives("2", Video)]);
    let sink = SubscribedSection { mid: "2".into(), track: "TR_V1".into(), from: "PA_a".into(), source: "5".into() };
    assert_eq!(negotiated.sections, [sink]);
    let reply = reply(&negotiated);
    assert_eq!(reply.id, 3);
    assert_eq!(reply.mid_to_track_id, [("2".to_owned(), "TR_V1".to_owned())].into());
    assert!(session.request_offer().is_empty());
}

#[test]
fn answer_lacks_a_codec_that_the_device_must_not_send() {
    let mut session = SignalState::client_offers("PA_me".into(), server_info()).without_publishing(vec![Codec::H264]);
    let mut sending = section("4", Video, Direction::SendOnly, Some("cam"));
    sending.codecs = vec![Codec::H264, Codec::Vp8];
    session.track_pending("cam", &track("TR_VC", "cam", TrackKind::Video, ""));
    let lines =
        ["v=0", "m=video 9 UDP/TLS/RTP/SAVPF 96 102", "a=mid:4", "a=rtpmap:96 VP8/90000", "a=rtpmap:102 H264/90000"];
    let negotiated = session.answer_offer(1, &[sending], &mut |_| lines.join("\r\n"));
    assert!(!reply(&negotiated).sdp.contains("H264"), "{}", reply(&negotiated).sdp);
    assert!(matches!(&negotiated.inputs[..], [Input::Negotiated { mime, .. }] if mime == "video/VP8"));
}

#[test]
fn the_map_is_complete_in_every_answer() {
    let mut session = SignalState::client_offers("PA_me".into(), server_info());
    let offer = || vec![receives("1", Audio), receives("2", Audio)];
    session.subscribe(&"PA_a".into(), &track("TR_A1", "c", TrackKind::Audio, "5"));
    negotiate(&mut session, 1, &offer());
    session.subscribe(&"PA_a".into(), &track("TR_A2", "d", TrackKind::Audio, "6"));
    let reply = reply(&negotiate(&mut session, 2, &offer()));
    assert_eq!(reply.mid_to_track_id.len(), 2);
}

#[test]
fn missing_sections_are_requested_once_per_offer() {
    let mut session = SignalState::client_offers("PA_me".into(), server_info());
    negotiate(&mut session, 1, &[receives("1", Audio)]);
    session.subscribe(&"PA_a".into(), &track("TR_A1", "c", TrackKind::Audio, "5"));
    session.subscribe(&"PA_a".into(), &track("TR_V1", "d", TrackKind::Video, "6"));
    assert_eq!(required(session.request_offer()), Some((0, 1)));
    assert_eq!(session.request_offer(), []);
}

#[test]
fn a_section_is_inactive_once_before_it_carries_another_track() {
    let mut session = SignalState::client_offers("PA_me".into(), server_info());
    let offer = || vec![receives("1", Audio)];
    session.subscribe(&"PA_a".into(), &track("TR_A1", "c", TrackKind::Audio, "5"));
    negotiate(&mut session, 1, &offer());
    assert_eq!(session.unsubscribe(&"TR_A1".into()), Some("1".into()));
    session.subscribe(&"PA_b".into(), &track("TR_A2", "c", TrackKind::Audio, "5"));
    assert_eq!(required(session.request_offer()), Some((1, 0)));
    assert!(reply(&negotiate(&mut session, 2, &offer())).mid_to_track_id.is_empty());
    assert_eq!(required(session.request_offer()), Some((0, 0)));
    assert_eq!(reply(&negotiate(&mut session, 3, &offer())).mid_to_track_id.len(), 1);
}

#[test]
fn sections_and_pending_tracks_are_matched_in_either_order() {
    let sending = || vec![section("4", Audio, Direction::SendOnly, Some("mic"))];
    let pending = track("TR_AM", "mic", TrackKind::Audio, "");
    let is_announced = |inputs: &[Input]| {
        matches!(inputs, [Input::Negotiated { track, mid, mime, .. }]
            if track.as_str() == "TR_AM" && mid == "4" && mime == "audio/opus")
    };
    let mut announced_first = SignalState::client_offers("PA_me".into(), server_info());
    assert!(announced_first.track_pending("mic", &pending).is_empty());
    assert!(is_announced(&negotiate(&mut announced_first, 1, &sending()).inputs));

    let mut sent_first = SignalState::client_offers("PA_me".into(), server_info());
    assert!(negotiate(&mut sent_first, 1, &sending()).inputs.is_empty());
    assert!(is_announced(&sent_first.track_pending("mic", &pending)));

    let stopped = vec![section("4", Audio, Direction::Inactive, None)];
    assert!(
        matches!(&negotiate(&mut sent_first, 2, &stopped).inputs[..], [Input::Unpublish { track, .. }] if track.as_str() == "TR_AM")
    );
}

#[test]
fn a_microphone_with_red_is_published_as_red() {
    let mut offered = section("4", Audio, Direction::SendOnly, Some("mic"));
    for (able, disabled, mime) in [(true, false, "audio/red"), (true, true, "audio/opus"), (false, false, "audio/opus")]
    {
        let mut microphone = track("TR_AM", "mic", TrackKind::Audio, "");
        (offered.redundant, microphone.request.options.disable_red) = (able, disabled);
        let mut session = SignalState::client_offers("PA_me".into(), server_info());
        session.track_pending("mic", &microphone);
        let inputs = negotiate(&mut session, 1, &[offered.clone()]).inputs;
        assert!(matches!(&inputs[..], [Input::Negotiated { mime: published, .. }] if published == mime), "{inputs:?}");
    }
}

#[test]
fn tracks_of_one_kind_are_matched_by_cid() {
    let mut session = SignalState::client_offers("PA_me".into(), server_info());
    session.track_pending("camera", &track("TR_first", "camera", TrackKind::Video, ""));
    session.track_pending("screen", &track("TR_second", "screen", TrackKind::Video, ""));
    let sections = vec![
        section("7", Video, Direction::SendOnly, Some("screen")),
        section("8", Video, Direction::SendOnly, Some("camera")),
    ];
    negotiate(&mut session, 1, &sections);
    assert_eq!(session.published_on("7".into()).unwrap().as_str(), "TR_second");
    assert_eq!(session.published_on("8".into()).unwrap().as_str(), "TR_first");
}

#[test]
fn a_second_codec_is_published_for_its_track() {
    let mut camera = track("TR_VC", "cam", TrackKind::Video, "");
    camera.request.options.codecs = vec!["vp9".to_owned(), "vp8".to_owned()];
    let mut session = SignalState::client_offers("PA_me".into(), server_info());
    session.track_pending("cam", &camera);
    let mut first = section("4", Video, Direction::SendOnly, Some("cam"));
    first.codecs = vec![Codec::Vp8, Codec::Vp9];
    let mut second = Section { mid: "5".into(), ..first.clone() };
    second.msid = Some(Msid { stream: "-".to_owned(), track: "cam-again".to_owned() });
    negotiate(&mut session, 1, &[first.clone()]);
    session.track_pending("cam-again", &camera);
    let with_backup = negotiate(&mut session, 2, &[first.clone(), second.clone()]);
    let [Input::BackupCodecPublished { track, encoding, .. }] = &with_backup.inputs[..] else {
        panic!("{:?}", with_backup.inputs)
    };
    assert_eq!((track.as_str(), encoding.cid.as_str(), encoding.mid.as_str()), ("TR_VC", "cam-again", "5"));
    assert_eq!(encoding.mime, "video/VP8");
    assert_eq!(
        session.publishing_sections(&"TR_VC".into()),
        [Mid::from("4"), Mid::from("5")],
        "both are muted together"
    );
    let mut at_once = SignalState::client_offers("PA_me".into(), server_info());
    camera.request.options.backup_cid = "cam-again".to_owned();
    at_once.track_pending("cam", &camera);
    let inputs = negotiate(&mut at_once, 1, &[second.clone(), first.clone()]).inputs;
    assert!(
        matches!(&inputs[..], [Input::Negotiated { .. }, Input::BackupCodecPublished { .. }]),
        "in this order: {inputs:?}"
    );
    second.direction = Direction::Inactive;
    let without_backup = negotiate(&mut session, 3, &[first.clone(), second.clone()]);
    assert!(
        matches!(&without_backup.inputs[..], [Input::BackupCodecUnpublished { .. }]),
        "{:?}",
        without_backup.inputs
    );
    first.direction = Direction::Inactive;
    let ended = negotiate(&mut session, 4, &[first, second]);
    assert!(matches!(&ended.inputs[..], [Input::Unpublish { .. }]), "{:?}", ended.inputs);
}

#[test]
fn track_infos_list_layers_with_rid_and_mode() {
    let layer = |quality| anteroom_room::VideoLayer { quality, ..anteroom_room::VideoLayer::default() };
    let mut camera = track("TR_VC", "cam", TrackKind::Video, "2");
    camera.request.options.layers = vec![layer(1), layer(0)];
    for (mime, mode) in [("video/VP8", 1), ("video/AV1", 2)] {
        camera.mime = mime.to_owned();
        let info = convert::track(&camera);
        let layers: Vec<_> =
            info.codecs[0].layers.iter().map(|l| (l.quality, l.rid.as_str(), l.spatial_layer)).collect();
        assert_eq!(layers, [(0, "q", 0), (1, "h", 1)]);
        assert_eq!(info.codecs[0].video_layer_mode, mode);
    }
}

#[test]
fn a_pending_track_info_has_the_requested_codec() {
    for (named, mime) in [("h264", "video/H264"), ("video/H264", "video/H264"), ("", ""), ("video/unknown", "")] {
        let codec = proto::SimulcastCodec { codec: named.to_owned(), ..proto::SimulcastCodec::default() };
        let request =
            proto::AddTrackRequest { r#type: 1, simulcast_codecs: vec![codec], ..proto::AddTrackRequest::default() };
        let pending =
            Track { request: convert::request(request).unwrap(), ..track("TR_VC", "cam", TrackKind::Video, "") };
        let info = convert::track(&pending);
        assert_eq!((info.mime_type.as_str(), info.codecs[0].mime_type.as_str()), ("", mime), "{named}");
        let sent = Track { mime: "video/VP8".to_owned(), ..pending };
        assert_eq!(convert::track(&sent).codecs[0].mime_type, "video/VP8");
    }
}

#[test]
fn video_is_negotiated_in_the_requested_codec() {
    let sdp = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96 102\r\na=mid:4\r\na=rtpmap:96 VP8/90000\r\n\
        a=rtpmap:102 H264/90000\r\n";
    let mut offered = section("4", Video, Direction::SendOnly, Some("cam"));
    offered.codecs = vec![Codec::Vp8, Codec::H264];
    let mut camera = track("TR_VC", "cam", TrackKind::Video, "");
    for (requested, first, mime) in [(vec![], "96 102", "video/VP8"), (vec!["h264".to_owned()], "102 96", "video/H264")]
    {
        camera.request.options.codecs = requested;
        let mut session = SignalState::client_offers("PA_me".into(), server_info());
        session.track_pending("cam", &camera);
        let negotiated = session.answer_offer(1, &[offered.clone()], &mut |_| sdp.to_owned());
        let text = reply(&negotiated).sdp;
        assert!(text.contains(&format!("SAVPF {first}\r\n")), "{text}");
        assert!(matches!(&negotiated.inputs[..], [Input::Negotiated { mime: published, .. }] if published == mime));
    }
}

#[test]
fn a_client_is_not_asked_for_more_sections_than_are_accepted() {
    let mut session = SignalState::client_offers("PA_me".into(), server_info());
    negotiate(&mut session, 1, &[]);
    for number in 0..300 {
        session.subscribe(&"PA_a".into(), &track(&format!("TR_{number}"), "c", TrackKind::Video, "5"));
    }
    let (audios, videos) = required(session.request_offer()).unwrap();
    assert!(audios == 0 && (200..256).contains(&videos), "{videos}");
    let offered: Vec<_> = (0..videos).map(|mid| receives(&mid.to_string(), Video)).collect();
    assert_eq!(negotiate(&mut session, 2, &offered).sections.len(), offered.len());
    assert_eq!(required(session.request_offer()), None, "the others wait");
    session.unsubscribe(&"TR_0".into());
    assert_eq!(required(session.request_offer()), Some((0, 0)), "to answer the section as inactive");
    assert!(negotiate(&mut session, 3, &offered).sections.is_empty());
    assert_eq!(required(session.request_offer()), Some((0, 0)), "a section is free");
    assert_eq!(negotiate(&mut session, 4, &offered).sections.len(), 1);
    assert_eq!(required(session.request_offer()), None);
}
