//! The `load` command: everybody joins, then a window is measured.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};

use crate::client::ClientConnections;
use crate::clock::Now;
use crate::event_loop::EventLoop;
use crate::plan::{Load, Participant};
use crate::process::Usage;
use crate::signalling::{JoinMethod, Mode};
use crate::summary::{Server, Summary};
use crate::syscalls::SyscallCount;
use crate::token::ApiKey;

/// Between two joins.
const JOIN_INTERVAL: Duration = Duration::from_millis(20);
/// Until every client receives every source of its room.
const CONNECT_LIMIT: Duration = Duration::from_secs(30);
/// After the window, for what is on its way or is sent again.
const DRAIN: Duration = Duration::from_secs(1);

/// Printed to stderr when the window begins, for a script that disturbs the calls then.
const WINDOW_LINE: &str = "measuring";

/// Options of `bench load`.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    /// Address of the server: ws://host:port
    #[arg(long)]
    url: String,
    #[command(flatten)]
    key: ApiKey,
    #[command(flatten)]
    load: Load,
    /// What the server speaks.
    #[arg(long, value_enum, default_value = "livekit")]
    protocol: Protocol,
    /// Peer connections of a client of LiveKit's protocol.
    #[arg(long, value_enum, default_value = "dual")]
    mode: Mode,
    /// Length of the measured window in seconds.
    #[arg(long, default_value_t = 20.0)]
    seconds: f64,
    /// Seconds between the last connection and the window.
    #[arg(long, default_value_t = 4.0)]
    warm_up: f64,
    /// Process id of the server, to measure its CPU time and memory.
    #[arg(long)]
    server: Option<u32>,
    /// Count the server's system calls with `perf stat`; the run's CPU time is then too high.
    #[arg(long, requires = "server")]
    syscalls: bool,
    /// Seconds after the last client has left until the server's memory is read.
    #[arg(long, default_value_t = 0.0)]
    after: f64,
    /// First part of the names of the rooms.
    #[arg(long, default_value = "bench")]
    rooms: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Protocol {
    #[value(name = "livekit")]
    LiveKit,
    /// The VideoRoom plugin over WebSocket.
    Janus,
}

/// Numbers of the packets that a source sent within the window and that should be forwarded.
type Windows = BTreeMap<u32, Vec<Range<u32>>>;

/// Runs the load and returns what was measured.
pub(crate) fn run(flags: &Flags) -> Result<Summary> {
    let people = flags.load.participants();
    ensure!(!people.is_empty(), "nothing to do: give --calls, --viewers or --group");
    let usage = || flags.server.map(Usage::of).transpose();
    let before = usage()?;
    let mut clients = EventLoop::new(0)?;
    for who in &people {
        join(&mut clients, flags, who)?;
    }
    clients.run_until(CONNECT_LIMIT, all_receive)?;
    clients.run(Duration::from_secs_f64(flags.warm_up))?;

    let (start, server_start, own_start) = (Now::read(), usage()?, Usage::of(std::process::id())?);
    let first = sent(&clients);
    clients.tally.window = Some((start.unix, u64::MAX));
    eprintln!("{WINDOW_LINE}");
    let syscalls = flags.server.filter(|_| flags.syscalls);
    let syscalls = syscalls.map(|server| SyscallCount::start(server, flags.seconds)).transpose()?;
    clients.run(Duration::from_secs_f64(flags.seconds))?;
    let (end, server_end, own_end) = (Now::read(), usage()?, Usage::of(std::process::id())?);
    clients.tally.window = Some((start.unix, end.unix));
    let windows = windows(&clients, &first, &sent(&clients));
    let syscalls = syscalls.map(SyscallCount::finish).transpose()?;
    clients.run(DRAIN)?;

    let seconds = (end.instant - start.instant).as_secs_f64();
    let mut summary = Summary { seconds, ..count(&clients, &people, &windows) };
    summary.generator_cores = (own_end.cpu() - own_start.cpu()).as_secs_f64() / seconds;
    drop(clients);
    if let (Some(before), Some(start), Some(end)) = (before, server_start, server_end) {
        pause(flags.after);
        let after = usage()?.context("the server is gone")?;
        let per_packet = syscalls.map(|count| count as f64 / summary.useful.max(1) as f64);
        summary.server = Some(Server { syscalls: per_packet, ..server(&summary, [before, start, end, after]) });
    }
    Ok(summary)
}

fn join(clients: &mut EventLoop, flags: &Flags, who: &Participant) -> Result<()> {
    let room = format!("{}{}", flags.rooms, who.room);
    let token = flags.key.token(Now::read().unix, &room, &who.identity)?;
    let method = match flags.protocol {
        Protocol::LiveKit => JoinMethod::LiveKit { url: &flags.url, token: &token, mode: flags.mode },
        Protocol::Janus => JoinMethod::Janus { url: &flags.url },
    };
    clients.join(who.clone(), method)?;
    clients.run(JOIN_INTERVAL)
}

