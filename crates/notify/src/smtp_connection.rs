//! One connection to the mail server. The commands of a mail leave in one group where the server permits that
//! (PIPELINING, RFC 2920): a mail then costs two round trips instead of four.

use std::iter::once;

use lettre::Address;
use lettre::address::Envelope;
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Severity;

use crate::mail_error::SmtpCommand;
use crate::{MailError, SmtpLogin};

/// A connection that is greeted and logged in.
pub(crate) struct SmtpConnection {
    inner: AsyncSmtpConnection,
    takes_groups: bool,
    after_refusal: AfterRefusal,
}

/// What brings the connection back into step after a mail that was announced and refused.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AfterRefusal {
    /// Nothing does.
    Close,
    Reset,
    /// DATA was permitted although there is no recipient: empty data ends it (RFC 2920, section 3.1).
    EndDataAndReset,
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
        Ok(Self { inner, takes_groups, after_refusal: AfterRefusal::Close })
    }

    /// Announces a mail: sender, recipients, and that its bytes follow. Until they do, nothing is accepted.
    pub(crate) async fn announce(&mut self, envelope: &Envelope, bytes: &[u8]) -> Result<(), MailError> {
        self.after_refusal = AfterRefusal::Close;
        let commands = self.commands(envelope, bytes)?;
        let at_once = if self.takes_groups { commands.len() } else { 1 };
        for group in commands.chunks(at_once) {
            self.perform(group).await?;
        }
        Ok(())
    }

    /// Takes back a mail that was announced and refused. `None`: the connection cannot be used any more.
    pub(crate) async fn reset(mut self) -> Option<Self> {
        match self.after_refusal {
            AfterRefusal::Close => return None,
            AfterRefusal::Reset => {}
            // Refused, as it must be: an accepted one would be a mail without recipients.
            AfterRefusal::EndDataAndReset => drop(self.inner.command(".\r\n").await.err()?.status()?),
        }
        let response = self.inner.command("RSET\r\n").await.ok()?;
        (response.code().severity == Severity::PositiveCompletion).then_some(self)
    }

    /// Sends the bytes of the mail that was announced. `Ok`: the server has accepted it.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Result<(), MailError> {
        SmtpCommand::EndOfData.check(self.inner.message(bytes).await)
    }

    /// Sends the commands in one group and reads all responses: one that is left unread would be taken for the response
    /// to a later command. Fails with the first refusal.
    async fn perform(&mut self, group: &[(SmtpCommand, String)]) -> Result<(), MailError> {
        let mut lines = Some(group.iter().map(|(_, line)| line.as_str()).collect::<String>());
        let (mut refusal, mut accepted) = (None, Vec::new());
        for (command, _) in group {
            let response = match lines.take() {
                Some(lines) => self.inner.command(lines).await,
                None => self.inner.read_response().await,
            };
            match command.check(response) {
                Ok(()) => accepted.push(*command),
                Err(error) if error.is_of_connection() => return Err(refusal.unwrap_or(error)),
                Err(error) => refusal = refusal.or(Some(error)),
            }
        }
        let Some(refusal) = refusal else { return Ok(()) };
        self.after_refusal = match (accepted.contains(&SmtpCommand::Data), accepted.contains(&SmtpCommand::Rcpt)) {
            _ if refusal.may_be_of_reuse() => AfterRefusal::Close,
            (true, true) => AfterRefusal::Close,
            (true, false) => AfterRefusal::EndDataAndReset,
            (false, _) => AfterRefusal::Reset,
        };
        Err(refusal)
    }

    fn commands(&self, envelope: &Envelope, bytes: &[u8]) -> Result<Vec<(SmtpCommand, String)>, MailError> {
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
        let recipient = |to: &Address| (SmtpCommand::Rcpt, Rcpt::new(to.clone(), Vec::new()).to_string());
        let recipients = envelope.to().iter().map(recipient);
        let data = (SmtpCommand::Data, Data.to_string());
        Ok(once((SmtpCommand::Mail, mail)).chain(recipients).chain(once(data)).collect())
    }

    /// The parameter, if the server has the extension for it.
    fn needed(&self, extension: Extension, parameter: MailParameter) -> Result<MailParameter, MailError> {
        self.inner.server_info().supports_feature(extension).then_some(parameter).ok_or(MailError::Undeliverable)
    }
}
