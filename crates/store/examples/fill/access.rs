//! What a benchmark needs to use the rows: ids, and the secrets of which the database has the hashes.

use serde_json::{Value, json};

use super::ids::{Opens, guest_seat, id, secret};
use super::shape::{DAY, MINUTE, Shape};

/// Hosts with a login.
const LOGINS: i64 = 20;
/// Appointments that are listed, spread over all; and guests of those to come. Of appointments that begin together all
/// guests are listed.
const LISTED: i64 = 2_000;

/// The number of the API key, among secrets that open the API.
pub(super) const API_KEY: i64 = 0;

/// Who has a login: the administrator, then hosts.
pub(super) fn logins(shape: &Shape) -> impl Iterator<Item = i64> + use<> {
    0..=shape.hosts.min(LOGINS)
}

pub(super) fn access(shape: &Shape) -> Value {
    let text = |opens, number| secret(shape.seed, opens, number).reveal().to_owned();
    let login = |number| json!({ "id": id("usr", number), "session": text(Opens::Login, number) });
    let guest = |n| {
        json!({
            "consultation": id("con", n),
            "participant": id("par", guest_seat(n)),
            "link": text(Opens::Seat, guest_seat(n)),
        })
    };
    let all = shape.hosts == shape.appointments;
    let step = if all { 1 } else { (shape.appointments / LISTED).max(1) };
    let appointments = (0..shape.appointments).step_by(usize::try_from(step).unwrap_or(1));
    let mut coming: Vec<i64> = (shape.first_to_come()..shape.appointments).filter(|n| shape.is_confirmed(*n)).collect();
    if !all {
        let step = (coming.len() as i64 / LISTED).max(1) as usize;
        coming = coming.into_iter().step_by(step).collect();
    }
    let last_day = (shape.appointments - 1) / shape.a_day();
    json!({
        "api_key": format!("{}.{}", id_of_key(), text(Opens::Api, API_KEY)),
        "admin": login(0),
        "hosts": logins(shape).skip(1).map(login).collect::<Vec<_>>(),
        "appointments": appointments.map(|n| id("apt", n)).collect::<Vec<_>>(),
        "guests": coming.into_iter().map(guest).collect::<Vec<_>>(),
        "first_start": shape.first,
        "last_start": shape.starts(shape.appointments - 1),
        // Every host is free from then on. Eight o'clock, as on the other days.
        "free_from": shape.first + (last_day + 1) * DAY,
        "slot_minutes": super::shape::SLOT / MINUTE,
    })
}

pub(super) fn id_of_key() -> String {
    id("key", API_KEY)
}
