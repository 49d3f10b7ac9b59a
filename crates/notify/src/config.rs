//! Which mail server carries our letters, in whose name. Parsed once, at start.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use anteroom_domain::Private;
use lettre::message::Mailbox;
use lettre::transport::smtp::client::Certificate;
use url::{Host, Url};

/// How long we wait for a connection, and again for a letter to be accepted.
const PATIENCE: Duration = Duration::from_secs(60);

/// How mail is sent.
#[derive(Debug, Clone)]
pub struct Config {
    /// The server that takes our letters.
    pub server: Server,
    /// In whose name. Without a name the practice's is shown.
    pub from: Mailbox,
    /// Where answers go, calendars' answers too. Without it nobody promises to read them.
    pub reply_to: Option<Mailbox>,
    /// How long to wait for a connection, and again for a letter to be accepted.
    pub patience: Duration,
}

/// A mail server.
#[derive(Clone)]
pub struct Server {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is protected.
    pub security: Security,
    /// Who we are to it.
    pub login: Option<Login>,
    /// Certificate authorities to believe besides the public ones.
    pub authorities: Vec<Certificate>,
}

/// Name and password at the mail server.
#[derive(Debug, Clone)]
pub struct Login {
    /// The name.
    pub user: String,
    /// The password.
    pub password: Private<String>,
}

/// How the way to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (`smtps://`, RFC 8314).
    Tls,
    /// TLS before anything is said that matters; a server that does not offer it gets no letter.
    StartTls,
    /// None. For a server on this machine, or where somebody asked for it by name.
    None,
}

/// Why a mail configuration is refused. Never repeats what was written: it holds a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not an address of a mail server.
    #[error("the mail server must look like smtps://user:password@mail.example or smtp://mail.example:587")]
    Server,
    /// A query we do not know.
    #[error("after the mail server's address only ?tls=starttls or ?tls=never can stand")]
    Security,
    /// Not a mail address.
    #[error("a mail address must look like `Practice <video@practice.example>`")]
    Address,
    /// Not a certificate.
    #[error("a certificate authority must be a certificate in PEM form")]
    Certificate,
}

impl Config {
    /// Mail through the server at `url`, in the name of `from`.
    ///
    /// `smtps://` is TLS from the start (port 465), `smtp://` is STARTTLS (port 587). To a server on this machine
    /// `smtp://` speaks without TLS (port 25); to any other only if `?tls=never` says so.
    pub fn new(url: &str, from: &str) -> Result<Self, ConfigError> {
        Ok(Self { server: Server::parse(url)?, from: mailbox(from)?, reply_to: None, patience: PATIENCE })
    }

    /// The same, with answers going to `address`.
    pub fn answered_at(self, address: &str) -> Result<Self, ConfigError> {
        Ok(Self { reply_to: Some(mailbox(address)?), ..self })
    }

    /// The same, believing this certificate authority too.
    pub fn believing(mut self, pem: &[u8]) -> Result<Self, ConfigError> {
        let authority = Certificate::from_pem(pem).map_err(|_| ConfigError::Certificate)?;
        self.server.authorities.push(authority);
        Ok(self)
    }
}

impl Server {
    fn parse(text: &str) -> Result<Self, ConfigError> {
        let url = Url::parse(text.trim()).map_err(|_| ConfigError::Server)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(ConfigError::Server)?;
        // `url` leaves the host of unusual schemes as it was written; the mail server's name is a host like any other.
        let host = Host::parse(host).map_err(|_| ConfigError::Server)?;
        let security = security(&url, is_here(&host))?;
        if !matches!(url.path(), "" | "/") {
            return Err(ConfigError::Server);
        }
        let port = url.port().unwrap_or(match security {
            Security::Tls => 465,
            Security::StartTls => 587,
            Security::None => 25,
        });
        let host = match host {
            Host::Ipv6(address) => address.to_string(),
            other => other.to_string(),
        };
        Ok(Self { host, port, security, login: login(&url)?, authorities: Vec::new() })
    }
}

/// The password and whatever else is secret stay out of it.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let authorities = self.authorities.len();
        let Self { host, port, security, login, .. } = self;
        write!(f, "Server({host}:{port}, {security:?}, {login:?}, {authorities} authorities)")
    }
}

