//! The `abuse` command: what a hostile client does, at full speed. `cargo xtask bench hostile` runs it beside calls.

mod datagrams;
mod participants;
mod sessions;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::clock::Now;
use crate::token::ApiKey;

/// Abusers have addresses of their own: those of the calls begin at 0.
const FIRST_ADDRESS: usize = 30_000;

/// What the abusers do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Attack {
    /// Offers with thousands of sections, and a new session whenever one ends.
    Offers,
    /// Subscribers of the calls that answer and never connect.
    HalfOpen,
    /// STUN binding requests from many sockets.
    Stun,
    /// DTLS ClientHellos from many sockets.
    Dtls,
    /// Malformed RTP and RTCP from many sockets.
    Malformed,
    /// Malformed RTP and RTCP from the socket of a participant.
    MalformedInside,
    /// As much valid video as the sender can encrypt.
    Rtp,
    /// Data packets with thousands of recipients.
    Data,
    /// Sessions that begin and end.
    Joins,
}

/// Options of `bench abuse`.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    #[arg(value_enum)]
    attack: Attack,
    /// Address of the server: ws://host:port
    #[arg(long)]
    url: String,
    /// Address of its media port: host:port
    #[arg(long)]
    media: SocketAddr,
    #[command(flatten)]
    key: ApiKey,
    /// How many do it at once.
    #[arg(long, default_value_t = 10)]
    abusers: usize,
    #[arg(long, default_value_t = 60.0)]
    seconds: f64,
    /// First part of the names of the calls' rooms, and how many there are: half-open subscribers join them.
    #[arg(long, default_value = "bench")]
    rooms: String,
    #[arg(long, default_value_t = 3)]
    calls: usize,
}

/// What the abusers achieved.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Achieved {
    /// Messages, datagrams or sessions, depending on the attack.
    pub(crate) attempts: u64,
    /// Those that the server refused, or sessions that it ended.
    pub(crate) refused: u64,
}

impl Achieved {
    fn add(&mut self, other: &Self) {
        self.attempts += other.attempts;
        self.refused += other.refused;
    }
}

/// One of the abusers.
struct Abuser<'a> {
    flags: &'a Flags,
    number: usize,
    end: Instant,
}

impl Abuser<'_> {
    fn is_over(&self) -> bool {
        Now::read().instant >= self.end
    }
}

/// Runs the attack and returns what it achieved.
pub(crate) fn run(flags: &Flags) -> Result<Achieved> {
    ensure!(flags.calls > 0 && flags.abusers > 0, "--calls and --abusers must not be 0");
    let end = Now::read().instant + Duration::from_secs_f64(flags.seconds);
    let act = |number| {
        let abuser = Abuser { flags, number, end };
        match flags.attack {
            Attack::Offers => sessions::offers(&abuser),
            Attack::HalfOpen => sessions::half_open(&abuser),
            Attack::Joins => sessions::joins(&abuser),
            Attack::Stun | Attack::Dtls | Attack::Malformed => datagrams::flood(&abuser),
            Attack::MalformedInside | Attack::Rtp | Attack::Data => participants::flood(&abuser),
        }
    };
    let mut total = Achieved::default();
    std::thread::scope(|scope| {
        let abusers: Vec<_> = (0..flags.abusers).map(|number| scope.spawn(move || act(number))).collect();
        for abuser in abusers {
            match abuser.join() {
                Ok(Ok(achieved)) => total.add(&achieved),
                Ok(Err(error)) => eprintln!("an abuser gave up: {error:#}"),
                Err(_) => eprintln!("an abuser panicked"),
            }
        }
    });
    Ok(total)
}
