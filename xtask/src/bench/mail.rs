//! `bench mail`: confirmations that waited leave together, through a mail server on this machine.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::filled_server::{DatabaseEngine, SitePrograms};
use super::mail_sink::{MailSink, Received};
use super::options::Options;

/// Mails in a second.
const GOAL: f64 = 500.0;
/// Longer than the slowest machine needs.
const LIMIT: Duration = Duration::from_secs(300);
const FILES: u64 = 1_024;

/// `bench mail [--mails 10000] [--database sqlite]`
pub(super) fn mail(args: &[&str]) -> Result<()> {
    let received = measure(args)?;
    let rate = rate(&received);
    println!(
        "{} mails of {} bytes over {} connections: {rate:.0} a second (goal {GOAL}: {})",
        received.mails,
        received.bytes / received.mails.max(1),
        received.connections,
        if rate >= GOAL { "met" } else { "NOT met" }
    );
    Ok(())
}

/// What the mail server received. The server sends all that is due when it starts.
pub(super) fn measure(args: &[&str]) -> Result<Received> {
    let mut options = Options::new(args);
    let mails: u64 = options.take("--mails")?.unwrap_or(10_000);
    let database: String = options.take("--database")?.unwrap_or_else(|| "sqlite".to_owned());
    ensure!(mails >= 2 && mails.is_multiple_of(2), "--mails must be even: a host and a guest of each appointment");
    let programs = SitePrograms::build(&mut options)?;
    options.names(&[])?;
    let engine = DatabaseEngine::start(&database)?;
    let sink = MailSink::start()?;
    let (url, appointments) = (format!("smtp://{}", sink.address), (mails / 2).to_string());
    let fill = ["--together", "--unsent", "--appointments", &appointments];
    let with_mail = ["--smtp-url", &url, "--mail-from", "Benchmark <video@practice.example>"];
    let server = programs.start(&engine, &fill, FILES, &with_mail)?;
    let received =
        sink.wait_for(mails, LIMIT).with_context(|| format!("log of the server: {:?}", server.warnings()))?;
    ensure!(received.mails == mails, "{} mails came instead of {mails}: some twice", received.mails);
    Ok(received)
}

/// Mails in a second, from the first to the last.
fn rate(received: &Received) -> f64 {
    let took = received.first.zip(received.last).map(|(first, last)| last.duration_since(first));
    took.map_or(f64::NAN, |took| (received.mails - 1) as f64 / took.as_secs_f64())
}
