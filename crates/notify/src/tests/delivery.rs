//! Delivery over SMTP, and the classification of failures.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anteroom_app::{Message, MessageKind, Messenger, MessengerError};
use anteroom_domain::{Role, WordingPack};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::{TlsAcceptor, rustls};

use super::samples::{LINK, email, message};
use crate::mailbox::{Mailbox, serve_smtp, serve_smtp_after_starttls};
use crate::{MailConfig, Mailer};

const FROM: &str = "Praxis am Park <video@praxis.example>";

fn mailer(url: &str) -> Mailer {
    Mailer::new(MailConfig::new(url, FROM).unwrap()).unwrap()
}

fn mailer_with_short_timeout(url: &str) -> Mailer {
    Mailer::new(MailConfig { timeout: Duration::from_secs(1), ..MailConfig::new(url, FROM).unwrap() }).unwrap()
}

fn to_guest() -> Message {
    message(MessageKind::Confirmed, Role::Guest, WordingPack::Clinic)
}

/// An error with its sources, as a log prints it.
fn printed(error: &MessengerError) -> String {
    let mut text = format!("{error:?}");
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = next {
        text.push_str(&format!("\n{error}"));
        next = error.source();
    }
    text
}

/// Responses to lines with a prefix. `-` closes the connection, `!` does so after the response, `…` responds only after
/// the next line, `²` is for the second mail of a connection and later ones, `*` for the second mail of all connections
/// and later ones.
type Answers = &'static [(&'static str, &'static str)];

/// A server with scripted responses that records every received line.
struct ScriptedServer {
    url: String,
    received: Arc<Mutex<Vec<String>>>,
    accepted: Arc<AtomicUsize>,
    _task: JoinSet<()>,
}

/// The response of a server that takes commands in groups.
const PIPELINING: (&str, &str) = ("EHLO", "250-here\r\n250 PIPELINING");

impl ScriptedServer {
    async fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let received = Arc::<Mutex<Vec<String>>>::default();
        let mut task = JoinSet::new();
        let accepted = Arc::<AtomicUsize>::default();
        let (log, count) = (received.clone(), accepted.clone());
        task.spawn(async move {
            let mut each = JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                count.fetch_add(1, SeqCst);
                let log = log.clone();
                each.spawn(async move { drop(run_session(socket, answers, &log).await) });
            }
        });
        Self { url, received, accepted, _task: task }
    }

    fn received(&self) -> Vec<String> {
        self.received.lock().unwrap().clone()
    }

    /// Connections so far.
    fn connections(&self) -> usize {
        self.accepted.load(SeqCst)
    }
}

fn mails_in(received: &Mutex<Vec<String>>) -> usize {
    received.lock().unwrap().iter().filter(|line| line.starts_with("MAIL")).count()
}

