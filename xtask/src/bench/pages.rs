//! `bench pages`: pages and API of a practice with a million appointments, beside the same practice on its first day.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::filled_server::{DatabaseEngine, SitePrograms};
use super::options::Options;
use super::table::table;

/// Milliseconds.
const GOAL_P99: f64 = 20.0;
/// Above this share of a core the load generator delays requests itself.
const MAX_GENERATOR: f64 = 0.7;
/// Enough for the clients and the database.
const FILES: u64 = 1_024;
/// Appointments of a host on one day, as `fill` makes them.
const SLOTS_A_DAY: u64 = 20;

/// What was measured on one engine.
pub(super) struct Compared {
    engine: String,
    pub(super) full: Value,
    /// Without a history: only the appointments that the pages of today show.
    pub(super) small: Value,
}

/// `bench pages [--appointments 1000000] [--hosts 50] [--days-ahead 15] [--seconds 5] [--clients 1,32] [--database NAME]`
pub(super) fn pages(args: &[&str]) -> Result<()> {
    for compared in measure(args)? {
        print!("{}", report(&compared));
    }
    Ok(())
}

/// Measures on the chosen engine, or on both.
pub(super) fn measure(args: &[&str]) -> Result<Vec<Compared>> {
    let mut options = Options::new(args);
    let appointments: u64 = options.take("--appointments")?.unwrap_or(1_000_000);
    let hosts: u64 = options.take("--hosts")?.unwrap_or(50);
    let days_ahead: u64 = options.take("--days-ahead")?.unwrap_or(15);
    let seconds: f64 = options.take("--seconds")?.unwrap_or(5.0);
    let clients: String = options.take("--clients")?.unwrap_or_else(|| "1,32".to_owned());
    let only: Option<String> = options.take("--database")?;
    // Today and the days ahead.
    let without_history = (days_ahead + 1) * SLOTS_A_DAY * hosts;
    ensure!(
        appointments >= without_history,
        "--appointments must be at least {without_history}: today and the days ahead"
    );
    let programs = SitePrograms::build(&mut options)?;
    options.names(&[])?;
    let chosen = only.map_or_else(|| vec!["sqlite".to_owned(), "postgres".to_owned()], |only| vec![only]);
    let (hosts, days_ahead, seconds) = (hosts.to_string(), days_ahead.to_string(), seconds.to_string());
    let load = ["pages", "--seconds", &seconds, "--clients", &clients];
    let mut all = Vec::new();
    for name in chosen {
        let engine = DatabaseEngine::start(&name)?;
        let one = |appointments: u64| {
            println!("{name}: filling a database with {appointments} appointments");
            let appointments = appointments.to_string();
            let fill = ["--appointments", &appointments, "--hosts", &hosts, "--days-ahead", &days_ahead];
            let server = programs.start(&engine, &fill, FILES, &[])?;
            programs.load(&server, FILES, &load)
        };
        all.push(Compared { full: one(appointments)?, small: one(without_history)?, engine: name });
    }
    Ok(all)
}

fn report(compared: &Compared) -> String {
    let header = [
        "request",
        "clients",
        "p50 ms",
        "p99 ms",
        "worst ms",
        "per s",
        "p50 without history",
        "p99",
        "per s",
        "ratio p50",
        "ratio p99",
        "errors",
        "server cores",
        "generator",
    ];
    let mut table_rows = vec![header.map(str::to_owned).to_vec()];
    let (mut above, mut busiest) = (Vec::new(), 0.0_f64);
    for (full, small) in rows(&compared.full).iter().zip(rows(&compared.small)) {
        let name = format!("{} × {}", full["clients"], full["step"].as_str().unwrap_or_default());
        if number(full, "p99") > GOAL_P99 {
            above.push(name);
        }
        busiest = busiest.max(number(full, "generator_cores"));
        table_rows.push(vec![
            full["step"].as_str().unwrap_or_default().to_owned(),
            full["clients"].to_string(),
            format!("{:.2}", number(full, "p50")),
            format!("{:.2}", number(full, "p99")),
            format!("{:.1}", number(full, "max")),
            format!("{:.0}", number(full, "per_second")),
            format!("{:.2}", number(small, "p50")),
            format!("{:.2}", number(small, "p99")),
            format!("{:.0}", number(small, "per_second")),
            format!("{:.2} ×", number(full, "p50") / number(small, "p50")),
            format!("{:.2} ×", number(full, "p99") / number(small, "p99")),
            (number(full, "errors") + number(small, "errors")).to_string(),
            format!("{:.2}", number(full, "server_cores")),
            format!("{:.2}", number(full, "generator_cores")),
        ]);
    }
    let mut text = format!("\n{}\n\n{}\n", compared.engine, table(&table_rows));
    text += &match &above[..] {
        [] => format!("goal: p99 of at most {GOAL_P99} ms: met\n"),
        above => format!("goal: p99 of at most {GOAL_P99} ms: NOT met by {}\n", above.join(", ")),
    };
    if busiest > MAX_GENERATOR {
        text += &format!("the load generator used up to {busiest:.2} of a core: those times contain its own delay\n");
    }
    for error in [&compared.full, &compared.small].iter().flat_map(|one| one["error_texts"].as_array()).flatten() {
        text += &format!("error: {}\n", error.as_str().unwrap_or_default());
    }
    text
}

fn rows(result: &Value) -> &[Value] {
    result["rows"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn number(row: &Value, key: &str) -> f64 {
    row[key].as_f64().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn report_has_the_ratio_and_names_what_is_above_the_goal() {
        let result = |p99: f64| {
            let row = json!({
                "step": "guest's page", "clients": 32, "count": 9, "errors": 1, "p50": 2.0, "p99": p99, "max": 30.0,
                "per_second": 400.0, "server_cores": 1.0, "generator_cores": 0.8,
            });
            json!({ "rows": [row], "errors": 1, "error_texts": ["guest's page: 500"] })
        };
        let text = report(&Compared { engine: "sqlite".to_owned(), full: result(21.0), small: result(7.0) });
        for part in ["3.00 ×", "NOT met by 32 × guest's page", "up to 0.80 of a core", "error: guest's page: 500"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        let text = report(&Compared { engine: "sqlite".to_owned(), full: result(20.0), small: result(20.0) });
        assert!(text.contains("ms: met"), "{text}");
    }
}
