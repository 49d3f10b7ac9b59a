//! The mail channel: letters over SMTP (RFC 5321, 6409), one connection kept for several.
//!
//! A connection is kept only after an accepted letter. One that was given up in the middle is dropped: its late
//! answer would be taken for the answer to somebody else's letter.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anteroom_app::{Letter, Messenger, MessengerError};
use async_trait::async_trait;
use lettre::message::Message;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{self};
use tokio::time::timeout;

use crate::email::{self, Sender};
use crate::{Config, Security, Server, Trouble};

/// Connections that wait for the next letter. Mail servers count them, and refuse whoever has too many.
const KEPT: usize = 4;

/// How long a kept connection may take to show that it still works.
const SIGN_OF_LIFE: Duration = Duration::from_secs(5);

/// Sends letters through one mail server.
pub struct Mail {
    server: Server,
    sender: Sender,
    patience: Duration,
    tls: TlsParameters,
    hello: ClientId,
    kept: Mutex<Vec<AsyncSmtpConnection>>,
}

impl Mail {
    /// Mail as configured. Connects to nothing yet.
    pub fn new(config: Config) -> Result<Self, Trouble> {
        let Config { server, from, reply_to, patience } = config;
        let mut tls = TlsParameters::builder(server.host.clone());
        for authority in &server.authorities {
            tls = tls.add_root_certificate(authority.clone());
        }
        Ok(Self {
            tls: tls.build().map_err(Trouble::Unusable)?,
            server,
            sender: Sender { from, reply_to },
            patience,
            hello: ClientId::default(),
            kept: Mutex::default(),
        })
    }

    /// Connects, greets and logs in, as a letter would; for whoever wants to know before the first one.
    pub async fn check(&self) -> Result<(), Trouble> {
        let connection = self.open().await?;
        self.keep(connection);
        Ok(())
    }

    async fn carry(&self, message: &Message) -> Result<(), Trouble> {
        let mut connection = match self.take_kept().await {
            Some(connection) => connection,
            None => self.open().await?,
        };
        let bytes = message.formatted();
        let sent = timeout(self.patience, connection.send(message.envelope(), &bytes)).await;
        sent.map_err(|_| Trouble::Silent(self.patience))?.map_err(|error| Trouble::with_letter(&error))?;
        self.keep(connection);
        Ok(())
    }

    async fn open(&self) -> Result<AsyncSmtpConnection, Trouble> {
        let opened = timeout(self.patience, self.connect()).await;
        opened.map_err(|_| Trouble::Silent(self.patience))?.map_err(Trouble::Unusable)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, smtp::Error> {
        let Server { host, port, security, login, .. } = &self.server;
        let from_the_start = (*security == Security::Tls).then(|| self.tls.clone());
        let address = (host.as_str(), *port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, Some(self.patience), &self.hello, from_the_start, None)
                .await?;
        if *security == Security::StartTls {
            connection.starttls(self.tls.clone(), &self.hello).await?;
        }
        if let Some(login) = login {
            let credentials = Credentials::new(login.user.clone(), login.password.reveal().clone());
            connection.auth(DEFAULT_MECHANISMS, &credentials).await?;
        }
        Ok(connection)
    }

    /// One of the kept connections that still works. Mail servers close those that idle, and tell nobody.
    async fn take_kept(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let mut connection = self.kept.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if timeout(SIGN_OF_LIFE, connection.test_connected()).await == Ok(true) {
                return Some(connection);
            }
        }
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < KEPT {
            kept.push(connection);
        }
    }
}

#[async_trait]
impl Messenger for Mail {
    async fn send(&self, letter: &Letter) -> Result<(), MessengerError> {
        let message = email::write(letter, &self.sender)?;
        Ok(self.carry(&message).await?)
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mail through {:?}", self.server)
    }
}
