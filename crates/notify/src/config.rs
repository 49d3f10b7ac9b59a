//! Configuration of the mail server and the sender address. Parsed once, at start.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use anteroom_domain::Private;
use lettre::message::Mailbox;
use percent_encoding::percent_decode_str;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use url::{Host, Url};

/// Default timeout of a connection attempt and of a delivery.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Configuration of outgoing mail.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// The mail server.
    pub server: MailServer,
    /// Sender address. Without a display name the practice's name is used.
    pub from: Mailbox,
    /// `Reply-To` address, for calendar replies too. Without it messages do not invite replies.
    pub reply_to: Option<Mailbox>,
    /// Timeout of a connection attempt, again of announcing a mail, and of sending it.
    pub timeout: Duration,
}

/// A mail server.
#[derive(Clone)]
pub struct MailServer {
    /// Host name or IP address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Transport security.
    pub security: SmtpSecurity,
    /// Login, if required.
    pub login: Option<SmtpLogin>,
    /// Certificate authorities to trust besides the public ones.
    pub authorities: Vec<CertificateDer<'static>>,
}

/// Login at the mail server.
#[derive(Debug, Clone)]
pub struct SmtpLogin {
    /// User name.
    pub user: String,
    /// Password.
    pub password: Private<String>,
}

/// Transport security of the connection to the mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// TLS from the first byte (`smtps://`, RFC 8314).
    Tls,
    /// STARTTLS before login and mail; a server that does not offer it gets no mail.
    StartTls,
    /// None. For a server on this machine, or if configured with `?tls=never`.
    None,
}

/// Error in the mail configuration. Never repeats the input, which contains a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailConfigError {
    /// Not a URL of a mail server.
    #[error("the mail server must look like smtps://user:password@mail.example or smtp://mail.example:587")]
    Server,
    /// Unknown query parameter.
    #[error("after the mail server's address only ?tls=starttls or ?tls=never can stand")]
    Security,
    /// Not a mail address.
    #[error("a mail address must look like `Practice <video@practice.example>`")]
    Address,
    /// Not a PEM certificate.
    #[error("a certificate authority must be a certificate in PEM form")]
    Certificate,
}

impl MailConfig {
    /// Mail through the server at `url`, sent from `from`.
    ///
    /// `smtps://` is TLS from the start (port 465), `smtp://` is STARTTLS (port 587). To a server on this machine
    /// `smtp://` is without TLS (port 25); to any other only with `?tls=never`.
    pub fn new(url: &str, from: &str) -> Result<Self, MailConfigError> {
        Ok(Self { server: MailServer::parse(url)?, from: mailbox(from)?, reply_to: None, timeout: TIMEOUT })
    }

    /// Sets the `Reply-To` address.
    pub fn with_reply_to(self, address: &str) -> Result<Self, MailConfigError> {
        Ok(Self { reply_to: Some(mailbox(address)?), ..self })
    }

    /// Trusts this certificate authority too.
    pub fn with_authority(mut self, pem: &[u8]) -> Result<Self, MailConfigError> {
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let found = found.ok().filter(|found| !found.is_empty()).ok_or(MailConfigError::Certificate)?;
        self.server.authorities.extend(found);
        Ok(self)
    }
}

impl MailServer {
    fn parse(text: &str) -> Result<Self, MailConfigError> {
        let url = Url::parse(text.trim()).map_err(|_| MailConfigError::Server)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(MailConfigError::Server)?;
        // `url` does not normalize the host of non-special schemes such as smtp.
        let host = Host::parse(host).map_err(|_| MailConfigError::Server)?;
        let security = security(&url, is_loopback(&host))?;
        if !matches!(url.path(), "" | "/") {
            return Err(MailConfigError::Server);
        }
        let port = url.port().unwrap_or(match security {
            SmtpSecurity::Tls => 465,
            SmtpSecurity::StartTls => 587,
            SmtpSecurity::None => 25,
        });
        let host = match host {
            Host::Ipv6(address) => address.to_string(),
            other => other.to_string(),
        };
        Ok(Self { host, port, security, login: login(&url)?, authorities: Vec::new() })
    }
}

/// Without the password.
impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let authorities = self.authorities.len();
        let Self { host, port, security, login, .. } = self;
        write!(f, "MailServer({host}:{port}, {security:?}, {login:?}, {authorities} authorities)")
    }
}

fn security(url: &Url, is_loopback: bool) -> Result<SmtpSecurity, MailConfigError> {
    let query: Vec<_> = url.query_pairs().collect();
    let query: Vec<_> = query.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect();
    match (url.scheme(), query.as_slice()) {
        ("smtps", []) => Ok(SmtpSecurity::Tls),
        ("smtp", [("tls", "starttls")]) => Ok(SmtpSecurity::StartTls),
        ("smtp", [("tls", "never")]) => Ok(SmtpSecurity::None),
        ("smtp", []) => Ok(if is_loopback { SmtpSecurity::None } else { SmtpSecurity::StartTls }),
        ("smtp" | "smtps", _) => Err(MailConfigError::Security),
        _ => Err(MailConfigError::Server),
    }
}

