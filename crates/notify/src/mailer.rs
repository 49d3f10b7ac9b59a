//! The e-mail channel: messages over SMTP (RFC 5321, 6409), with connection reuse.
//!
//! A connection is reused after a mail that was accepted, or refused in a way that leaves client and server in step. One
//! that timed out is dropped: its late response would be taken for the response to the next mail.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anteroom_app::{Message, Messenger, MessengerError};
use async_trait::async_trait;
use lettre::Message as MimeMessage;
use lettre::address::Envelope;
use lettre::transport::smtp::client::{AsyncTokioStream, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::time::{Instant, timeout};

use crate::email::{self, Sender};
use crate::smtp_connection::SmtpConnection;
use crate::smtp_stream::{self, ImplicitTls};
use crate::{MailConfig, MailError, MailServer, SmtpSecurity};

/// Maximum idle connections. Mail servers limit connections per client.
const MAX_IDLE: usize = 4;

/// How long a connection may be idle. Many servers close it after a minute or a few, and some routers on the way forget
/// it: then nothing answers at all.
const MAX_IDLE_AGE: Duration = Duration::from_secs(60);

/// How long an idle connection may take to answer: it may be closed without notice.
const IDLE_TIMEOUT: Duration = Duration::from_secs(5);

/// Sends messages through one mail server.
pub struct Mailer {
    server: MailServer,
    sender: Sender,
    timeout: Duration,
    tls: TlsOfServer,
    hello: ClientId,
    /// With the time since when.
    idle: Mutex<Vec<(Instant, SmtpConnection)>>,
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

    /// A connection that expects the bytes of this mail. One that was idle and is of no use any more is replaced, once:
    /// before the bytes, nothing can have been accepted.
    async fn announce(&self, envelope: &Envelope, bytes: &[u8]) -> Result<SmtpConnection, MailError> {
        if let Some(mut idle) = self.take_idle() {
            match timeout(IDLE_TIMEOUT.min(self.timeout), idle.announce(envelope, bytes)).await {
                Ok(Ok(())) => return Ok(idle),
                Ok(Err(error)) if !error.may_be_of_reuse() => {
                    self.reset(idle).await;
                    return Err(error);
                }
                Ok(Err(_)) | Err(_) => {}
            }
        }
        let mut connection = self.open().await?;
        if let Err(error) = self.in_time(connection.announce(envelope, bytes)).await {
            self.reset(connection).await;
            return Err(error);
        }
        Ok(connection)
    }

    /// Keeps a connection on which a mail was refused, if it can still be used.
    async fn reset(&self, connection: SmtpConnection) {
        if let Ok(Some(connection)) = timeout(IDLE_TIMEOUT.min(self.timeout), connection.reset()).await {
            self.store_idle(connection);
        }
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

    fn take_idle(&self) -> Option<SmtpConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(since, _)| since.elapsed() <= MAX_IDLE_AGE);
        idle.pop().map(|(_, connection)| connection)
    }

    fn store_idle(&self, connection: SmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MAX_IDLE {
            idle.push((Instant::now(), connection));
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
