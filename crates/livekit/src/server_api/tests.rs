//! Tests of the server API, in the order in which a request is read.
#![expect(clippy::indexing_slicing, reason = "tests may")]

use std::sync::Arc;

use anteroom_room::{Grants, Participant, ParticipantState, Source, WireData};
use anteroom_signalling::{ApiRequest, ApiResponse, CreateRoom, RoomInfo, RoomSnapshot};
use livekit_protocol as proto;
use prost::Message;
use serde_json::{Value, json};

use super::*;
use crate::{Claims, Keys, VideoGrant};

const NOW: i64 = 1_795_170_000;

fn keys() -> Keys {
    Keys::single("devkey", "secret")
}

fn bearer(video: VideoGrant, keys: &Keys, exp: i64) -> String {
    format!("Bearer {}", keys.mint(&Claims { video, exp: Some(exp as f64), ..Claims::default() }))
}

fn caller(video: VideoGrant) -> Caller {
    Caller::identify(&keys(), Some(&bearer(video, &keys(), NOW + 60)), NOW).unwrap()
}

fn admin_of(room: &str) -> Caller {
    caller(VideoGrant { room_admin: true, room: room.to_owned(), ..VideoGrant::default() })
}

fn all_grants() -> Caller {
    let (room_create, room_list, room_admin) = (true, true, true);
    caller(VideoGrant { room_create, room_list, room_admin, room: "ward".to_owned(), ..VideoGrant::default() })
}

fn read(method: &str, caller: &Caller, body: Value) -> Result<ApiRequest, TwirpError> {
    let method = Method::named("livekit.RoomService", method).unwrap();
    read_request(method, caller, Encoding::Json, body.to_string().as_bytes())
}

/// HTTP status and body of an error.
fn refused<T: std::fmt::Debug>(result: Result<T, TwirpError>) -> (u16, Value) {
    let error = result.unwrap_err();
    (error.code.status(), serde_json::from_slice(&error.body()).unwrap())
}

mod methods {
    use super::*;

    #[test]
    fn an_unknown_method_is_a_bad_route() {
        let (status, body) = refused(Method::named("livekit.RoomService", "Nope"));
        let meta = json!({"twirp_invalid_route": "POST /twirp/livekit.RoomService/Nope"});
        let msg = "no handler for path \"/twirp/livekit.RoomService/Nope\"";
        assert_eq!((status, body), (404, json!({"code": "bad_route", "msg": msg, "meta": meta})));
        assert_eq!(refused(Method::named("livekit.Nope", "ListRooms")).0, 404);
    }

    #[test]
    fn an_unsupported_service_is_unimplemented() {
        for service in ["livekit.Egress", "livekit.Ingress", "livekit.SIP", "livekit.AgentDispatchService"] {
            let (status, body) = refused(Method::named(service, "Any"));
            assert_eq!((status, &body["code"]), (501, &json!("unimplemented")));
        }
    }

    #[test]
    fn the_encoding_follows_the_content_type() {
        let of = |text| Encoding::of(text, "/twirp/x/Y");
        assert_eq!(of("application/json;charset=UTF-8"), Ok(Encoding::Json));
        assert_eq!(of("Application/JSON"), Ok(Encoding::Json));
        assert_eq!(of("application/protobuf"), Ok(Encoding::Protobuf));
        for other in ["", "text/plain", "application/jsonp", "application/x-www-form-urlencoded"] {
            let (status, body) = refused(of(other));
            assert_eq!((status, &body["code"]), (404, &json!("bad_route")), "{other}");
        }
    }
}

mod callers {
    use super::*;

    fn identify(header: Option<&str>) -> (u16, Value) {
        refused(Caller::identify(&keys(), header, NOW))
    }

    #[test]
    fn a_missing_token_and_a_missing_grant_are_answered_alike() {
        let denied = (401, json!({"code": "unauthenticated", "msg": "permissions denied"}));
        assert_eq!(identify(None), denied);
        let guest = caller(VideoGrant { room_join: true, room: "ward".to_owned(), ..VideoGrant::default() });
        for method in ["CreateRoom", "ListRooms", "DeleteRoom", "ListParticipants", "SendData", "PerformRpc"] {
            assert_eq!(refused(read(method, &guest, json!({"room": "ward"}))), denied, "{method}");
        }
    }