fn security(url: &Url, is_here: bool) -> Result<Security, ConfigError> {
    let asked: Vec<_> = url.query_pairs().collect();
    let asked: Vec<_> = asked.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect();
    match (url.scheme(), asked.as_slice()) {
        ("smtps", []) => Ok(Security::Tls),
        ("smtp", [("tls", "starttls")]) => Ok(Security::StartTls),
        ("smtp", [("tls", "never")]) => Ok(Security::None),
        ("smtp", []) => Ok(if is_here { Security::None } else { Security::StartTls }),
        ("smtp" | "smtps", _) => Err(ConfigError::Security),
        _ => Err(ConfigError::Server),
    }
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => IpAddr::from(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::from(*address).is_loopback(),
    }
}

fn login(url: &Url) -> Result<Option<Login>, ConfigError> {
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        (user, Some(password)) if !user.is_empty() => {
            Ok(Some(Login { user: decoded(user)?, password: Private::new(decoded(password)?) }))
        }
        _ => Err(ConfigError::Server),
    }
}

/// `%40` is how an `@` is written inside a name or password of an address.
fn decoded(text: &str) -> Result<String, ConfigError> {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.bytes());
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
            let pair = digit().zip(digit()).and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
            bytes.push(pair.ok_or(ConfigError::Server)?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).map_err(|_| ConfigError::Server)
}

fn mailbox(text: &str) -> Result<Mailbox, ConfigError> {
    text.trim().parse().map_err(|_| ConfigError::Address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str) -> Result<(String, u16, Security), ConfigError> {
        Server::parse(url).map(|server| (server.host, server.port, server.security))
    }

    #[test]
    fn a_letter_goes_unprotected_only_on_this_machine_or_where_that_was_asked_for() {
        for (url, host, port, security) in [
            ("smtps://mail.example", "mail.example", 465, Security::Tls),
            ("smtps://127.0.0.1:4650", "127.0.0.1", 4650, Security::Tls),
            ("smtp://mail.example", "mail.example", 587, Security::StartTls),
            ("smtp://10.0.0.7:25", "10.0.0.7", 25, Security::StartTls),
            ("smtp://localhost.example", "localhost.example", 587, Security::StartTls),
            ("smtp://mail.example:25?tls=never", "mail.example", 25, Security::None),
            ("smtp://localhost", "localhost", 25, Security::None),
            ("smtp://127.0.0.1:2525", "127.0.0.1", 2525, Security::None),
            ("smtp://[::1]:2525", "::1", 2525, Security::None),
            ("smtp://localhost:587?tls=starttls", "localhost", 587, Security::StartTls),
            ("smtp://Münze.example", "xn--mnze-0ra.example", 587, Security::StartTls),
        ] {
            assert_eq!(server(url), Ok((host.to_owned(), port, security)), "{url}");
        }
    }

    #[test]
    fn an_address_that_is_none_is_refused_without_repeating_its_password() {
        for (url, error) in [
            ("", ConfigError::Server),
            ("mail.example", ConfigError::Server),
            ("https://mail.example", ConfigError::Server),
            ("smtp://", ConfigError::Server),
            ("smtp://user@mail.example", ConfigError::Server),
            ("smtp://:secret@mail.example", ConfigError::Server),
            ("smtp://u:%zz@mail.example", ConfigError::Server),
            ("smtp://mail.example/path", ConfigError::Server),
            ("smtp://mail.example?tls=maybe", ConfigError::Security),
            ("smtps://mail.example?tls=never", ConfigError::Security),
        ] {
            assert_eq!(server(url), Err(error), "{url}");
        }
        for from in ["", "practice", "Practice <video@>", "a@b.example\r\nBcc: x@y.example"] {
            assert_eq!(Config::new("smtp://localhost", from).map(|_| ()), Err(ConfigError::Address), "{from}");
        }
    }

    #[test]
    fn a_password_may_hold_any_character_and_is_never_printed() {
        let config = Config::new("smtps://me%40x:p%C3%A4ss%3A%2F%40@mail.example", "Praxis <a@b.example>").unwrap();
        let login = config.server.login.as_ref().unwrap();
        assert_eq!((login.user.as_str(), login.password.reveal().as_str()), ("me@x", "päss:/@"));
        assert!(!format!("{config:?}").contains("ss:/"));
    }
}
