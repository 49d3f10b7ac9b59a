//! A mail server that both programs use, each through a proxy of its own, one of which can be blocked.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use anteroom_notify::mailbox::Mailbox;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

/// How long a mail may take.
const LIMIT: Duration = Duration::from_secs(60);
/// No mail takes this long while the server is free.
const QUIET: Duration = Duration::from_secs(3);

/// All mails that were accepted.
pub(crate) struct Mail {
    mailbox: Mailbox,
    server: SocketAddr,
    /// Rises with each answer of the server.
    answers: watch::Sender<u64>,
}

/// The proxy that one program uses.
pub(crate) struct MailProxy {
    pub(crate) smtp_url: String,
    blocked: watch::Sender<bool>,
    /// Connections that wait because it is blocked.
    waiting: watch::Sender<usize>,
}

impl Mail {
    pub(crate) async fn start() -> Self {
        let mailbox = Mailbox::with_capacity(1_000);
        let listener = mailbox.listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let url = listener.smtp_url().unwrap();
        let server = url.trim_start_matches("smtp://").split('?').next().unwrap().parse().unwrap();
        tokio::spawn(listener.run());
        Self { mailbox, server, answers: watch::Sender::default() }
    }

    pub(crate) async fn proxy(&self) -> MailProxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let smtp_url = format!("smtp://{}?tls=never", listener.local_addr().unwrap());
        let proxy = MailProxy { smtp_url, blocked: watch::Sender::default(), waiting: watch::Sender::default() };
        let (server, answers) = (self.server, self.answers.clone());
        let (blocked, waiting) = (proxy.blocked.subscribe(), proxy.waiting.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = TcpStream::connect(server).await.unwrap().into_split();
                tokio::spawn(forward_requests(from_client, to_server, blocked.clone(), waiting.clone()));
                tokio::spawn(forward_answers(from_server, to_client, answers.clone()));
            }
        });
        proxy
    }

    /// Waits for this number of mails.
    pub(crate) async fn until(&self, count: usize) {
        let mut answers = self.answers.subscribe();
        let arrive = async {
            while self.count() < count {
                answers.changed().await.unwrap();
            }
        };
        let arrived = timeout(LIMIT, arrive).await;
        assert!(arrived.is_ok(), "{} of {count} mails", self.count());
    }

    /// Waits for at least this number of mails, and until no more arrive.
    pub(crate) async fn until_quiet(&self, count: usize) {
        self.until(count).await;
        let mut answers = self.answers.subscribe();
        while timeout(QUIET, answers.changed()).await.is_ok() {}
    }

    /// Mails so far.
    pub(crate) fn count(&self) -> usize {
        self.mailbox.newest_first().len()
    }

    /// How many mails each recipient has.
    pub(crate) fn by_recipient(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for mail in self.mailbox.newest_first() {
            for recipient in mail.to.reveal() {
                *counts.entry(recipient.clone()).or_default() += 1;
            }
        }
        counts
    }
}

impl MailProxy {
    /// From now on nothing passes it.
    pub(crate) fn block(&self) {
        self.blocked.send_replace(true);
    }

    /// Whether a program waits at it.
    pub(crate) fn is_waited_at(&self) -> bool {
        *self.waiting.borrow() > 0
    }
}

async fn forward_requests(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut blocked: watch::Receiver<bool>,
    waiting: watch::Sender<usize>,
) {
    let mut bytes = [0; 4_096];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if *blocked.borrow() {
            waiting.send_modify(|waiting| *waiting += 1);
        }
        if blocked.wait_for(|blocked| !blocked).await.is_err() || to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

async fn forward_answers(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, answers: watch::Sender<u64>) {
    let mut bytes = [0; 4_096];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
        answers.send_modify(|answers| *answers += 1);
    }
}
