//! The statements that make the rows: one for each table, and many for hashes, which SQL cannot compute.

use super::access::{API_KEY, id_of_key, logins};
use super::connection::SqlConnection;
use super::ids::{GUEST_SEAT, HOST_SEAT, Opens, guest_seat, id, id_sql, room_sql, secret};
use super::shape::{DAY, MINUTE, SLOT, Shape};

/// Appointments whose links are in one statement.
pub(super) const CHUNK: i64 = 2_000;

/// All statements but the links, in an order in which every row refers to one that exists.
pub(super) fn statements(shape: &Shape, connection: &SqlConnection) -> Vec<String> {
    let mut all = vec![practice(), users(shape), api_key(shape, connection), sessions(shape, connection)];
    all.extend([appointments(shape, connection), consultations(shape)]);
    all.extend(people());
    all.extend([("host", HOST_SEAT), ("guest", GUEST_SEAT)].map(|(role, seat)| participants(shape, role, seat)));
    all.extend([HOST_SEAT, GUEST_SEAT].map(|seat| deliveries(shape, seat)));
    if shape.unsent {
        all.extend([HOST_SEAT, GUEST_SEAT].map(|seat| jobs(shape, seat)));
    }
    all.extend(audit(shape));
    all
}

/// `INSERT INTO target SELECT columns` for each appointment `n` of which the condition is true.
fn for_each_appointment(shape: &Shape, target: &str, columns: &str, condition: &str) -> String {
    format!(
        "INSERT INTO {target}
         WITH RECURSIVE numbers (n) AS (
                  SELECT CAST(0 AS BIGINT)
                   UNION ALL
                  SELECT n + 1 FROM numbers WHERE n + 1 < {})
         SELECT {columns}
           FROM numbers
          WHERE {condition}",
        shape.appointments
    )
}

fn practice() -> String {
    "INSERT INTO practices (id, name, pack, zone, opens_before, closes_after, who_may_end, version)
     VALUES (1, 'Benchmark', 'clinic', 'Europe/Berlin', 60, 60, 'host', 0)"
        .to_owned()
}

/// Number 0 is the administrator. Nobody has a password.
fn users(shape: &Shape) -> String {
    let created_at = shape.first.min(shape.now) - 400 * DAY;
    format!(
        "INSERT INTO users (id, name, email, email_folded, role, zone, password_hash, created_at, version)
         WITH RECURSIVE numbers (n) AS (
                  SELECT CAST(0 AS BIGINT)
                   UNION ALL
                  SELECT n + 1 FROM numbers WHERE n < {})
         SELECT {}, 'Dr. Number ' || n, 'staff' || n || '@practice.example', 'staff' || n || '@practice.example',
                CASE WHEN n = 0 THEN 'admin' ELSE 'host' END, 'Europe/Berlin', '', {created_at}, 0
           FROM numbers",
        shape.hosts,
        id_sql("usr", "n")
    )
}

fn api_key(shape: &Shape, connection: &SqlConnection) -> String {
    let hash = connection.bytes(secret(shape.seed, Opens::Api, API_KEY).hash().as_bytes());
    format!(
        "INSERT INTO api_keys (id, hash, name, created_at)
         VALUES ('{}', {hash}, 'benchmark', {})",
        id_of_key(),
        shape.now
    )
}

fn sessions(shape: &Shape, connection: &SqlConnection) -> String {
    let row = |number| {
        let hash = connection.bytes(secret(shape.seed, Opens::Login, number).hash().as_bytes());
        format!("({hash}, '{}', {}, {})", id("usr", number), shape.now, shape.now + DAY)
    };
    let rows: Vec<String> = logins(shape).map(row).collect();
    format!("INSERT INTO sessions (hash, user_id, created_at, expires_at) VALUES {}", rows.join(", "))
}

