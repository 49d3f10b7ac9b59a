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

pub use self::parsed_mail::{Attachment, ParsedMail};
#[cfg(test)]
pub(crate) use self::smtp_session::{serve_smtp, serve_smtp_after_starttls};

/// Conversations at a time. Whoever comes on top of that waits in the queue of the socket.
const MAX_SESSIONS: usize = 32;

/// The newest letters, up to a number. Cheap to clone.
#[derive(Clone)]
pub struct Mailbox {
    kept: Arc<Mutex<KeptMails>>,
    most: usize,
}

#[derive(Default)]
struct KeptMails {
    messages: VecDeque<Arc<ReceivedMail>>,
    came: u64,
}

/// One letter as it came.
#[derive(Debug)]
pub struct ReceivedMail {
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
    pub fn with_capacity(most: usize) -> Self {
        Self { kept: Arc::default(), most }
    }

    /// Everything kept, newest first.
    pub fn newest_first(&self) -> Vec<Arc<ReceivedMail>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).messages.iter().rev().cloned().collect()
    }

    /// The letter with this number, if it is still kept.
    pub fn find(&self, number: u64) -> Option<Arc<ReceivedMail>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.messages.iter().find(|message| message.number == number).cloned()
    }

    /// Opens the slot: a socket for SMTP. [`SmtpListener::run`] then takes letters in.
    pub async fn listen(&self, address: SocketAddr) -> io::Result<SmtpListener> {
        Ok(SmtpListener { listener: TcpListener::bind(address).await?, mailbox: self.clone() })
    }

    fn store(&self, from: String, to: Vec<String>, raw: Vec<u8>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.came += 1;
        let number = kept.came;
        kept.messages.push_back(Arc::new(ReceivedMail { number, from: from.into(), to: to.into(), raw: raw.into() }));
        while kept.messages.len() > self.most {
            kept.messages.pop_front();
        }
    }
}

/// Where letters come in.
pub struct SmtpListener {
    listener: TcpListener,
    mailbox: Mailbox,
}

impl SmtpListener {
    /// The address a [`MailConfig`](crate::Config) takes.
    pub fn smtp_url(&self) -> io::Result<String> {
        Ok(format!("smtp://{}?tls=never", self.listener.local_addr()?))
    }

    /// Takes letters in until dropped, with everything that hangs on it.
    pub async fn run(self) {
        let mut conversations = JoinSet::new();
        loop {
            let has_room = conversations.len() < MAX_SESSIONS;
            tokio::select! {
                Some(_) = conversations.join_next() => {}
                Ok((socket, _)) = self.listener.accept(), if has_room => {
                    let mailbox = self.mailbox.clone();
                    conversations.spawn(async move {
                        // How a stranger's conversation ended is nobody's concern: what was accepted is kept.
                        drop(smtp_session::serve_smtp(socket, &mailbox).await);
                    });
                }
            }
        }
    }
}
