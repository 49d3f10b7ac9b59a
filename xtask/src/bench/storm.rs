//! `bench storm`: thousands of guests come at once, wait on live streams, and get tickets.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::filled_server::{DatabaseEngine, SitePrograms, files_allowed};
use super::options::Options;
use super::table::table;

/// Milliseconds.
const GOAL_TICKET_P99: f64 = 300.0;
/// KB.
const GOAL_MEMORY: f64 = 50.0;
/// Above this share of a core the load generator delays its guests itself.
const MAX_GENERATOR: f64 = 0.7;
/// Connections of guests and hosts beside those that are kept.
const SHORT_CONNECTIONS: u64 = 500;
/// What our server accepts at most, whatever the limit on open files is.
const MAX_CONNECTIONS: u64 = 50_000;

/// `bench storm [--guests 20000] [--seconds 60] [--database sqlite] [--admitted 0.25] [--no-beats] [--hold 10]`
pub(super) fn storm(args: &[&str]) -> Result<()> {
    let (result, warnings) = measure(args)?;
    print!("{}", report(&result));
    if !warnings.is_empty() {
        println!("the server logged {} warnings, the first: {}", warnings.len(), warnings[0]);
    }
    Ok(())
}

/// The result of the load generator, and what the server warned of.
pub(super) fn measure(args: &[&str]) -> Result<(Value, Vec<String>)> {
    let mut options = Options::new(args);
    let guests: u64 = options.take("--guests")?.unwrap_or(20_000);
    let seconds: f64 = options.take("--seconds")?.unwrap_or(60.0);
    let admitted: f64 = options.take("--admitted")?.unwrap_or(0.25);
    let hold: f64 = options.take("--hold")?.unwrap_or(10.0);
    let database: String = options.take("--database")?.unwrap_or_else(|| "sqlite".to_owned());
    let answers_beats = !options.flag("--no-beats");
    let files = files_for(guests, answers_beats);
    let allowed = files_allowed(files)?;
    let fit = guests_that_fit(allowed, answers_beats);
    ensure!(
        guests <= fit,
        "a process may open {allowed} files here, enough for {fit} guests: raise the hard limit (ulimit -Hn), use \
         --guests, or --no-beats, which keeps one connection of each guest"
    );
    let programs = SitePrograms::build(&mut options)?;
    options.names(&[])?;
    let engine = DatabaseEngine::start(&database)?;
    println!("{guests} guests in {seconds} s on {database}, {} % admitted", admitted * 100.0);
    let server = programs.start(&engine, &["--together", "--appointments", &guests.to_string()], files, &[])?;
    let (seconds, admitted, hold) = (seconds.to_string(), admitted.to_string(), hold.to_string());
    let mut load = vec!["storm", "--seconds", &seconds, "--admitted", &admitted, "--hold", &hold];
    load.extend((!answers_beats).then_some("--no-beats"));
    Ok((programs.load(&server, files, &load)?, server.warnings()))
}

/// Connections that are kept: the stream, and the one on which beats are answered.
const fn kept(answers_beats: bool) -> u64 {
    if answers_beats { 2 } else { 1 }
}

/// Of its open files the server uses three quarters for connections.
const fn files_for(guests: u64, answers_beats: bool) -> u64 {
    (guests * kept(answers_beats) + SHORT_CONNECTIONS).div_ceil(3) * 4
}

fn guests_that_fit(files: u64, answers_beats: bool) -> u64 {
    (files / 4 * 3).min(MAX_CONNECTIONS).saturating_sub(SHORT_CONNECTIONS) / kept(answers_beats)
}

fn report(result: &Value) -> String {
    let number = |value: &Value, key: &str| value[key].as_f64().unwrap_or(f64::NAN);
    let mut rows = vec![["step", "count", "errors", "p50 ms", "p99 ms", "worst ms"].map(str::to_owned).to_vec()];
    let steps = result["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
    for step in steps {
        rows.push(vec![
            step["step"].as_str().unwrap_or_default().to_owned(),
            step["count"].to_string(),
            step["errors"].to_string(),
            format!("{:.1}", number(step, "p50")),
            format!("{:.1}", number(step, "p99")),
            format!("{:.1}", number(step, "max")),
        ]);
    }
    let ticket = steps.iter().find(|step| step["step"] == "ticket").map_or(f64::NAN, |step| number(step, "p99"));
    let goal = |is_met: bool| if is_met { "met" } else { "NOT met" };
    let memory = number(result, "memory_per_guest");
    let errors = result["errors"].as_u64().unwrap_or(u64::MAX) + result["unsettled"].as_u64().unwrap_or_default();
    let mut text = format!("\n{}\n", table(&rows));
    text += &format!("errors and guests without an end: {errors} (goal 0: {})\n", goal(errors == 0));
    text += &format!("ticket p99: {ticket:.1} ms (goal {GOAL_TICKET_P99}: {})\n", goal(ticket <= GOAL_TICKET_P99));
    text += &format!(
        "memory: {:.1} MB before, {:.1} MB while all wait: {memory:.1} KB a guest (goal {GOAL_MEMORY}: {})\n",
        number(result, "memory_before"),
        number(result, "memory_waiting"),
        goal(memory <= GOAL_MEMORY)
    );
    text += &format!(
        "{:.1} s, {:.0} durable changes/s, {:.0} commits/s, server {:.2} cores, generator {:.2} of a core\n",
        number(result, "seconds"),
        number(result, "changes_per_second"),
        number(result, "commits_per_second"),
        number(result, "server_cores"),
        number(result, "generator_cores")
    );
    if number(result, "generator_cores") > MAX_GENERATOR {
        text += &format!(
            "the load generator used more than {MAX_GENERATOR} of a core: the times contain its own delay, which was \
             {:.1} ms at p99 when guests came\n",
            number(result, "generator_late_p99")
        );
    }
    for error in result["error_texts"].as_array().into_iter().flatten() {
        text += &format!("error: {}\n", error.as_str().unwrap_or_default());
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn guests_fit_the_limit_on_open_files() {
        assert_eq!((guests_that_fit(20_000, true), guests_that_fit(20_000, false)), (7_250, 14_500));
        assert_eq!(guests_that_fit(1 << 20, true), 24_750, "the server accepts 50,000 connections");
        for guests in [1, 50, 20_000, 24_750] {
            assert!(guests_that_fit(files_for(guests, true), true) >= guests, "{guests}");
        }
    }

    #[test]
    fn report_names_goals_errors_and_the_delay_of_the_generator() {
        let step = json!({ "step": "ticket", "count": 5, "errors": 1, "p50": 2.0, "p99": 301.0, "max": 400.0 });
        let result = json!({
            "steps": [step], "errors": 1, "unsettled": 0, "error_texts": ["ticket: refused"], "memory_before": 20.0,
            "memory_waiting": 30.0, "memory_per_guest": 40.0, "generator_cores": 0.9, "generator_late_p99": 12.0,
        });
        let text = report(&result);
        for part in [
            "| ticket |     5 |      1 |    2.0 |  301.0 |    400.0 |",
            "without an end: 1 (goal 0: NOT met)",
            "ticket p99: 301.0 ms (goal 300: NOT met)",
            "40.0 KB a guest (goal 50: met)",
            "its own delay, which was 12.0 ms",
            "error: ticket: refused",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