fn appointments(shape: &Shape, connection: &SqlConnection) -> String {
    let (starts, over, confirmed) = (shape.starts_sql(), shape.over_sql(), shape.confirmed_sql());
    let host = id_sql("usr", &format!("({})", shape.host_sql()));
    let booked_at = booked_at(shape);
    let local = connection.local_time(&starts);
    let columns = format!(
        "{apt}, {host}, 'Guest Number ' || n, 'guest' || n || '@example.org', '+4930' || CAST(1000000 + n AS TEXT),
         'Europe/Berlin', {starts}, {local}, 'UTC', {starts} + {length}, {minutes}, 'video',
         CASE WHEN {over}
              THEN CASE WHEN {confirmed} THEN 'completed' ELSE 'cancelled' END
              ELSE CASE WHEN {confirmed} THEN 'confirmed' ELSE 'booked' END END,
         {booked_at}, {host},
         CASE WHEN {confirmed} THEN {booked_at} + {MINUTE} END, CASE WHEN {confirmed} THEN {host} END,
         CASE WHEN {over} AND NOT ({confirmed}) THEN {booked_at} + {DAY} END,
         CASE WHEN {over} AND NOT ({confirmed}) THEN {host} END,
         CASE WHEN {over} AND {confirmed} THEN {starts} + {length} - {MINUTE} END, 2",
        apt = id_sql("apt", "n"),
        length = super::shape::SLOT,
        minutes = super::shape::SLOT / MINUTE,
    );
    let target = "appointments (id, host_id, guest_name, guest_email, guest_phone, guest_zone, starts_at, starts_local,
                                starts_zone, ends_at, minutes, kind, status, booked_at, booked_by, confirmed_at,
                                confirmed_by, cancelled_at, cancelled_by, completed_at, version)";
    for_each_appointment(shape, target, &columns, "n >= 0")
}

/// The guest of each appointment is a person of its own.
fn people() -> [String; 4] {
    let person = "REPLACE(id, 'apt_', 'prs_')";
    let address = |channel: &str, value: &str| {
        format!(
            "INSERT INTO addresses (person_id, channel, value, normalised, added_at)
             SELECT {person}, '{channel}', {value}, {value}, booked_at
               FROM appointments"
        )
    };
    [
        format!(
            "INSERT INTO people (id, name, zone, created_at, version)
             SELECT {person}, guest_name, guest_zone, booked_at, 0
               FROM appointments"
        ),
        address("email", "guest_email"),
        address("phone", "guest_phone"),
        format!(
            "INSERT INTO appointment_people (appointment_id, person_id, role, place)
             SELECT id, {person}, 'guest', 0
               FROM appointments"
        ),
    ]
}

/// Two weeks before the start, but not after the time of the benchmark.
fn booked_at(shape: &Shape) -> String {
    let (starts, latest) = (shape.starts_sql(), shape.now - DAY);
    format!("CASE WHEN {starts} - {ahead} < {latest} THEN {starts} - {ahead} ELSE {latest} END", ahead = 14 * DAY)
}

fn consultations(shape: &Shape) -> String {
    let (starts, over) = (shape.starts_sql(), shape.over_sql());
    let host = id_sql("par", HOST_SEAT);
    let columns = format!(
        "{con}, {apt}, {room}, CASE WHEN {over} THEN 'ended' ELSE 'planned' END,
         CASE WHEN {over} THEN {starts} END, CASE WHEN {over} THEN {host} END,
         CASE WHEN {over} THEN {starts} + {SLOT_END} END, CASE WHEN {over} THEN {host} END, 0",
        con = id_sql("con", "n"),
        apt = id_sql("apt", "n"),
        room = room_sql(),
    );
    let target = "consultations (id, appointment_id, room, phase, started_at, started_by, ended_at, ended_by, version)";
    for_each_appointment(shape, target, &columns, &shape.confirmed_sql())
}

/// When a consultation ends after its start. Milliseconds.
const SLOT_END: i64 = 29 * MINUTE;

fn participants(shape: &Shape, role: &str, seat: &str) -> String {
    let (starts, over) = (shape.starts_sql(), shape.over_sql());
    let guest = role == "guest";
    let name =
        if guest { "'Guest Number ' || n".to_owned() } else { format!("'Dr. Number ' || ({})", shape.host_sql()) };
    // A host does not wait.
    let entered = if guest { over.clone() } else { format!("{over} AND n < 0") };
    let person = if guest { id_sql("prs", "n") } else { "NULL".to_owned() };
    let columns = format!(
        "{par}, {con}, '{role}', {person}, {name}, CASE WHEN {entered} THEN 'admitted' ELSE 'outside' END,
         CASE WHEN {entered} THEN {starts} END, CASE WHEN {entered} THEN {host} END,
         CASE WHEN {over} THEN 1 ELSE 0 END,
         CASE WHEN {over} THEN {starts} + {MINUTE} END, CASE WHEN {over} THEN {starts} + {SLOT_END} END",
        par = id_sql("par", &format!("({seat})")),
        con = id_sql("con", "n"),
        host = id_sql("par", HOST_SEAT),
    );
    let target = "participants (id, consultation_id, role, person_id, name, entry, admitted_at, admitted_by, seat,
                                arrived_at, departed_at)";
    for_each_appointment(shape, target, &columns, &shape.confirmed_sql())
}

