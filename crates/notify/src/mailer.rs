//! The e-mail channel: messages over SMTP (RFC 5321, 6409), with connection reuse.
//!
//! A connection is reused only after an accepted mail. One that timed out is dropped: its late response would be taken
//! for the response to the next mail.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anteroom_app::{Message, Messenger, MessengerError};
use async_trait::async_trait;
use lettre::Message as MimeMessage;
use lettre::address::Envelope;
use lettre::transport::smtp::client::{AsyncTokioStream, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::time::timeout;

use crate::email::{self, Sender};
use crate::smtp_connection::SmtpConnection;
use crate::smtp_stream::{self, ImplicitTls};
use crate::{MailConfig, MailError, MailServer, SmtpSecurity};

/// Maximum idle connections. Mail servers limit connections per client.
const MAX_IDLE: usize = 4;

/// How long an idle connection may take to answer: it may be closed without notice.
const IDLE_TIMEOUT: Duration = Duration::from_secs(5);

/// Sends messages through one mail server.
pub struct Mailer {
    server: MailServer,
    sender: Sender,
    timeout: Duration,
    tls: TlsOfServer,
    hello: ClientId,
    idle: Mutex<Vec<SmtpConnection>>,
}

/// When the connection becomes secure.
enum TlsOfServer {
    FromTheStart(ImplicitTls),
    AfterStartTls(TlsParameters),
    Never,
}

impl Mailer {
    /// A mailer with this configuration. Does not connect yet.
    pub fn new(config: MailConfig) -> Result<Self, MailError> {
        let MailConfig { server, from, reply_to, timeout } = config;
        let tls = match server.security {
            SmtpSecurity::Tls => {
                TlsOfServer::FromTheStart(ImplicitTls::new(&server.host, &server.authorities).map_err(MailError::Tls)?)
            }
            SmtpSecurity::StartTls => TlsOfServer::AfterStartTls(start_tls(&server)?),
            SmtpSecurity::None => TlsOfServer::Never,
        };
        let (sender, hello) = (Sender { from, reply_to }, ClientId::default());
        Ok(Self { tls, server, sender, timeout, hello, idle: Mutex::default() })
    }

    /// Connects and logs in, to check the configuration before the first message.
    pub async fn check(&self) -> Result<(), MailError> {
        let connection = self.open().await?;
        self.store_idle(connection);
        Ok(())
    }

    async fn send_mail(&self, mail: &MimeMessage) -> Result<(), MailError> {
        let bytes = mail.formatted();
        let mut connection = self.announce(mail.envelope(), &bytes).await?;
        self.in_time(connection.send(&bytes)).await?;
        self.store_idle(connection);
        Ok(())
    }

    /// A connection that expects the bytes of this mail. One that was idle and is of no use any more is replaced: before
    /// the bytes, nothing can have been accepted.
    async fn announce(&self, envelope: &Envelope, bytes: &[u8]) -> Result<SmtpConnection, MailError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(mut idle) = idle {
            match timeout(IDLE_TIMEOUT.min(self.timeout), idle.announce(envelope, bytes)).await {
                Ok(Ok(())) => return Ok(idle),
                Ok(Err(error)) if !error.is_of_connection() => return Err(error),
                Ok(Err(_)) | Err(_) => {}
            }
        }
        let mut connection = self.open().await?;
        self.in_time(connection.announce(envelope, bytes)).await?;
        Ok(connection)
    }

    async fn open(&self) -> Result<SmtpConnection, MailError> {
        self.in_time(self.connect()).await
    }

    async fn connect(&self) -> Result<SmtpConnection, MailError> {
        let MailServer { host, port, login, .. } = &self.server;
        let stream = smtp_stream::dial((host.as_str(), *port)).await.map_err(MailError::Network)?;
        let (stream, start_tls): (Box<dyn AsyncTokioStream>, _) = match &self.tls {
            TlsOfServer::FromTheStart(tls) => (Box::new(tls.connect(stream).await.map_err(MailError::Tls)?), None),
            TlsOfServer::AfterStartTls(parameters) => (Box::new(stream), Some(parameters.clone())),
            TlsOfServer::Never => (Box::new(stream), None),
        };
        SmtpConnection::open(stream, &self.hello, start_tls, login.as_ref()).await.map_err(MailError::Connect)
    }

    async fn in_time<T>(&self, step: impl Future<Output = Result<T, MailError>>) -> Result<T, MailError> {
        timeout(self.timeout, step).await.map_err(|_| MailError::Timeout(self.timeout))?
    }

    fn store_idle(&self, connection: SmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MAX_IDLE {
            idle.push(connection);
        }
    }
}

fn start_tls(server: &MailServer) -> Result<TlsParameters, MailError> {
    let mut parameters = TlsParameters::builder(server.host.clone());
    for authority in &server.authorities {
        let authority = Certificate::from_der(authority.to_vec()).map_err(MailError::Connect)?;
        parameters = parameters.add_root_certificate(authority);
    }
    parameters.build().map_err(MailError::Connect)
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