fn is_loopback(host: &Host) -> bool {
    match host {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => IpAddr::from(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::from(*address).is_loopback(),
    }
}

fn login(url: &Url) -> Result<Option<SmtpLogin>, MailConfigError> {
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        (user, Some(password)) if !user.is_empty() => {
            Ok(Some(SmtpLogin { user: decoded(user)?, password: Private::new(decoded(password)?) }))
        }
        _ => Err(MailConfigError::Server),
    }
}

/// Percent-decodes user name and password. A `%` that encodes nothing is refused: it was meant to be `%25`, or not.
fn decoded(text: &str) -> Result<String, MailConfigError> {
    let bytes: Vec<u8> = percent_decode_str(text).collect();
    // What is decoded is two bytes shorter.
    if text.len() - bytes.len() != 2 * text.matches('%').count() {
        return Err(MailConfigError::Server);
    }
    String::from_utf8(bytes).map_err(|_| MailConfigError::Server)
}

fn mailbox(text: &str) -> Result<Mailbox, MailConfigError> {
    text.trim().parse().map_err(|_| MailConfigError::Address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str) -> Result<(String, u16, SmtpSecurity), MailConfigError> {
        MailServer::parse(url).map(|server| (server.host, server.port, server.security))
    }

    #[test]
    fn plaintext_only_to_localhost_or_with_tls_never() {
        for (url, host, port, security) in [
            ("smtps://mail.example", "mail.example", 465, SmtpSecurity::Tls),
            ("smtps://127.0.0.1:4650", "127.0.0.1", 4650, SmtpSecurity::Tls),
            ("smtp://mail.example", "mail.example", 587, SmtpSecurity::StartTls),
            ("smtp://10.0.0.7:25", "10.0.0.7", 25, SmtpSecurity::StartTls),
            ("smtp://localhost.example", "localhost.example", 587, SmtpSecurity::StartTls),
            ("smtp://mail.example:25?tls=never", "mail.example", 25, SmtpSecurity::None),
            ("smtp://localhost", "localhost", 25, SmtpSecurity::None),
            ("smtp://127.0.0.1:2525", "127.0.0.1", 2525, SmtpSecurity::None),
            ("smtp://[::1]:2525", "::1", 2525, SmtpSecurity::None),
            ("smtp://localhost:587?tls=starttls", "localhost", 587, SmtpSecurity::StartTls),
            ("smtp://Münze.example", "xn--mnze-0ra.example", 587, SmtpSecurity::StartTls),
        ] {
            assert_eq!(server(url), Ok((host.to_owned(), port, security)), "{url}");
        }
    }

    #[test]
    fn invalid_url_is_refused_without_revealing_the_password() {
        for (url, error) in [
            ("", MailConfigError::Server),
            ("mail.example", MailConfigError::Server),
            ("https://mail.example", MailConfigError::Server),
            ("smtp://", MailConfigError::Server),
            ("smtp://user@mail.example", MailConfigError::Server),
            ("smtp://:secret@mail.example", MailConfigError::Server),
            ("smtp://u:%zz@mail.example", MailConfigError::Server),
            ("smtp://u:%25%zz@mail.example", MailConfigError::Server),
            ("smtp://u:%ff@mail.example", MailConfigError::Server),
            ("smtp://mail.example/path", MailConfigError::Server),
            ("smtp://mail.example?tls=maybe", MailConfigError::Security),
            ("smtps://mail.example?tls=never", MailConfigError::Security),
        ] {
            assert_eq!(server(url), Err(error), "{url}");
        }
        for from in ["", "practice", "Practice <video@>", "a@b.example\r\nBcc: x@y.example"] {
            assert_eq!(MailConfig::new("smtp://localhost", from).map(|_| ()), Err(MailConfigError::Address), "{from}");
        }
    }

    #[test]
    fn file_without_a_certificate_is_no_authority() {
        for pem in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA"] {
            let config = MailConfig::new("smtps://mail.example", "a@b.example").unwrap();
            assert_eq!(config.with_authority(pem.as_bytes()).map(|_| ()), Err(MailConfigError::Certificate), "{pem}");
        }
    }

    #[test]
    fn password_is_percent_decoded_and_never_printed() {
        let config =
            MailConfig::new("smtps://me%40x:p%C3%A4ss%3A%2F%40%25@mail.example", "Praxis <a@b.example>").unwrap();
        let login = config.server.login.as_ref().unwrap();
        assert_eq!((login.user.as_str(), login.password.reveal().as_str()), ("me@x", "päss:/@%"));
        assert!(!format!("{config:?}").contains("ss:/"));
    }
}