/// The links of both participants of the appointments from this one on, [`CHUNK`] of them. None if no one has links.
pub(super) fn invitations(shape: &Shape, connection: &SqlConnection, first: i64) -> Option<String> {
    let row = |seat: i64| {
        let hash = connection.bytes(secret(shape.seed, Opens::Seat, seat).hash().as_bytes());
        format!("('{}', '{}', {hash}, {})", id("inv", seat), id("par", seat), shape.now - DAY)
    };
    let chunk = (first..shape.appointments.min(first + CHUNK)).filter(|n| shape.is_confirmed(*n));
    let rows: Vec<String> = chunk.flat_map(|n| [row(guest_seat(n) - 1), row(guest_seat(n))]).collect();
    let insert =
        || format!("INSERT INTO invitations (id, participant_id, hash, created_at) VALUES {}", rows.join(", "));
    (!rows.is_empty()).then(insert)
}

/// The confirmation to each participant was sent, or is queued.
fn deliveries(shape: &Shape, seat: &str) -> String {
    let state = if shape.unsent { "'queued', 0" } else { "'accepted', 1" };
    let columns = format!(
        "{par}, 'confirmed', 'email', {apt}, {state}, {at} + {MINUTE}, {at} + {MINUTE} + 2000",
        par = id_sql("par", &format!("({seat})")),
        apt = id_sql("apt", "n"),
        at = booked_at(shape),
    );
    let target =
        "deliveries (participant_id, message, channel, appointment_id, state, attempts, queued_at, changed_at)";
    for_each_appointment(shape, target, &columns, &shape.confirmed_sql())
}

/// The confirmation to each participant is to be sent.
fn jobs(shape: &Shape, seat: &str) -> String {
    let (par, apt) = (id_sql("par", &format!("({seat})")), id_sql("apt", "n"));
    let columns = format!(
        "'confirmed', 'messages',
         '{{\"notice\":\"confirmed\",\"appointment\":\"' || {apt} || '\",\"participant\":\"' || {par} || '\"}}',
         {apt}, {now}, {starts} + {SLOT}, 0, 0, 0",
        now = shape.now,
        starts = shape.starts_sql(),
    );
    let target = "jobs (kind, lane, payload, subject, due_at, expires_at, next_at, attempts, version)";
    let to_come = format!("{} AND NOT ({})", shape.confirmed_sql(), shape.over_sql());
    for_each_appointment(shape, target, &columns, &to_come)
}

fn audit(shape: &Shape) -> Vec<String> {
    let (starts, booked_at, confirmed) = (shape.starts_sql(), booked_at(shape), shape.confirmed_sql());
    let host = id_sql("usr", &format!("({})", shape.host_sql()));
    let guest = id_sql("par", &format!("({GUEST_SEAT})"));
    let over = format!("{confirmed} AND {}", shape.over_sql());
    let events = [
        ("appointment.booked", booked_at.clone(), &host, "NULL", "n >= 0"),
        ("appointment.confirmed", format!("{booked_at} + {MINUTE}"), &host, "NULL", &confirmed),
        ("guest.entered", starts.clone(), &guest, &guest, &over),
        ("consultation.started", format!("{starts} + {MINUTE}"), &host, "NULL", &over),
        ("consultation.ended", format!("{starts} + {SLOT_END}"), &host, "NULL", &over),
    ];
    let apt = id_sql("apt", "n");
    let row = |(kind, at, author, participant, condition): (&str, String, &String, &str, &str)| {
        let columns = format!("{at}, {author}, '{kind}', {apt}, {participant}");
        for_each_appointment(shape, "audit (at, author, kind, subject, participant)", &columns, condition)
    };
    events.into_iter().map(row).collect()
}
