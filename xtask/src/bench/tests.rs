//! The benchmarks of pages at a tiny size, with the programs as the tests build them: they must work when they are needed.

use serde_json::Value;

use super::{mail, pages, storm};

fn step<'a>(steps: &'a Value, name: &str) -> &'a Value {
    steps.as_array().unwrap().iter().find(|step| step["step"] == name).unwrap_or_else(|| panic!("no {name}: {steps}"))
}

#[test]
fn fifty_guests_wait_and_get_tickets() {
    let args = ["--profile", "dev", "--guests", "50", "--seconds", "1", "--admitted", "0.5", "--hold", "0"];
    let (result, warnings) = storm::measure(&args).unwrap();
    assert_eq!((&result["errors"], &result["unsettled"]), (&0.into(), &0.into()), "{result}");
    for name in ["page", "entry", "stream"] {
        assert_eq!(step(&result["steps"], name)["count"], 50, "{result}");
    }
    let tickets = step(&result["steps"], "ticket")["count"].as_u64().unwrap();
    assert_eq!(step(&result["steps"], "opening")["count"], tickets, "{result}");
    assert!((10..40).contains(&tickets) && step(&result["steps"], "beat")["count"].as_u64() > Some(0), "{result}");
    assert!(result["commits_per_second"].as_f64().unwrap() > 0.0, "{result}");
    assert_eq!(warnings, [""; 0]);
}

#[test]
fn three_hundred_appointments_are_read_and_more_are_booked() {
    let size = ["--appointments", "300", "--hosts", "5", "--days-ahead", "1", "--seconds", "0.3", "--clients", "1,3"];
    let args = [&["--profile", "dev", "--database", "postgres"], &size[..]].concat();
    let [compared] = &pages::measure(&args).unwrap()[..] else { panic!("one engine") };
    for result in [&compared.full, &compared.small] {
        assert_eq!(result["errors"], 0, "{result}");
        let rows = result["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 16, "eight kinds of requests, one and three clients: {result}");
        assert!(rows.iter().all(|row| row["count"].as_u64() > Some(0)), "{result}");
    }
}

#[test]
fn messages_that_waited_leave_once_each_over_few_connections() {
    let received = mail::measure(&["--profile", "dev", "--mails", "40"]).unwrap();
    assert_eq!(received.mails, 40);
    assert!((1..=4).contains(&received.connections), "{received:?}");
}
