//! A mail server that stores received mails: for the demo, which shows them on a page, and for tests.
//!
//! Accepts SMTP from any client that can connect, so bind it to loopback.

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

/// Concurrent sessions. Further connections wait in the socket's backlog.
const MAX_SESSIONS: usize = 32;

/// The newest mails, up to a limit. Cheap to clone.
#[derive(Clone)]
pub struct Mailbox {
    stored: Arc<Mutex<StoredMails>>,
    limit: usize,
}

#[derive(Default)]
struct StoredMails {
    messages: VecDeque<Arc<ReceivedMail>>,
    received: u64,
}

/// A received mail.
#[derive(Debug)]
pub struct ReceivedMail {
    /// Sequence number since the start, from 1.
    pub number: u64,
    /// Sender in the envelope.
    pub from: Private<String>,
    /// Recipients in the envelope.
    pub to: Private<Vec<String>>,
    /// All bytes between DATA and the final dot.
    pub raw: Private<Vec<u8>>,
}

impl Mailbox {
    /// A mailbox for the `limit` newest mails.
    pub fn with_capacity(limit: usize) -> Self {
        Self { stored: Arc::default(), limit }
    }

    /// All stored mails, newest first.
    pub fn newest_first(&self) -> Vec<Arc<ReceivedMail>> {
        self.stored.lock().unwrap_or_else(PoisonError::into_inner).messages.iter().rev().cloned().collect()
    }

    /// The mail with this number, if still stored.
    pub fn find(&self, number: u64) -> Option<Arc<ReceivedMail>> {
        let stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        stored.messages.iter().find(|message| message.number == number).cloned()
    }

    /// Binds the SMTP socket. [`SmtpListener::run`] then accepts mails.
    pub async fn listen(&self, address: SocketAddr) -> io::Result<SmtpListener> {
        Ok(SmtpListener { listener: TcpListener::bind(address).await?, mailbox: self.clone() })
    }

    fn store(&self, from: String, to: Vec<String>, raw: Vec<u8>) {
        let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        stored.received += 1;
        let number = stored.received;
        stored.messages.push_back(Arc::new(ReceivedMail { number, from: from.into(), to: to.into(), raw: raw.into() }));
        while stored.messages.len() > self.limit {
            stored.messages.pop_front();
        }
    }
}

/// The listening SMTP socket.
pub struct SmtpListener {
    listener: TcpListener,
    mailbox: Mailbox,
}

impl SmtpListener {
    /// The URL for a [`MailConfig`](crate::MailConfig).
    pub fn smtp_url(&self) -> io::Result<String> {
        Ok(format!("smtp://{}?tls=never", self.listener.local_addr()?))
    }

    /// Accepts mails until dropped; ends all sessions then.
    pub async fn run(self) {
        let mut conversations = JoinSet::new();
        loop {
            let has_room = conversations.len() < MAX_SESSIONS;
            tokio::select! {
                Some(_) = conversations.join_next() => {}
                Ok((socket, _)) = self.listener.accept(), if has_room => {
                    let mailbox = self.mailbox.clone();
                    conversations.spawn(async move {
                        // Errors of a session are ignored: accepted mails are stored already.
                        drop(smtp_session::serve_smtp(socket, &mailbox).await);
                    });
                }
            }
        }
    }
}
