//! The e-mail channel: messages over SMTP (RFC 5321, 6409), with connection reuse.
//!
//! A connection is reused only after an accepted mail. One that timed out is dropped: its late response would be taken
//! for the response to the next mail.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::{fmt, io};

use anteroom_app::{Message, Messenger, MessengerError};
use async_trait::async_trait;
use lettre::Message as MimeMessage;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{self};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::email::{self, Sender};
use crate::{MailConfig, MailError, MailServer, SmtpSecurity};

/// Maximum idle connections. Mail servers limit connections per client.
const MAX_IDLE: usize = 4;

/// Timeout of the NOOP that tests an idle connection.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

/// Sends messages through one mail server.
pub struct Mailer {
    server: MailServer,
    sender: Sender,
    timeout: Duration,
    tls: TlsParameters,
    hello: ClientId,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
}

impl Mailer {
    /// A mailer with this configuration. Does not connect yet.
    pub fn new(config: MailConfig) -> Result<Self, MailError> {
        let MailConfig { server, from, reply_to, timeout } = config;
        let mut tls = TlsParameters::builder(server.host.clone());
        for authority in &server.authorities {
            tls = tls.add_root_certificate(authority.clone());
        }
        Ok(Self {
            tls: tls.build().map_err(MailError::Connect)?,
            server,
            sender: Sender { from, reply_to },
            timeout,
            hello: ClientId::default(),
            idle: Mutex::default(),
        })
    }

    /// Connects and logs in, to check the configuration before the first message.
    pub async fn check(&self) -> Result<(), MailError> {
        let connection = self.open().await?;
        self.store_idle(connection);
        Ok(())
    }

    async fn send_mail(&self, mail: &MimeMessage) -> Result<(), MailError> {
        let mut connection = match self.take_idle().await {
            Some(connection) => connection,
            None => self.open().await?,
        };
        let bytes = mail.formatted();
        let sent = timeout(self.timeout, connection.send(mail.envelope(), &bytes)).await;
        sent.map_err(|_| MailError::Timeout(self.timeout))?.map_err(|error| MailError::from_send(&error))?;
        self.store_idle(connection);
        Ok(())
    }

    async fn open(&self) -> Result<AsyncSmtpConnection, MailError> {
        let opened = timeout(self.timeout, self.connect()).await;
        opened.map_err(|_| MailError::Timeout(self.timeout))?
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, MailError> {
        let MailServer { host, port, security, .. } = &self.server;
        let address = (host.as_str(), *port);
        let connection = match security {
            SmtpSecurity::Tls => {
                let tls = Some(self.tls.clone());
                AsyncSmtpConnection::connect_tokio1(address, Some(self.timeout), &self.hello, tls, None).await
            }
            SmtpSecurity::StartTls | SmtpSecurity::None => {
                let stream = dial(address).await.map_err(MailError::Network)?;
                AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.hello).await
            }
        };
        self.log_in(connection.map_err(MailError::Connect)?).await.map_err(MailError::Connect)
    }

    async fn log_in(&self, mut connection: AsyncSmtpConnection) -> Result<AsyncSmtpConnection, smtp::Error> {
        let MailServer { security, login, .. } = &self.server;
        if *security == SmtpSecurity::StartTls {
            connection.starttls(self.tls.clone(), &self.hello).await?;
        }
        if let Some(login) = login {
            let credentials = Credentials::new(login.user.clone(), login.password.reveal().clone());
            connection.auth(DEFAULT_MECHANISMS, &credentials).await?;
        }
        Ok(connection)
    }

    /// An idle connection that still works. Mail servers close idle connections without notice.
    async fn take_idle(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let mut connection = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if timeout(PROBE_TIMEOUT, connection.test_connected()).await == Ok(true) {
                return Some(connection);
            }
        }
    }

    fn store_idle(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MAX_IDLE {
            idle.push(connection);
        }
    }
}

/// A mail is several small writes, each of which would wait for the acknowledgement of the one before: 40 ms a mail.
async fn dial(address: (&str, u16)) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

#[async_trait]
impl Messenger for Mailer {
    async fn send(&self, message: &Message) -> Result<(), MessengerError> {
        let message = email::write(message, &self.sender)?;
        Ok(self.send_mail(&message).await?)
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mailer through {:?}", self.server)
    }
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn mails_are_sent_without_waiting_for_acknowledgements() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(super::dial(("127.0.0.1", port)).await.unwrap().nodelay().unwrap());
    }
}
