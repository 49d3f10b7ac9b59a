//! Several media threads: which rooms they have, and what happens when one is blocked or ends.

use std::sync::atomic::AtomicUsize;
use std::sync::mpsc as std_mpsc;
use std::time::Duration;

use anteroom_app::{Admitted, AttendanceRecord, Bearer, Error};
use anteroom_signalling::{ApiError, ApiRequest, ApiResponse, CreateRoom};
use tokio::sync::oneshot;

use super::*;
use crate::rooms::ApiCall;

struct Fake;

impl Clock for Fake {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

impl Rng for Fake {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

#[async_trait]
impl Admission for Fake {
    async fn may_join(&self, _: &Bearer) -> Result<Admitted, Error> {
        Ok(Admitted::TokenOnly)
    }

    async fn attend(&self, _: &AttendanceRecord) -> Result<(), Error> {
        Ok(())
    }
}

fn start(threads: u16) -> Embedded {
    let config = Config {
        wire: transport::Config { listen: "127.0.0.1:0".parse().unwrap(), advertise: vec![] },
        media_threads: NonZeroU16::new(threads).unwrap(),
        url: String::new(),
        keys: Keys::single("key", "secret"),
        webhooks: vec![],
        auto_create_rooms: true,
    };
    Embedded::start(config, Arc::new(Fake), Arc::new(Fake)).unwrap()
}

fn create(embedded: &Embedded, room: &str) -> oneshot::Receiver<Result<ApiResponse, ApiError>> {
    let (reply, response) = oneshot::channel();
    let request = ApiRequest::CreateRoom(CreateRoom { name: room.to_owned(), ..CreateRoom::default() });
    let call = ApiCall { request, may_open: true, at_ms: 0, reply };
    embedded.media.shards.send(Command::Api(Box::new(call))).unwrap();
    response
}

fn list(embedded: &Embedded) -> Vec<String> {
    let answer = embedded.directory.answer(&ApiRequest::ListRooms(vec![]));
    let Some(Ok(ApiResponse::Rooms(rooms))) = answer else { panic!("no list") };
    rooms.into_iter().map(|room| room.info.name).collect()
}

/// Blocks the thread of this room until the result is dropped.
fn park(embedded: &Embedded, room: &str) -> std_mpsc::Sender<()> {
    let (entered, has_entered) = std_mpsc::channel();
    let (release, released) = std_mpsc::channel();
    let command = Command::Park { room: room.to_owned(), entered, release: released };
    embedded.media.shards.send(command).unwrap();
    has_entered.recv().unwrap();
    release
}

/// Names of rooms on threads 0 and 1 of two.
async fn one_room_on_each(embedded: &Embedded) -> [String; 2] {
    let mut names = [None, None];
    for number in 0..1_000 {
        let name = format!("room-{number}");
        let before = embedded.directory.totals(2);
        create(embedded, &name).await.unwrap().ok().unwrap();
        let thread = usize::from(embedded.directory.totals(2)[1] != before[1]);
        names[thread].get_or_insert(name);
        if let [Some(first), Some(second)] = &names {
            return [first.clone(), second.clone()];
        }
    }
    unreachable!("two names with different hashes exist")
}

#[tokio::test]
async fn rooms_spread_over_the_threads() {
    let embedded = start(4);
    for number in 0..200 {
        create(&embedded, &format!("room-{number}")).await.unwrap().ok().unwrap();
    }
    let rooms: Vec<u64> = embedded.directory.totals(4).into_iter().map(|(rooms, _)| rooms).collect();
    assert_eq!(rooms.iter().sum::<u64>(), 200);
    assert!(rooms.iter().all(|rooms| *rooms >= 30), "{rooms:?}");
    assert_eq!(list(&embedded).len(), 200);
}

#[tokio::test]
async fn blocked_thread_delays_no_room_of_another() {
    let embedded = start(2);
    let [blocked, free] = one_room_on_each(&embedded).await;
    let release = park(&embedded, &blocked);
    let mut waiting = create(&embedded, &blocked);
    create(&embedded, &free).await.unwrap().ok().unwrap();
    assert!(waiting.try_recv().is_err(), "the blocked thread answered");
    drop(release);
    waiting.await.unwrap().ok().unwrap();
}

#[tokio::test]
async fn server_reads_are_answered_while_all_threads_are_blocked() {
    let embedded = start(2);
    let state = embedded.state(Arc::new(Fake));
    let rooms = one_room_on_each(&embedded).await;
    let _blocked = rooms.each_ref().map(|room| park(&embedded, room));
    let Ok(ApiResponse::Rooms(found)) = state.execute(ApiRequest::ListRooms(rooms.to_vec())).await else {
        panic!("no list")
    };
    assert_eq!(found.len(), 2);
    let [room, _] = rooms;
    let participants = state.execute(ApiRequest::ListParticipants(room.clone())).await;
    assert!(matches!(participants, Ok(ApiResponse::Participants(list)) if list.is_empty()));
    assert!(state.execute(ApiRequest::GetParticipant(room, "ada".into())).await.is_err());
}

#[tokio::test]
async fn room_is_listed_before_its_creator_is_answered() {
    let embedded = start(1);
    let blocked = park(&embedded, "a");
    let created = create(&embedded, "a");
    // The thread is blocked again in the turn that creates the room.
    let (entered, has_entered) = std_mpsc::channel();
    let (_release, released) = std_mpsc::channel();
    embedded.media.shards.send(Command::Park { room: "a".to_owned(), entered, release: released }).unwrap();
    drop(blocked);
    has_entered.recv().unwrap();
    created.await.unwrap().ok().unwrap();
    assert_eq!(list(&embedded), ["a"]);
}

#[tokio::test]
async fn stuck_thread_is_unhealthy() {
    let embedded = start(2);
    assert!(embedded.check_at(now()).is_ok());
    let _blocked = park(&embedded, "a");
    let error = embedded.check_at(now() + Duration::from_secs(6)).unwrap_err();
    let reason = error.0.unwrap().to_string();
    assert!(reason.starts_with("a media thread is stuck"), "{reason}");
}

#[tokio::test]
async fn ended_thread_is_reported_and_the_others_go_on() {
    let embedded = start(2);
    let [ended, free] = one_room_on_each(&embedded).await;
    embedded.media.shards.send(Command::PanicThread { room: ended.clone() }).unwrap();
    assert_eq!(embedded.failure().await, "media-0 panicked");
    let reason = embedded.check_at(now()).unwrap_err().0.unwrap().to_string();
    assert_eq!(reason, "a media thread has ended");
    create(&embedded, &free).await.unwrap().ok().unwrap();
    embedded.media.shards.flush().await;
}

#[tokio::test]
async fn metrics_count_the_rooms_and_name_none() {
    let embedded = start(2);
    let rooms = one_room_on_each(&embedded).await;
    create(&embedded, "secret name").await.unwrap().ok().unwrap();
    let text = embedded.metrics();
    let counted: Vec<u64> = text
        .lines()
        .filter_map(|line| line.strip_prefix("anteroom_rooms{thread=\""))
        .map(|line| line.split(' ').next_back().unwrap().parse().unwrap())
        .collect();
    assert_eq!(counted.iter().sum::<u64>(), list(&embedded).len() as u64, "{text}");
    assert!(text.contains("anteroom_media_turn_seconds_bucket{thread=\"1\",le=\"0.000064\"} "), "{text}");
    assert!(text.contains("anteroom_media_datagrams_received_total{thread=\"1\"} 0\n"), "{text}");
    assert!(text.contains("anteroom_media_dropped_total{thread=\"0\",reason=\"unknown_address\"} 0\n"), "{text}");
    assert!(text.contains("anteroom_media_dropped_total{thread=\"1\",reason=\"kernel_receive_buffer\"} 0\n"), "{text}");
    assert!(text.contains("anteroom_media_wait_seconds_bucket{thread=\"0\",le=\"+Inf\"} "), "{text}");
    assert!(text.contains("anteroom_events_dropped_total{queue=\"attendance\"} 0\n"), "{text}");
    assert!(!text.contains("secret name") && !text.contains(&rooms[0]));
}

/// Stores attendance only after some failures, and keeps the calls.
struct Flaky {
    failures: AtomicUsize,
    calls: Mutex<Vec<AttendanceRecord>>,
}

#[async_trait]
impl Admission for Flaky {
    async fn may_join(&self, _: &Bearer) -> Result<Admitted, Error> {
        Ok(Admitted::TokenOnly)
    }