    #[test]
    fn an_invalid_token_is_unauthenticated() {
        let list = VideoGrant { room_list: true, ..VideoGrant::default() };
        let good = bearer(list.clone(), &keys(), NOW + 60);
        let headers = [
            bearer(list.clone(), &Keys::single("devkey", "another"), NOW + 60),
            bearer(list.clone(), &Keys::single("nokey", "secret"), NOW + 60),
            bearer(list, &keys(), NOW - 61),
            good.replace("Bearer ", ""),
            good.replace("Bearer ", "Basic "),
            "Bearer".to_owned(),
            "Bearer garbage".to_owned(),
        ];
        for header in headers {
            let (status, body) = identify(Some(&header));
            assert_eq!((status, &body["code"]), (401, &json!("unauthenticated")), "{header}");
            assert!(!body.to_string().contains("eyJ"), "the error repeats the token");
        }
    }

    #[test]
    fn each_grant_allows_its_own_methods_only() {
        let creator = caller(VideoGrant { room_create: true, ..VideoGrant::default() });
        let lister = caller(VideoGrant { room_list: true, ..VideoGrant::default() });
        let admin = admin_of("ward");
        let opens = |caller: &Caller, method| caller.may_call(Method::named("livekit.RoomService", method).unwrap());
        for (method, required_grant) in
            [("CreateRoom", 0), ("DeleteRoom", 0), ("ListRooms", 1), ("MutePublishedTrack", 2)]
        {
            for (number, caller) in [&creator, &lister, &admin].into_iter().enumerate() {
                assert_eq!(opens(caller, method).is_ok(), number == required_grant, "{method} {number}");
            }
        }
    }

    #[test]
    fn an_administrator_is_limited_to_its_room() {
        let methods = [
            "ListParticipants",
            "GetParticipant",
            "RemoveParticipant",
            "MutePublishedTrack",
            "UpdateParticipant",
            "UpdateSubscriptions",
            "SendData",
            "UpdateRoomMetadata",
            "PerformRpc",
            "ForwardParticipant",
            "MoveParticipant",
        ];
        for method in methods {
            for body in [json!({"room": "theatre", "identity": "ann"}), json!({})] {
                assert_eq!(refused(read(method, &admin_of("ward"), body)).0, 401, "{method}");
            }
        }
    }
}

mod requests {
    use super::*;

    #[test]
    fn json_is_read_in_either_spelling_and_nulls_are_absent() {
        let plan = |body| match read("CreateRoom", &all_grants(), body) {
            Ok(ApiRequest::CreateRoom(plan)) => plan,
            other => panic!("{other:?}"),
        };
        let expected = CreateRoom {
            name: "ward".to_owned(),
            sid: String::new(),
            empty_timeout: 60,
            departure_timeout: 5,
            max_participants: 2,
            metadata: String::new(),
        };
        let snake = json!({"name": "ward", "empty_timeout": 60, "departure_timeout": 5, "max_participants": 2});
        let camel = json!({"name": "ward", "emptyTimeout": 60, "departureTimeout": 5, "maxParticipants": 2,
            "metadata": null, "egress": null, "agents": [], "something": {"newer": 1}});
        assert!(plan(snake) == expected);
        assert!(plan(camel) == expected);
    }

    #[test]
    fn protobuf_and_json_are_read_alike() {
        let request = proto::MuteRoomTrackRequest {
            room: "ward".to_owned(),
            identity: "ann".to_owned(),
            track_sid: "TR_AMx".to_owned(),
            muted: true,
        };
        let binary =
            read_request(Method::MutePublishedTrack, &all_grants(), Encoding::Protobuf, &request.encode_to_vec());
        let body = json!({"room": "ward", "identity": "ann", "track_sid": "TR_AMx", "muted": true});
        assert!(binary.unwrap() == read("MutePublishedTrack", &all_grants(), body).unwrap());
    }

    #[test]
    fn an_undecodable_body_is_malformed() {
        let read_bytes =
            |encoding, body: &[u8]| refused(read_request(Method::ListRooms, &all_grants(), encoding, body));
        for body in [&b""[..], b"{", b"[]", b"7", br#"{"names": "ward"}"#, br#"{"names": [7]}"#, b"\xff"] {
            let msg = "the json request could not be decoded";
            assert_eq!(read_bytes(Encoding::Json, body), (400, json!({"code": "malformed", "msg": msg})));
        }
        assert_eq!(read_bytes(Encoding::Protobuf, b"\xff\xff").1["msg"], "the protobuf request could not be decoded");
        let deep = "[".repeat(100_000);
        assert_eq!(read_bytes(Encoding::Json, deep.as_bytes()).0, 400);
    }

