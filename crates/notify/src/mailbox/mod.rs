//! A mail server that keeps what it gets: for the demo, which shows it on a page, and for tests.
//!
//! Letters come in by a real conversation in SMTP, from anybody who can connect. Bind it to loopback.

mod parsed_mail;
mod smtp_session;

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anteroom_domain::Private;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub use self::parsed_mail::{Attachment, Reading};
#[cfg(test)]
pub(crate) use self::smtp_session::{converse, converse_on};

/// Conversations at a time. Whoever comes on top of that waits in the queue of the socket.
const CONVERSATIONS: usize = 32;

/// The newest letters, up to a number. Cheap to clone.
#[derive(Clone)]
pub struct Mailbox {
    kept: Arc<Mutex<Kept>>,
    most: usize,
}

#[derive(Default)]
struct Kept {
    letters: VecDeque<Arc<Received>>,
    came: u64,
}

/// One letter as it came.
#[derive(Debug)]
pub struct Received {
    /// Which one since the start, from 1.
    pub number: u64,
    /// From which address, as the envelope said.
    pub from: Private<String>,
    /// To which addresses, as the envelope said.
    pub to: Private<Vec<String>>,
    /// Every byte between DATA and the dot.
    pub raw: Private<Vec<u8>>,
}

impl Mailbox {
    /// One that keeps the `most` newest.
    pub fn keeping(most: usize) -> Self {
        Self { kept: Arc::default(), most }
    }

    /// Everything kept, newest first.
    pub fn newest_first(&self) -> Vec<Arc<Received>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).letters.iter().rev().cloned().collect()
    }

    /// The letter with this number, if it is still kept.
    pub fn find(&self, number: u64) -> Option<Arc<Received>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.letters.iter().find(|letter| letter.number == number).cloned()
    }

    /// Opens the slot: a socket for SMTP. [`Slot::run`] then takes letters in.
    pub async fn listen(&self, address: SocketAddr) -> io::Result<Slot> {
        Ok(Slot { listener: TcpListener::bind(address).await?, mailbox: self.clone() })
    }

    fn put(&self, from: String, to: Vec<String>, raw: Vec<u8>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.came += 1;
        let number = kept.came;
        kept.letters.push_back(Arc::new(Received { number, from: from.into(), to: to.into(), raw: raw.into() }));
        while kept.letters.len() > self.most {
            kept.letters.pop_front();
        }
    }
}

/// Where letters come in.
pub struct Slot {
    listener: TcpListener,
    mailbox: Mailbox,
}

impl Slot {
    /// The address a [`Config`](crate::Config) takes.
    pub fn smtp_url(&self) -> io::Result<String> {
        Ok(format!("smtp://{}?tls=never", self.listener.local_addr()?))
    }

    /// Takes letters in until dropped, with everything that hangs on it.
    pub async fn run(self) {
        let mut conversations = JoinSet::new();
        loop {
            let has_room = conversations.len() < CONVERSATIONS;
            tokio::select! {
                Some(_) = conversations.join_next() => {}
                Ok((socket, _)) = self.listener.accept(), if has_room => {
                    let mailbox = self.mailbox.clone();
                    conversations.spawn(async move {
                        // How a stranger's conversation ended is nobody's concern: what was accepted is kept.
                        drop(smtp_session::converse(socket, &mailbox).await);
                    });
                }
            }
        }
    }
}