    async fn attend(&self, record: &AttendanceRecord) -> Result<(), Error> {
        self.calls.lock().unwrap().push(record.clone());
        let left = self.failures.load(Ordering::SeqCst);
        self.failures.store(left.saturating_sub(1), Ordering::SeqCst);
        if left == 0 { Ok(()) } else { Err(Error::Busy) }
    }
}

/// A lost departure would keep a consultation alive for ever.
#[tokio::test]
async fn attendance_is_reported_in_order_until_it_is_stored() {
    let bearer = Bearer { room: "room".into(), identity: "par_1".into(), ticket_number: Some(1) };
    let (events, reported) = event_queue(10, Dropped::default());
    events.send(Attendance::Arrived(bearer.clone()));
    events.send(Attendance::Departed(bearer.clone()));
    let (end, ended) = oneshot::channel();
    end.send(()).unwrap();
    let flaky = Arc::new(Flaky { failures: AtomicUsize::new(3), calls: Mutex::default() });
    super::attendance::report((reported, Dropped::default()), ended, flaky.clone(), Arc::new(Fake), Duration::ZERO)
        .await;
    assert!(events.is_closed());
    let calls = flaky.calls.lock().unwrap();
    let connected: Vec<bool> = calls.iter().map(|call| call.is_connected).collect();
    assert_eq!(connected, [true, true, true, true, false]);
    assert!(calls.iter().all(|call| call.bearer == bearer && call.at == Timestamp::UNIX_EPOCH));
}

/// Of all that a database misses while it is away, so much waits and no more.
#[tokio::test]
async fn attendance_that_waits_is_bounded_and_the_rest_counted() {
    let dropped = Dropped::default();
    let (events, reported) = event_queue(3 * MAX_WAITING, dropped.clone());
    for n in 0..3 * MAX_WAITING {
        let bearer = Bearer { room: "room".into(), identity: n.to_string(), ticket_number: Some(1) };
        events.send(Attendance::Arrived(bearer));
    }
    let (_end, ended) = oneshot::channel();
    let expected = 2 * MAX_WAITING as u64 - 1;
    let all_are_distributed = async {
        for _ in 0..100_000 {
            if dropped.count() >= expected {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    let reporter = (reported, dropped.clone());
    tokio::select! {
        () = super::attendance::report(reporter, ended, Arc::new(Silent), Arc::new(Fake), Duration::ZERO) => {}
        () = all_are_distributed => {}
    }
    assert_eq!(dropped.count(), expected, "one is being stored, the others wait");
}

/// A database that never answers.
struct Silent;

#[async_trait]
impl Admission for Silent {
    async fn may_join(&self, _: &Bearer) -> Result<Admitted, Error> {
        std::future::pending().await
    }

    async fn attend(&self, _: &AttendanceRecord) -> Result<(), Error> {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn end_of_the_program_waits_five_seconds_for_attendance() {
    let bearer = Bearer { room: "room".into(), identity: "par_1".into(), ticket_number: Some(1) };
    for (admission, seconds) in [(Arc::new(Silent) as Arc<dyn Admission>, 5), (Arc::new(Fake), 0)] {
        let (events, reported) = event_queue(10, Dropped::default());
        events.send(Attendance::Departed(bearer.clone()));
        let began = tokio::time::Instant::now();
        AttendanceReporter::start((reported, Dropped::default()), admission, Arc::new(Fake)).finish().await;
        // The timer of tokio has steps of a millisecond.
        assert_eq!(began.elapsed().as_secs(), seconds);
    }
}