    #[test]
    fn values_above_their_limit_are_refused() {
        let long = |length: usize| "x".repeat(length);
        let ward = |field: &str, value: Value| json!({"room": "ward", "identity": "ann", field: value});
        let cases = [
            ("CreateRoom", json!({"name": long(256)}), json!({"name": long(257)})),
            (
                "UpdateRoomMetadata",
                ward("metadata", json!(long(512 * 1024))),
                ward("metadata", json!(long(512 * 1024 + 1))),
            ),
            ("UpdateParticipant", ward("name", json!(long(256))), ward("name", json!(long(257)))),
            (
                "UpdateParticipant",
                ward("attributes", json!({"k": long(64 * 1024 - 1)})),
                ward("attributes", json!({"k": long(64 * 1024)})),
            ),
            ("SendData", ward("nonce", json!("AAAAAAAAAAAAAAAAAAAAAA==")), ward("nonce", json!("AAAA"))),
        ];
        for (method, fits, too_long) in cases {
            assert!(read(method, &all_grants(), fits).is_ok(), "{method}");
            let (status, body) = refused(read(method, &all_grants(), too_long));
            assert_eq!((status, &body["code"]), (400, &json!("invalid_argument")), "{method}");
        }
    }

    #[test]
    fn remote_unmute_is_refused() {
        let body = json!({"room": "ward", "identity": "ann", "trackSid": "TR_AMx", "muted": false});
        let (status, body) = refused(read("MutePublishedTrack", &all_grants(), body));
        assert_eq!((status, body), (412, json!({"code": "failed_precondition", "msg": "remote unmute not enabled"})));
    }

    #[test]
    fn empty_strings_change_nothing_and_a_permission_replaces_all() {
        let body = json!({"room": "ward", "identity": "ann", "name": "", "attributes": {"k": ""},
            "permission": {"canSubscribe": true, "canPublishSources": ["MICROPHONE"]}});
        let Ok(ApiRequest::UpdateParticipant(_, _, change, Some(grants))) =
            read("UpdateParticipant", &all_grants(), body)
        else {
            panic!("another request");
        };
        assert!(change.name.is_none() && change.metadata.is_none());
        assert_eq!(change.attributes.get("k"), Some(&String::new()));
        let (can_publish, can_publish_data, sources) = (false, false, vec![Source::Microphone]);
        assert_eq!(grants, Grants { can_publish, can_publish_data, sources, ..Grants::default() });
    }

    #[test]
    fn moving_participants_needs_both_grants_and_is_unimplemented() {
        let body = json!({"room": "ward", "identity": "ann", "destinationRoom": "theatre"});
        assert_eq!(refused(read("MoveParticipant", &admin_of("ward"), body.clone())).0, 401);
        let (room_admin, room, destination_room) = (true, "ward".to_owned(), "theatre".to_owned());
        let mover = caller(VideoGrant { room_admin, room, destination_room, ..VideoGrant::default() });
        for method in ["MoveParticipant", "ForwardParticipant"] {
            assert_eq!(refused(read(method, &mover, body.clone())).0, 501);
        }
    }
}

mod responses {
    use super::*;

    fn ann() -> Arc<Participant> {
        Arc::new(Participant {
            sid: "PA_x".into(),
            identity: "ann".into(),
            name: "Ann".to_owned(),
            metadata: String::new(),
            attributes: [("k".to_owned(), "v".to_owned())].into(),
            grants: Grants::default(),
            state: ParticipantState::Active,
            version: 3,
            joined_at_ms: 1_795_170_000_123,
            client: WireData::default(),
            tracks: Vec::new(),
            has_published: false,
            disconnect_reason: None,
        })
    }

    #[test]
    fn a_response_has_the_encoding_of_its_request() {
        let response = ApiResponse::Participants(vec![ann()]);
        let json: Value = serde_json::from_slice(&write_response(&response, Encoding::Json)).unwrap();
        assert_eq!(json["participants"][0]["state"], "ACTIVE");
        assert_eq!(json["participants"][0]["joinedAtMs"], "1795170000123");
        let binary = proto::ListParticipantsResponse::decode(&*write_response(&response, Encoding::Protobuf)).unwrap();
        assert_eq!(binary.participants[0].attributes["k"], "v");
    }

    #[test]
    fn a_response_without_content_is_an_empty_message() {
        assert_eq!(write_response(&ApiResponse::Done, Encoding::Json), b"{}");
        assert_eq!(write_response(&ApiResponse::Done, Encoding::Protobuf), b"");
    }

    #[test]
    fn a_room_has_the_number_of_participants_and_publishers() {
        let info = RoomInfo { sid: "RM_x".to_owned(), name: "ward".to_owned(), ..RoomInfo::default() };
        let room = RoomSnapshot { info, people: 2, publishers: 1 };
        let json: Value =
            serde_json::from_slice(&write_response(&ApiResponse::Rooms(vec![room]), Encoding::Json)).unwrap();
        assert_eq!((&json["rooms"][0]["numParticipants"], &json["rooms"][0]["numPublishers"]), (&json!(2), &json!(1)));
    }
}