async fn run_session(
    socket: impl AsyncRead + AsyncWrite + Unpin,
    answers: Answers,
    received: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut stream = BufStream::new(socket);
    let (mut line_read, mut mails) = ("hello".to_owned(), 0);
    loop {
        mails += u32::from(line_read.starts_with("MAIL"));
        let found = answers.iter().find(|(begin, _)| line_read.starts_with(begin)).map(|(_, answer)| *answer);
        let answer = match (found, line_read.as_str()) {
            (Some("-"), _) => return Ok(()),
            (Some(answer), _) if answer.starts_with('²') && mails < 2 => "250 ok",
            (Some(answer), _) if answer.starts_with('*') && mails_in(received) < 2 => "250 ok",
            (Some(answer), _) => answer.trim_start_matches(['²', '*']),
            (None, "hello") => "220 ready",
            (None, "DATA") => "354 go on",
            (None, _) => "250 ok",
        };
        let in_letter = line_read == "DATA" && answer.starts_with("354");
        if !answer.starts_with('…') {
            stream.write_all(format!("{}\r\n", answer.trim_start_matches('!')).as_bytes()).await?;
            stream.flush().await?;
        }
        if answer.starts_with('!') {
            return Ok(());
        }
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            if let Some(late) = answer.strip_prefix('…') {
                stream.write_all(format!("{late}\r\n").as_bytes()).await?;
                stream.flush().await?;
            }
            line_read = line.trim_end().to_owned();
            received.lock().unwrap().push(line_read.clone());
            if !in_letter || line_read == "." {
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_message_is_delivered_unchanged() {
    let mailbox = Mailbox::with_capacity(10);
    let slot = mailbox.listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let mail = mailer(&slot.smtp_url().unwrap());
    let mut running = JoinSet::new();
    running.spawn(slot.run());

    for role in [Role::Guest, Role::Host] {
        mail.send(&message(MessageKind::Confirmed, role, WordingPack::Clinic)).await.unwrap();
    }
    let [host, guest] = mailbox.newest_first().try_into().unwrap();
    assert_eq!((guest.number, host.number), (1, 2));
    assert_eq!(guest.from.reveal(), "video@praxis.example");
    assert_eq!(guest.to.reveal(), &["nour@guest.example"]);

    let read = guest.read();
    assert_eq!(read.to, "Nour Haddad <nour@guest.example>");
    assert_eq!(read.from, "Praxis am Park <video@praxis.example>");
    assert_eq!(read.subject, "Your appointment on Friday 20 November 2026, 12:00 (Africa/Cairo)");
    assert_eq!(read.sent.unwrap().to_string(), "2026-11-12T09:31:02Z");
    assert_eq!(read.links, [LINK]);
    assert!(read.text.contains("With: Dr. Jana Weber") && read.html.unwrap().contains("<bdi>Dr. Jana Weber</bdi>"));
    let [file] = read.attachments.try_into().unwrap_or_else(|_| panic!("one file"));
    assert_eq!((file.name.as_str(), file.kind.as_str()), ("appointment.ics", "application/ics"));
    assert!(file.bytes.starts_with(b"BEGIN:VCALENDAR\r\n") && file.bytes.ends_with(b"END:VCALENDAR\r\n"));
}

#[tokio::test]
async fn permanent_and_temporary_failures_are_distinguished() {
    for (answers, refused) in [
        (&[("MAIL", "550 5.7.1 not from you")] as Answers, true),
        (&[("RCPT", "550 5.1.1 <nour@guest.example>: Nour Haddad is unknown")], true),
        (&[("RCPT", "553 nour@guest.example no such thing")], true),
        (&[("DATA", "554 5.7.1 no")], true),
        (&[(".", "554 5.6.0 <nour@guest.example> spam")], true),
        (&[("MAIL", "451 4.3.0 later")], false),
        (&[("RCPT", "450 4.2.1 <nour@guest.example> greylisted")], false),
        (&[("DATA", "421 4.3.2 closing")], false),
        (&[(".", "452 4.3.1 disk full")], false),
        // The server refuses this client, not the mail: temporary, because an operator can fix it.
        (&[("hello", "554 5.7.1 your address is on a list")], false),
        (&[("EHLO", "550 5.7.1 no")], false),
        (&[("RCPT", "gibberish")], false),
        (&[("hello", "HTTP/1.1 400 Bad Request")], false),
        (&[("hello", "-")], false),
        (&[("RCPT", "-")], false),
        (&[(".", "-")], false),
    ] {
        // The same whether commands leave in a group or singly.
        let in_group: Answers = Vec::from_iter(answers.iter().copied().chain([PIPELINING])).leak();
        for answers in [answers, in_group] {
            let server = ScriptedServer::start(answers).await;
            let error = mailer(&server.url).send(&to_guest()).await.expect_err("it refused");
            assert_eq!(matches!(error, MessengerError::Refused(_)), refused, "{answers:?}: {error:?}");
            let printed = printed(&error);
            for private in ["nour", "Haddad", "Weber", "Vq3nT0"] {
                assert!(!printed.contains(private), "{answers:?}: {printed}");
            }
        }
    }
}

#[tokio::test]
async fn a_server_timeout_is_temporary() {
    let mut tries = JoinSet::new();
    for answers in [&[("hello", "…")] as Answers, &[("EHLO", "…")], &[("RCPT", "…")], &[(".", "…")]] {
        tries.spawn(async move {
            let server = ScriptedServer::start(answers).await;
            (answers, mailer_with_short_timeout(&server.url).send(&to_guest()).await)
        });
    }
    while let Some(tried) = tries.join_next().await {
        let (answers, sent) = tried.unwrap();
        assert!(matches!(sent, Err(MessengerError::Unreachable(_))), "{answers:?}: {sent:?}");
    }
}

#[tokio::test]
async fn status_codes_of_a_rejection_are_kept() {
    let server = ScriptedServer::start(&[("RCPT", "550 5.1.1 <nour@guest.example> unknown")]).await;
    let error = mailer(&server.url).send(&to_guest()).await.unwrap_err();
    assert!(printed(&error).contains("the mail server answered 550 5.1.1"));
}

#[tokio::test]
async fn an_unreachable_server_is_temporary() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = mailer(&format!("smtp://{port}")).send(&to_guest()).await.unwrap_err();
    assert!(matches!(error, MessengerError::Unreachable(_)), "{error:?}");
}

#[tokio::test]
async fn a_failed_login_is_temporary() {
    let ehlo = ("EHLO", "250-here\r\n250 AUTH PLAIN LOGIN");
    let wrong = ScriptedServer::start(Box::leak(Box::new([ehlo, ("AUTH", "535 5.7.8 wrong")]))).await;
    let with_login = |server: &ScriptedServer| server.url.replace("smtp://", "smtp://praxis:s3cret@");
    let error = mailer(&with_login(&wrong)).send(&to_guest()).await.unwrap_err();
    assert!(matches!(error, MessengerError::Unreachable(_)), "{error:?}");
    assert!(printed(&error).contains("535") && !printed(&error).contains("s3cret"));

    let right = ScriptedServer::start(Box::leak(Box::new([ehlo, ("AUTH", "235 2.7.0 welcome")]))).await;
    mailer(&with_login(&right)).send(&to_guest()).await.unwrap();
}

#[tokio::test]
async fn an_address_that_needs_smtputf8_is_refused_without_it() {
    let wide = Message { email: email("نور@guest.example"), ..to_guest() };
    let old = ScriptedServer::start(&[]).await;
    let error = mailer(&old.url).send(&wide).await.unwrap_err();
    assert!(matches!(error, MessengerError::Refused(_)), "{error:?}");
    let new = ScriptedServer::start(&[("EHLO", "250-here\r\n250-8BITMIME\r\n250 SMTPUTF8")]).await;
    mailer(&new.url).send(&wide).await.unwrap();
}

#[tokio::test]
async fn connections_are_reused_until_the_server_closes_them() {
    let server = ScriptedServer::start(&[]).await;
    let mail = mailer(&server.url);
    for _ in 0..3 {
        mail.send(&to_guest()).await.unwrap();
    }
    assert_eq!(server.connections(), 1);
    assert!(!server.received().iter().any(|line| line == "NOOP"), "nothing is asked in between");
}

/// A mail server closes idle connections without notice. No mail fails because of it, and none is sent twice.
#[tokio::test]
async fn an_idle_connection_that_is_of_no_use_is_replaced() {
    for answers in [
        &[(".", "!250 ok")] as Answers,
        &[("MAIL", "²421 4.4.2 idle for too long")],
        &[("MAIL", "²451 4.4.2 timeout")],
        &[("MAIL", "²452 4.5.3 too many mails")],
        &[("MAIL", "²503 5.5.1 bad sequence")],
        &[("MAIL", "²530 5.7.0 log in first")],
        &[("MAIL", "²…250 ok")],
    ] {
        let server = ScriptedServer::start(answers).await;
        let mail = mailer_with_short_timeout(&server.url);
        for _ in 0..3 {
            mail.send(&to_guest()).await.unwrap();
        }
        assert_eq!(server.connections(), 3, "{answers:?}");
        assert_eq!(server.received().iter().filter(|line| *line == ".").count(), 3, "{answers:?}");
    }
    // Nothing is wrong with the connection: the new one refuses too, and there is no third.
    let server = ScriptedServer::start(&[("MAIL", "*550 5.7.1 enough")]).await;
    let mail = mailer(&server.url);
    mail.send(&to_guest()).await.unwrap();
    let error = mail.send(&to_guest()).await.unwrap_err();
    assert!(matches!(error, MessengerError::Refused(_)), "{error:?}");
    assert!(printed(&error).contains("the mail server answered 550 5.7.1 to MAIL"));
    assert_eq!(server.connections(), 2);
}

/// Trying again would be taken for guessing of addresses, and the answer is about the recipient.
#[tokio::test]
async fn a_recipient_that_a_reused_connection_refuses_is_not_tried_again() {
    let server = ScriptedServer::start(&[("RCPT", "*451 4.7.1 greylisted")]).await;
    let mail = mailer(&server.url);
    mail.send(&to_guest()).await.unwrap();
    let error = mail.send(&to_guest()).await.unwrap_err();
    assert!(printed(&error).contains("the mail server answered 451 4.7.1 to RCPT"));
    assert_eq!((server.connections(), mails_in(&server.received)), (1, 2));
}

/// A positive response that the command cannot have: client and server are out of step.
#[tokio::test]
async fn positive_codes_that_do_not_fit_the_command_are_a_lost_connection() {
    for (answers, at) in [
        (&[("MAIL", "354 go on")] as Answers, "MAIL"),
        (&[("RCPT", "354 go on")], "RCPT"),
        (&[("DATA", "250 ok")], "DATA"),
        (&[("DATA", "350 go on")], "DATA"),
        (&[(".", "354 go on")], "the end of the data"),
    ] {
        let in_group: Answers = Vec::from_iter(answers.iter().copied().chain([PIPELINING])).leak();
        for answers in [answers, in_group] {
            let server = ScriptedServer::start(answers).await;
            let mail = mailer(&server.url);
            for _ in 0..2 {
                let error = mail.send(&to_guest()).await.unwrap_err();
                assert!(matches!(error, MessengerError::Unreachable(_)), "{answers:?}: {error:?}");
                assert!(printed(&error).ends_with(&format!("lost at {at}")), "{answers:?}: {}", printed(&error));
            }
            assert_eq!(server.connections(), 2, "{answers:?}");
            let has_content = server.received().iter().any(|line| line.starts_with("Subject:"));
            assert_eq!(has_content, at == "the end of the data", "{answers:?}");
        }
    }
}

#[tokio::test]
async fn a_connection_is_kept_after_a_refused_recipient() {
    const REFUSED: (&str, &str) = ("RCPT", "550 5.1.1 unknown");
    for (answers, ends) in [
        (&[REFUSED] as Answers, 0),
        (&[PIPELINING, REFUSED, ("DATA", "554 5.5.1 no recipients")], 0),
        // A server that permits the data of a mail to nobody, and refuses it.
        (&[PIPELINING, REFUSED, (".", "554 5.5.1 no recipients")], 2),
    ] {
        let server = ScriptedServer::start(answers).await;
        let mail = mailer(&server.url);
        for _ in 0..2 {
            let error = mail.send(&to_guest()).await.unwrap_err();
            assert!(printed(&error).contains("the mail server answered 550 5.1.1 to RCPT"), "{}", printed(&error));
        }
        let received = server.received();
        let count = |line: &str| received.iter().filter(|it| *it == line).count();
        assert_eq!((server.connections(), count("RSET"), count(".")), (1, 2, ends), "{answers:?}");
        assert!(!received.iter().any(|line| line.starts_with("Subject:")), "{answers:?}: {received:?}");
    }
}

#[tokio::test]
async fn a_connection_out_of_step_after_a_refused_recipient_is_closed() {
    const REFUSED: (&str, &str) = ("RCPT", "550 5.1.1 unknown");
    for answers in [
        // A mail to nobody accepted; no answer to the end of the data; no reset; the connection is closing.
        &[PIPELINING, REFUSED] as Answers,
        &[PIPELINING, REFUSED, (".", "…554 5.5.1 no recipients")],
        &[PIPELINING, REFUSED, (".", "554 5.5.1 no recipients"), ("RSET", "502 5.5.1 what")],
        &[PIPELINING, REFUSED, ("DATA", "421 4.3.2 closing")],
        &[REFUSED, ("RSET", "-")],
    ] {
        let server = ScriptedServer::start(answers).await;
        let mail = mailer_with_short_timeout(&server.url);
        for _ in 0..2 {
            let error = mail.send(&to_guest()).await.unwrap_err();
            assert!(printed(&error).contains("the mail server answered 550 5.1.1 to RCPT"), "{}", printed(&error));
        }
        assert_eq!(server.connections(), 2, "{answers:?}");
    }
}

#[tokio::test]
async fn a_connection_idle_for_more_than_a_minute_is_not_used() {
    let server = ScriptedServer::start(&[]).await;
    let mail = mailer(&server.url);
    for (idle, connections) in [(0, 1), (59, 1), (61, 2), (59, 2)] {
        // Runs again before the mail: a clock that stands still jumps to the next deadline while the mail is on its way.
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(idle)).await;
        tokio::time::resume();
        mail.send(&to_guest()).await.unwrap();
        assert_eq!(server.connections(), connections, "{idle} s");
    }
}

#[tokio::test]
async fn commands_leave_in_a_group_where_the_server_permits_it() {
    // It answers each command only when the next one has come.
    let in_group = ScriptedServer::start(&[PIPELINING, ("MAIL", "…250 ok"), ("RCPT", "…250 ok")]).await;
    let mail = mailer_with_short_timeout(&in_group.url);
    for _ in 0..2 {
        mail.send(&to_guest()).await.unwrap();
    }
    let singly = ScriptedServer::start(&[("MAIL", "…250 ok"), ("RCPT", "…250 ok")]).await;
    let error = mailer_with_short_timeout(&singly.url).send(&to_guest()).await.unwrap_err();
    assert!(matches!(error, MessengerError::Unreachable(_)), "{error:?}");
    assert!(!singly.received().iter().any(|line| line.starts_with("RCPT")), "{:?}", singly.received());
}

#[tokio::test]
async fn a_connection_after_a_timeout_is_not_reused() {
    let server = ScriptedServer::start(&[(".", "…250 ok")]).await;
    let mail = mailer_with_short_timeout(&server.url);
    for _ in 0..2 {
        mail.send(&to_guest()).await.unwrap_err();
    }
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn no_mail_is_sent_without_required_starttls() {
    let server = ScriptedServer::start(&[]).await;
    let error = mailer(&format!("{}?tls=starttls", server.url)).send(&to_guest()).await.unwrap_err();
    assert!(matches!(error, MessengerError::Unreachable(_)), "{error:?}");
    assert!(!server.received().iter().any(|line| line.starts_with("MAIL")), "{:?}", server.received());
}

/// A mailbox behind TLS, from the first byte or after STARTTLS, and its certificate authority.
async fn behind_tls(starttls: bool) -> (Mailbox, String, String, JoinSet<()>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(rustls::crypto::aws_lc_rs::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (mailbox, mut task) = (Mailbox::with_capacity(10), JoinSet::new());
    let kept = mailbox.clone();
    task.spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let mut socket = BufStream::new(socket);
            if starttls {
                for answer in ["220 ready", "250-here\r\n250 STARTTLS", "220 go"] {
                    socket.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
                    socket.flush().await.unwrap();
                    let mut line = String::new();
                    if answer != "220 go" {
                        socket.read_line(&mut line).await.unwrap();
                    }
                }
            }
            if let Ok(secure) = acceptor.accept(socket.into_inner()).await {
                if !starttls {
                    drop(serve_smtp(secure, &kept).await);
                } else {
                    drop(serve_smtp_after_starttls(secure, &kept).await); // no second greeting after STARTTLS
                }
            }
        }
    });
    let url = if starttls { "smtp://localhost:PORT?tls=starttls" } else { "smtps://localhost:PORT" };
    (mailbox, url.replace("PORT", &port.to_string()), made.cert.pem(), task)
}

#[tokio::test]
async fn mail_is_sent_only_with_a_trusted_certificate() {
    for starttls in [false, true] {
        let (mailbox, url, authority, _task) = behind_tls(starttls).await;
        let error = mailer(&url).send(&to_guest()).await.unwrap_err();
        assert!(matches!(error, MessengerError::Unreachable(_)), "{error:?}");
        assert!(mailbox.newest_first().is_empty());

        let config = MailConfig::new(&url, FROM).unwrap().with_authority(authority.as_bytes()).unwrap();
        Mailer::new(config).unwrap().send(&to_guest()).await.unwrap();
        assert_eq!(mailbox.newest_first().len(), 1);
    }
}
