use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use tokio::time::Instant;

use super::*;

const LIMITS: ConnectionLimits = ConnectionLimits { total: 6, per_client: 3 };

fn client(n: u8) -> Option<IpAddr> {
    Some(IpAddr::from([203, 0, 113, n]))
}

fn second(n: u64) -> Instant {
    // Virtual: the tests compare only differences.
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    *START + Duration::from_secs(n)
}

#[test]
fn client_that_has_too_many_loses_its_own_longest_idle_connection() {
    let mut connections = ConnectionTable::new(LIMITS);
    let other = connections.open(second(0), client(9), "other").unwrap();
    let first = connections.open(second(1), client(1), "first").unwrap();
    connections.open(second(2), client(1), "second").unwrap();
    connections.open(second(3), client(1), "third").unwrap();
    connections.use_begins(first.id);
    connections.use_ends(second(4), first.id);
    let fourth = connections.open(second(5), client(1), "fourth").unwrap();
    assert_eq!(fourth.replaces, Some(("second", Full::Client)));
    assert!(other.replaces.is_none() && connections.len() == 4);
}

#[test]
fn connections_in_use_are_not_replaced_unless_the_client_takes_no_bytes() {
    let mut connections = ConnectionTable::new(LIMITS);
    let ids: Vec<u64> = (0..3).map(|n| connections.open(second(n), client(1), n).unwrap().id).collect();
    ids.iter().for_each(|id| connections.use_begins(*id));
    assert_eq!(connections.open(second(4), client(1), 3).unwrap_err(), Full::Client);
    connections.stalls(Some(second(5)), ids[2]);
    connections.stalls(Some(second(6)), ids[0]);
    connections.stalls(None, ids[2]);
    assert_eq!(connections.open(second(7), client(1), 4).unwrap().replaces, Some((0, Full::Client)));
    assert_eq!(connections.close(ids[0]), None, "it is gone");
}

#[test]
fn full_server_replaces_the_longest_idle_connection_of_anyone() {
    let mut connections = ConnectionTable::new(LIMITS);
    for n in 0..6 {
        connections.open(second(n.into()), client(n), n).unwrap();
    }
    assert_eq!(connections.open(second(7), client(7), 7).unwrap().replaces, Some((0, Full::Server)));
}

#[test]
fn trusted_proxy_has_no_limit_of_its_own() {
    let mut connections = ConnectionTable::new(LIMITS);
    for n in 0..6 {
        let opened = connections.open(second(n), None, n).unwrap();
        connections.use_begins(opened.id);
        assert!(opened.replaces.is_none());
    }
    assert_eq!(connections.open(second(7), None, 7).unwrap_err(), Full::Server);
}

#[derive(Debug, Clone, Copy)]
enum Event {
    Opens(u8),
    Uses(usize),
    Waits(usize),
    Stalls(usize),
    Resumes(usize),
    Closes(usize),
}

fn any_event() -> impl Strategy<Value = Event> {
    let nth = 0_usize..20;
    prop_oneof![
        6 => (0_u8..4).prop_map(Event::Opens),
        2 => nth.clone().prop_map(Event::Uses),
        2 => nth.clone().prop_map(Event::Waits),
        1 => nth.clone().prop_map(Event::Stalls),
        1 => nth.clone().prop_map(Event::Resumes),
        1 => nth.prop_map(Event::Closes),
    ]
}

proptest! {
    /// Compared with a model: a list of connections. Client 0 is a trusted proxy.
    #[test]
    fn limits_hold_and_only_idle_connections_are_replaced(events in vec(any_event(), 0..200)) {
        let mut connections = ConnectionTable::new(LIMITS);
        // Id to client, in use, waiting or stalled since.
        let mut model: HashMap<u64, (Option<IpAddr>, bool, Instant, Option<Instant>)> = HashMap::new();
        for (now, event) in (1..).map(second).zip(events) {
            let mut known: Vec<u64> = model.keys().copied().collect();
            known.sort_unstable();
            let nth = |n: usize| known.get(n % known.len().max(1)).copied().unwrap_or_default();
            match event {
                Event::Opens(n) => {
                    let client = if n == 0 { None } else { client(n) };
                    let idle_since = |id: &u64| model.get(id).and_then(|(_, in_use, waits, stalls)| {
                        if *in_use { *stalls } else { Some(*waits) }
                    });
                    match connections.open(now, client, connections.last_id + 1) {
                        Ok(Opened { id, replaces }) => {
                            if let Some((replaced, full)) = replaces {
                                let since = idle_since(&replaced);
                                prop_assert!(since.is_some(), "a connection in use was replaced");
                                let rivals = model.iter().filter(|(_, rival)| full == Full::Server || rival.0 == client);
                                prop_assert!(rivals.filter_map(|(id, _)| idle_since(id)).all(|rival| Some(rival) >= since));
                                model.remove(&replaced);
                            }
                            model.insert(id, (client, false, now, None));
                        }
                        Err(full) => {
                            let mut rivals = model.iter().filter(|(_, rival)| full == Full::Server || rival.0 == client);
                            prop_assert!(rivals.all(|(id, _)| idle_since(id).is_none()), "an idle one could make room");
                        }
                    }
                }
                Event::Uses(n) => {
                    connections.use_begins(nth(n));
                    if let Some(entry) = model.get_mut(&nth(n)) { entry.1 = true; }
                }
                Event::Waits(n) => {
                    connections.use_ends(now, nth(n));
                    if let Some(entry) = model.get_mut(&nth(n)) { (entry.1, entry.2) = (false, now); }
                }
                Event::Stalls(n) => {
                    connections.stalls(Some(now), nth(n));
                    if let Some(entry) = model.get_mut(&nth(n)) { entry.3 = Some(now); }
                }
                Event::Resumes(n) => {
                    connections.stalls(None, nth(n));
                    if let Some(entry) = model.get_mut(&nth(n)) { entry.3 = None; }
                }
                Event::Closes(n) => {
                    prop_assert_eq!(connections.close(nth(n)).is_some(), model.remove(&nth(n)).is_some());
                }
            }
            prop_assert_eq!(connections.len(), model.len());
            prop_assert!(connections.len() <= LIMITS.total);
            for n in 1..4 {
                prop_assert!(model.values().filter(|entry| entry.0 == client(n)).count() <= LIMITS.per_client);
            }
            let idle = model.values().filter(|entry| if entry.1 { entry.3.is_some() } else { true }).count();
            prop_assert_eq!(connections.idle.len(), idle, "the index is not exact");
        }
    }
}
