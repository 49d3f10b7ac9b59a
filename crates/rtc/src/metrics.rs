//! Counters of the media threads, in the text format of Prometheus (exposition format 0.0.4). No name of a room or of a
//! participant is in it.

use std::fmt::Display;

use crate::event_queue::DroppedEvents;
use crate::media_thread::Histogram;
use crate::rooms::RoomDirectory;
use crate::shards::{MediaPort, Shards};
use crate::transport::{TransportStats, kernel_drops};
use crate::webhooks::WebhookLosses;

/// All metrics. The label `thread` is the number of the media thread.
pub(crate) fn text(
    shards: &Shards,
    directory: &RoomDirectory,
    dropped: &DroppedEvents,
    losses: &WebhookLosses,
) -> String {
    let totals = directory.totals(shards.stats().len() as u64);
    let (rooms, participants): (Vec<u64>, Vec<u64>) = totals.into_iter().unzip();
    let turns: Vec<&Histogram> = shards.stats().map(|stats| &stats.turns).collect();
    let waits: Vec<&Histogram> = shards.stats().map(|stats| &stats.queue_age).collect();
    let mut text = Text::default();
    text.values("anteroom_rooms", "gauge", "Open rooms.", rooms);
    text.values("anteroom_participants", "gauge", "Participants in open rooms.", participants);
    let queued = shards.stats().map(|stats| stats.queued());
    text.values("anteroom_media_queued", "gauge", "Requests that wait for the media thread.", queued);
    let help = "Time from a request to the turn of the media thread that handles it.";
    text.histograms("anteroom_media_wait_seconds", help, &waits);
    let help = "Time of one turn of the media thread, without waiting for packets and timers.";
    text.histograms("anteroom_media_turn_seconds", help, &turns);
    let help = "The longest turn of the media thread since the start.";
    text.values("anteroom_media_turn_max_seconds", "gauge", help, turns.iter().map(|turn| turn.max().as_secs_f64()));
    text.sockets(shards.ports());
    let name = "anteroom_events_dropped_total";
    text.family(name, "counter", "Events of rooms that were dropped because a queue was full.");
    for (queue, dropped) in [("attendance", &dropped.attendance), ("webhooks", &dropped.webhooks)] {
        text.line(&format!("{name}{{queue=\"{queue}\"}} {}", dropped.count()));
    }
    let name = "anteroom_webhooks_given_up_total";
    text.family(name, "counter", "Webhook events that their receiver has not got and will not get, by receiver.");
    for (number, (host, events)) in losses.counts().enumerate() {
        text.line(&format!("{name}{{receiver=\"{number}\",host=\"{host}\"}} {events}"));
    }
    text.0
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn family(&mut self, name: &str, kind: &str, help: &str) {
        self.line(&format!("# HELP {name} {help}"));
        self.line(&format!("# TYPE {name} {kind}"));
    }

    /// One value for each thread.
    fn values<V: Display>(&mut self, name: &str, kind: &str, help: &str, values: impl IntoIterator<Item = V>) {
        self.family(name, kind, help);
        for (thread, value) in values.into_iter().enumerate() {
            self.line(&format!("{name}{{thread=\"{thread}\"}} {value}"));
        }
    }

    /// The counters of the sockets; what was dropped is one family, by reason.
    fn sockets(&mut self, ports: &[MediaPort]) {
        let stats: Vec<TransportStats> = ports.iter().map(|port| port.stats.snapshot()).collect();
        let of_threads = |at| stats.iter().filter_map(move |stats| stats.named().nth(at)).map(|(_, count)| count);
        let (mut counted, mut dropped) = (Vec::new(), Vec::new());
        for (at, (name, _)) in TransportStats::default().named().enumerate() {
            match name.strip_prefix("dropped_") {
                Some(reason) => dropped.push((at, reason)),
                None => counted.push((at, name)),
            }
        }
        for (at, name) in counted {
            let help = format!("Media sockets: {}.", name.replace('_', " "));
            self.values(&format!("anteroom_media_{name}_total"), "counter", &help, of_threads(at));
        }
        let name = "anteroom_media_dropped_total";
        self.family(name, "counter", "Packets that were dropped, by reason.");
        for (at, reason) in dropped {
            for (thread, count) in of_threads(at).enumerate() {
                self.line(&format!("{name}{{thread=\"{thread}\",reason=\"{reason}\"}} {count}"));
            }
        }
        for (thread, port) in ports.iter().enumerate() {
            // Not on every system.
            if let Some(count) = kernel_drops(&[port.number]) {
                self.line(&format!("{name}{{thread=\"{thread}\",reason=\"kernel_receive_buffer\"}} {count}"));
            }
        }
    }

    /// One histogram for each thread.
    fn histograms(&mut self, name: &str, help: &str, histograms: &[&Histogram]) {
        self.family(name, "histogram", help);
        for (thread, histogram) in histograms.iter().enumerate() {
            let mut count = 0;
            for (bound, cumulative) in histogram.cumulative() {
                let bound = bound.map_or("+Inf".to_owned(), |bound| bound.as_secs_f64().to_string());
                self.line(&format!("{name}_bucket{{thread=\"{thread}\",le=\"{bound}\"}} {cumulative}"));
                count = cumulative;
            }
            self.line(&format!("{name}_sum{{thread=\"{thread}\"}} {}", histogram.sum().as_secs_f64()));
            self.line(&format!("{name}_count{{thread=\"{thread}\"}} {count}"));
        }
    }
}
