//! More appointments of one host than the rules permit, for tests of long lists.

use std::collections::BTreeSet;

use anteroom_domain::{
    Appointment, AppointmentId, AppointmentKind, AppointmentStatus, Author, Length, Person, PersonId, Private,
    ScheduledTime, UserId,
};
use jiff::Timestamp;

use crate::{TestSite, minutes};

impl TestSite {
    /// 450 appointments that start within an hour, of which 300 start at the same instant.
    pub async fn books_long_list(&self, host: UserId, from: Timestamp) -> BTreeSet<AppointmentId> {
        let mut tx = self.app.store.begin().await.expect("the store answers");
        let mut ids = BTreeSet::new();
        for n in 0..450_u16 {
            let minute = match n {
                0..75 => n / 3,
                75..375 => 30,
                _ => n / 8,
            };
            let appointment = self.listed(host, from + minutes(i64::from(minute)), n);
            tx.insert_appointment(&appointment).await.expect("an id of its own");
            ids.insert(appointment.id);
        }
        tx.commit().await.expect("the store answers");
        ids
    }

    fn listed(&self, host: UserId, starts_at: Timestamp, n: u16) -> Appointment {
        let zone = || "Europe/Berlin".parse().expect("a zone");
        let [high, low] = n.to_be_bytes();
        Appointment {
            id: AppointmentId::new(self.app.clock.now(), [high, low, 0, 0, 0, 0, 0, 0, 0, 1]),
            host,
            guest: Person {
                id: PersonId::new(self.app.clock.now(), [high, low, 0, 0, 0, 0, 0, 0, 0, 2]),
                name: Private::new("Long Lister".parse().expect("a name")),
                language: None,
                zone: zone(),
                addresses: Vec::new(),
                created_at: self.app.clock.now(),
                version: 0,
            },
            companions: Vec::new(),
            starts: ScheduledTime::from_instant(starts_at, zone()),
            length: Length::from_minutes(30).expect("a length"),
            kind: AppointmentKind::Video,
            status: AppointmentStatus::Booked,
            booked_at: self.app.clock.now(),
            booked_by: Author::System,
            version: 0,
        }
    }
}
