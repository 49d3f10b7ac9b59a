//! One guest as their browser acts, and the host of their consultation as an API client acts.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use super::Storm;
use super::plan::{HostAction, Visit};
use crate::web::{EventStream, GuestAccess, ServerEvent, WebClient, WebRequest, address};

/// Guests of one address: a household, or a mobile network that shares an address among many.
const GUESTS_AT_AN_ADDRESS: usize = 50;
/// Addresses of hosts are beyond those of guests.
const FIRST_ADDRESS_OF_HOSTS: u32 = 1 << 19;

/// Which address guest `number` has.
fn place(number: usize) -> u32 {
    u32::try_from(number / GUESTS_AT_AN_ADDRESS).unwrap_or_default()
}

/// A guest with their page.
struct GuestBrowser<'a> {
    storm: &'a Storm,
    access: &'a GuestAccess,
    client: WebClient,
}

/// A guest comes, waits, and stays until the storm is over. Errors are recorded; a guest whose step fails leaves.
pub(super) async fn visit(storm: Rc<Storm>, server: SocketAddr, visit: Visit) {
    let due = storm.start + visit.at;
    sleep_until(due).await;
    storm.late(Instant::now() - due);
    let access = &storm.access.guests[visit.guest];
    let client = WebClient::new(server, address(place(visit.guest)));
    let host = HostClient {
        client: WebClient::new(server, address(FIRST_ADDRESS_OF_HOSTS + place(visit.guest))),
        storm: storm.clone(),
        access: access.clone(),
    };
    let mut browser = GuestBrowser { storm: &storm, access, client };
    let settled = browser.arrive(host, visit.host).await;
    storm.settle();
    if let Some(mut stream) = settled {
        browser.wait_for_the_end(&mut stream).await;
    }
}

impl GuestBrowser<'_> {
    /// Until the guest waits, or has a ticket if the host admits them.
    async fn arrive(&mut self, mut host: HostClient, action: HostAction) -> Option<EventStream> {
        if let HostAction::Admits { .. } = action {
            host.start().await?;
        }
        self.page().await?;
        self.enter().await?;
        if !self.storm.answers_beats {
            self.client.close();
        }
        let mut stream = self.open_stream().await?;
        let after = match action {
            HostAction::Absent => return Some(stream),
            HostAction::Starts { after } | HostAction::Admits { after } => after,
        };
        let asked = Instant::now() + after;
        let host = tokio::task::spawn_local(async move {
            sleep_until(asked).await;
            match action {
                HostAction::Starts { .. } => host.start().await,
                _ => host.admit().await,
            }
        });
        let admitted = self.until_admitted(&mut stream).await;
        let took = asked.elapsed();
        host.await.ok().flatten()?;
        self.storm.record("admitted", took, admitted)?;
        self.ticket().await?;
        Some(stream)
    }

    async fn page(&mut self) -> Option<()> {
        let asked = Instant::now();
        let page = self.client.ask(&WebRequest::get(self.path(""))).await;
        let is_the_call = |page: &[u8]| page.windows(15).any(|text| text == b"<anteroom-call ");
        let page = page.and_then(|page| {
            ensure!(is_the_call(&page), "the page has no call");
            Ok(())
        });
        self.storm.record("page", asked.elapsed(), page)
    }

    async fn enter(&mut self) -> Option<()> {
        let asked = Instant::now();
        let entry = self.client.ask(&WebRequest::post(self.path("/entry"))).await.and_then(|body| {
            let standing: Value = serde_json::from_slice(&body)?;
            ensure!(standing["entry"] == "waiting", "the entry is {}", standing["entry"]);
            Ok(())
        });
        self.storm.record("entry", asked.elapsed(), entry)
    }

    /// Until the first status has come.
    async fn open_stream(&mut self) -> Option<EventStream> {
        let asked = Instant::now();
        let opened = async {
            let mut stream = self.client.stream(&self.path("/live")).await?;
            while stream.next().await?.name != "standing" {}
            Ok(stream)
        };
        let opened = opened.await;
        self.storm.record("stream", asked.elapsed(), opened)
    }

    /// Until the status says that the guest may have a ticket.
    async fn until_admitted(&mut self, stream: &mut EventStream) -> Result<()> {
        loop {
            let event =
                tokio::time::timeout(Duration::from_secs(30), stream.next()).await.context("not admitted")??;
            if event.name == "standing" {
                let standing: Value = serde_json::from_str(&event.data)?;
                if standing["may"]["ticket"] == true {
                    return Ok(());
                }
            }
            self.answer(&event).await;
        }
    }

    async fn ticket(&mut self) -> Option<()> {
        let asked = Instant::now();
        let ticket = self.client.ask(&WebRequest::post(self.path("/tickets"))).await.and_then(|body| {
            let ticket: Value = serde_json::from_slice(&body)?;
            ensure!(ticket["token"].as_str().is_some_and(|token| !token.is_empty()), "there is no token");
            Ok(())
        });
        self.storm.record("ticket", asked.elapsed(), ticket)
    }

    /// A stream that breaks off before the end is an error.
    async fn wait_for_the_end(&mut self, stream: &mut EventStream) {
        let mut end = self.storm.end.subscribe();
        loop {
            let event = tokio::select! {
                _ = end.wait_for(|is_over| *is_over) => return,
                event = stream.next() => event,
            };
            match event {
                Ok(event) => self.answer(&event).await,
                Err(error) => {
                    self.storm.record::<()>("stream", Duration::ZERO, Err(error));
                    return;
                }
            }
        }
    }

    /// Answers a beat, as the page does.
    async fn answer(&mut self, event: &ServerEvent) {
        if event.name != "beat" || !self.storm.answers_beats {
            return;
        }
        let request = WebRequest::post(self.path("/presence")).json(&json!({ "page": event.data, "visible": true }));
        let asked = Instant::now();
        let answer = self.client.ask(&request).await.map(drop);
        self.storm.record("beat", asked.elapsed(), answer);
    }

    fn path(&self, endpoint: &str) -> String {
        format!("/join/{}{endpoint}", self.access.link)
    }
}

/// The host of one consultation.
struct HostClient {
    client: WebClient,
    storm: Rc<Storm>,
    access: GuestAccess,
}

impl HostClient {
    async fn start(&mut self) -> Option<()> {
        self.post("opening", "/opening", &json!({})).await
    }

    async fn admit(&mut self) -> Option<()> {
        let participant = self.access.participant.clone();
        self.post("admission", "/admissions", &json!({ "participant": participant })).await
    }

    async fn post(&mut self, step: &'static str, endpoint: &str, body: &Value) -> Option<()> {
        let path = format!("/api/v1/consultations/{}{endpoint}", self.access.consultation);
        let request = WebRequest::post(path).bearer(&self.storm.access.api_key).json(body);
        let asked = Instant::now();
        let answer = self.client.ask(&request).await.map(drop);
        self.client.close();
        self.storm.record(step, asked.elapsed(), answer)
    }
}
