//! One connection to the mail server. The commands of a mail leave in one group where the server permits that
//! (PIPELINING, RFC 2920): a mail then costs two round trips instead of four.

use std::iter::once;

use lettre::address::Envelope;
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};

use crate::{MailError, SmtpLogin};

/// A connection that is greeted and logged in.
pub(crate) struct SmtpConnection {
    inner: AsyncSmtpConnection,
    takes_groups: bool,
}

impl SmtpConnection {
    /// Greets, switches to TLS if that is given, and logs in.
    pub(crate) async fn open(
        stream: Box<dyn AsyncTokioStream>,
        hello: &ClientId,
        start_tls: Option<TlsParameters>,
        login: Option<&SmtpLogin>,
    ) -> Result<Self, smtp::Error> {
        let mut inner = AsyncSmtpConnection::connect_with_transport(stream, hello).await?;
        if let Some(parameters) = start_tls {
            inner.starttls(parameters, hello).await?;
        }
        if let Some(login) = login {
            let credentials = Credentials::new(login.user.clone(), login.password.reveal().clone());
            inner.auth(DEFAULT_MECHANISMS, &credentials).await?;
        }
        // lettre reads the list of extensions, and keeps only those that it uses.
        let extensions = inner.command(Ehlo::new(hello.clone())).await?;
        let takes_groups = extensions.message().any(|line| line.trim().eq_ignore_ascii_case("PIPELINING"));
        Ok(Self { inner, takes_groups })
    }

    /// Announces a mail: sender, recipients, and that its bytes follow. Until they do, nothing is accepted.
    pub(crate) async fn announce(&mut self, envelope: &Envelope, bytes: &[u8]) -> Result<(), MailError> {
        let commands = self.commands(envelope, bytes)?;
        self.perform(&commands).await.map_err(|error| MailError::from_send(&error))
    }

    /// Sends the bytes of the mail that was announced. `Ok`: the server has accepted it.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Result<(), MailError> {
        self.inner.message(bytes).await.map(drop).map_err(|error| MailError::from_send(&error))
    }

    async fn perform(&mut self, commands: &[String]) -> Result<(), smtp::Error> {
        if !self.takes_groups {
            for command in commands {
                self.inner.command(command).await?;
            }
            return Ok(());
        }
        self.inner.command(commands.concat()).await?;
        for _ in commands.iter().skip(1) {
            self.inner.read_response().await?;
        }
        Ok(())
    }

    fn commands(&self, envelope: &Envelope, bytes: &[u8]) -> Result<Vec<String>, MailError> {
        let mut parameters = Vec::new();
        let mut addresses = envelope.from().into_iter().chain(envelope.to());
        if addresses.any(|address| !AsRef::<str>::as_ref(address).is_ascii()) {
            parameters.push(self.needed(Extension::SmtpUtfEight, MailParameter::SmtpUtfEight)?);
        }
        if !bytes.is_ascii() {
            let eight_bit = MailParameter::Body(MailBodyParameter::EightBitMime);
            parameters.push(self.needed(Extension::EightBitMime, eight_bit)?);
        }
        let mail = Mail::new(envelope.from().cloned(), parameters).to_string();
        let recipients = envelope.to().iter().map(|to| Rcpt::new(to.clone(), Vec::new()).to_string());
        Ok(once(mail).chain(recipients).chain(once(Data.to_string())).collect())
    }

    /// The parameter, if the server has the extension for it.
    fn needed(&self, extension: Extension, parameter: MailParameter) -> Result<MailParameter, MailError> {
        self.inner.server_info().supports_feature(extension).then_some(parameter).ok_or(MailError::Undeliverable)
    }
}