/// The clients have left: there is nothing to run meanwhile.
#[expect(clippy::disallowed_methods, reason = "the wait is what is measured: the server's memory after it")]
fn pause(seconds: f64) {
    std::thread::sleep(Duration::from_secs_f64(seconds));
}

fn all(clients: &EventLoop) -> impl Iterator<Item = &ClientConnections> {
    clients.clients().map(|client| &client.connections)
}

/// The others in a client's room.
fn others<'a>(
    clients: &'a EventLoop,
    client: &'a ClientConnections,
) -> impl Iterator<Item = &'a ClientConnections> + 'a {
    all(clients).filter(|other| other.who.room == client.who.room && other.number != client.number)
}

fn all_receive(clients: &EventLoop) -> bool {
    let receives = |client: &ClientConnections| {
        let mut wanted = others(clients, client).flat_map(ClientConnections::published_steadily);
        wanted.all(|source| client.devices.sources.contains_key(&source))
    };
    all(clients).all(receives)
}

fn sent(clients: &EventLoop) -> BTreeMap<u32, u32> {
    all(clients).flat_map(|client| client.devices.sent()).collect()
}

/// Of the packets sent between these two counts, those that should be forwarded.
fn windows(clients: &EventLoop, first: &BTreeMap<u32, u32>, last: &BTreeMap<u32, u32>) -> Windows {
    let to_forward = all(clients).flat_map(|client| client.devices.to_forward());
    let within = |(source, numbers): (u32, Vec<Range<u32>>)| {
        let count = |counts: &BTreeMap<u32, u32>| counts.get(&source).copied().unwrap_or_default();
        (source, intersection(&numbers, count(first)..count(last)))
    };
    to_forward.map(within).collect()
}

fn intersection(ranges: &[Range<u32>], window: Range<u32>) -> Vec<Range<u32>> {
    let cut = ranges.iter().map(|range| range.start.max(window.start)..range.end.min(window.end));
    cut.filter(|range| !range.is_empty()).collect()
}

fn count(clients: &EventLoop, people: &[Participant], windows: &Windows) -> Summary {
    let (mut expected, mut arrived, mut routes, mut alive) = (0, 0, 0, 0);
    for client in all(clients) {
        for source in others(clients, client).flat_map(ClientConnections::published) {
            let window = windows.get(&source).map(Vec::as_slice).unwrap_or_default();
            let sent: u64 = window.iter().map(|numbers| u64::from(numbers.end - numbers.start)).sum();
            let source = client.devices.sources.get(&source);
            let count = |numbers: &Range<u32>| source.map_or(0, |received| received.count(numbers.clone()));
            let received: u64 = window.iter().map(count).sum();
            expected += sent;
            arrived += received;
            routes += usize::from(sent > 0);
            alive += usize::from(received > 0);
        }
    }
    let (tally, milliseconds) = (&clients.tally, |nanoseconds: u64| nanoseconds as f64 / 1e6);
    Summary {
        clients: people.len(),
        failures: clients.failures.clone(),
        routes,
        routes_alive: alive,
        expected,
        lost: expected - arrived,
        loss_percent: (expected - arrived) as f64 * 100.0 / expected.max(1) as f64,
        duplicates: tally.duplicates,
        leaked: tally.leaked,
        delay_p50: milliseconds(tally.delay.percentile(0.5)),
        delay_p99: milliseconds(tally.delay.percentile(0.99)),
        delay_max: milliseconds(tally.delay.longest()),
        useful: tally.useful,
        datagrams: tally.datagrams.total(),
        useless_rtp: tally.datagrams.rtp.saturating_sub(tally.useful),
        rtcp: tally.datagrams.rtcp,
        stun: tally.datagrams.stun,
        keyframe_requests: all(clients).map(|client| client.devices.keyframe_requests).sum(),
        generator_late_p99: milliseconds(clients.lateness.percentile(0.99)),
        ..Summary::default()
    }
}

fn server(summary: &Summary, [before, start, end, after]: [Usage; 4]) -> Server {
    let megabytes = |usage: Usage| usage.memory as f64 / 1e6;
    let cpu_seconds = (end.cpu() - start.cpu()).as_secs_f64();
    Server {
        cpu_seconds,
        system_seconds: (end.system - start.system).as_secs_f64(),
        cores: cpu_seconds / summary.seconds,
        per_packet: cpu_seconds * 1e6 / summary.useful.max(1) as f64,
        memory_before: megabytes(before),
        memory: megabytes(end),
        memory_after: megabytes(after),
        memory_per_client: (megabytes(end) - megabytes(before)) / summary.clients.max(1) as f64,
        syscalls: None,
        memory_peak: after.peak as f64 / 1e6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_outside_the_window_or_of_a_silent_microphone_are_not_expected() {
        let audible = [0..200, 900..1_000, 1_500..1_600];
        assert_eq!(intersection(&audible, 100..1_550), [100..200, 900..1_000, 1_500..1_550]);
        assert_eq!(intersection(&audible, 300..800), []);
    }
}
