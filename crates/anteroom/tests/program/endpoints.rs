//! Protection of the endpoints that are not pages of `web`: signalling, the server API, and those of the demo.

use std::net::TcpStream;

use crate::running::{Demo, anteroom, read_response};

#[test]
fn signalling_and_server_api_have_the_headers_of_pages() {
    let data = tempfile::tempdir().unwrap();
    let demo = Demo::start(data.path());
    for request in [
        "HEAD /",
        "GET /rtc",
        "GET /rtc/v1",
        "GET //rtc/validate",
        "OPTIONS /rtc/validate",
        "POST /twirp/livekit.RoomService/ListRooms",
        "GET /healthz",
        "GET /metrics",
        "GET /mailbox",
    ] {
        let response = demo.ask(request, &[], "");
        for header in [
            "content-security-policy: ",
            "x-content-type-options: nosniff",
            "cache-control: no-store",
            "x-frame-options: ",
        ] {
            assert!(response.contains(header), "{request} lacks {header}: {response}");
        }
    }
    let signalling = demo.ask("GET /rtc/validate", &["origin: https://app.example"], "");
    assert!(signalling.contains("access-control-allow-origin: https://app.example"), "{signalling}");
}

#[test]
fn signalling_is_inside_the_request_limit() {
    let data = tempfile::tempdir().unwrap();
    let demo = Demo::start(data.path());
    // Many requests on each connection: the limit grows by 50 a second.
    let request = "GET /rtc/validate HTTP/1.1\r\nhost: x\r\norigin: https://app.example\r\n";
    let requests = format!("{}{request}connection: close\r\n\r\n", format!("{request}\r\n").repeat(99));
    let responses = (0..20).map(|_| read_response(TcpStream::connect(demo.address()).unwrap(), &requests));
    let refused =
        responses.filter_map(|all| all.split_once("HTTP/1.1 429").map(|(_, refused)| refused.to_owned())).next();
    let refused = refused.expect("more requests than the limit are refused");
    for part in ["retry-after: ", "application/problem+json", "access-control-allow-origin: https://app.example"] {
        assert!(refused.contains(part), "{refused}");
    }
}

/// Through the media server's own endpoint and the admission check of a running server.
#[test]
fn ticket_from_before_the_end_of_all_logins_is_refused_by_its_name() {
    let data = tempfile::tempdir().unwrap();
    let demo = Demo::start(data.path());
    let json = |response: String| -> serde_json::Value {
        let (_, body) = response.split_once("\r\n\r\n").unwrap_or_default();
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {response}"))
    };
    let credentials = demo.json["host"].to_string();
    let login = json(demo.ask("POST /api/v1/sessions", &["content-type: application/json"], &credentials));
    let bearer = format!("authorization: Bearer {}", login["token"].as_str().unwrap());
    let path = format!("/api/v1/consultations/{}", demo.json["consultation_id"].as_str().unwrap());
    json(demo.ask(&format!("POST {path}/opening"), &[&bearer], ""));
    let ticket = json(demo.ask(&format!("POST {path}/tickets"), &[&bearer], ""));
    let join = format!("GET /rtc/v1/validate?access_token={}", ticket["token"].as_str().unwrap());
    let before = demo.ask(&join, &[], "");
    assert!(before.starts_with("HTTP/1.1 200"), "{before}");
    let ended = demo.ask("DELETE /api/v1/account/sessions", &[&bearer], "");
    assert!(ended.starts_with("HTTP/1.1 204"), "{ended}");
    let after = demo.ask(&join, &[], "");
    assert!(after.starts_with("HTTP/1.1 403") && after.contains("superseded: "), "{after}");
}

#[test]
fn demo_clock_goes_forward_only_and_not_for_foreign_pages() {
    let data = tempfile::tempdir().unwrap();
    let demo = Demo::run(anteroom(data.path(), &["demo", "--json", "--listen", "127.0.0.1:0", "--clock-control"]));
    let advance = |seconds: &str, headers: &[&str]| {
        let headers = [&["content-type: application/json"], headers].concat();
        demo.ask("POST /demo/clock", &headers, &format!("{{\"advance_seconds\": {seconds}}}"))
    };
    assert!(advance("60", &[]).starts_with("HTTP/1.1 204"));
    let back = advance("-60", &[]);
    assert!(back.starts_with("HTTP/1.1 422"), "{back}");
    let foreign = advance("60", &["origin: https://evil.example"]);
    assert!(foreign.starts_with("HTTP/1.1 403"), "{foreign}");
}
