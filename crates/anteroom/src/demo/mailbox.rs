//! The demo's mailbox: pages with every mail that the demo sent.
//!
//! The HTML part of a mail is untrusted: it is shown in a sandboxed frame without scripts, resources or origin.

use std::sync::Arc;

use anteroom_notify::mailbox::{Attachment, Mailbox, ParsedMail, ReceivedMail};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// Content security policy of the mailbox pages: own style sheet and frames.
const PAGE_CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Content security policy of a mail's HTML part: inline styles, and links that open in a new tab.
const MAIL_CSP: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
                                form-action 'none'; frame-ancestors 'self'; \
                                sandbox allow-popups allow-popups-to-escape-sandbox";

const STYLE: &str = concat!(
    include_str!("../../../../ui/styles/tokens.css"),
    include_str!("../../../../ui/styles/base.css"),
    include_str!("../../templates/mailbox.css"),
);

/// The routes under `/mailbox`.
pub(super) fn router(mailbox: Mailbox) -> Router {
    Router::new()
        .route("/mailbox", get(list))
        .route("/mailbox/style.css", get(style))
        .route("/mailbox/{number}", get(show))
        .route("/mailbox/{number}/page", get(page))
        .route("/mailbox/{number}/source", get(source))
        .route("/mailbox/{number}/files/{index}", get(file))
        .with_state(mailbox)
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct ListPage {
    mails: Vec<Mail>,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct MailPage {
    mail: Mail,
}

/// One mail as the pages show it.
struct Mail {
    number: u64,
    sent: String,
    read: ParsedMail,
}

impl Mail {
    fn of(received: &Arc<ReceivedMail>) -> Self {
        let read = received.read();
        let sent = read.sent.map(|at| at.strftime("%-d %B %Y, %H:%M UTC").to_string()).unwrap_or_default();
        Self { number: received.number, sent, read }
    }

    fn subject(&self) -> &str {
        if self.read.subject.is_empty() { "(no subject)" } else { &self.read.subject }
    }

    /// The text part by line, with links separated from text.
    fn lines(&self) -> Vec<Vec<TextPart<'_>>> {
        let is_link = |word: &str| self.read.links.iter().any(|link| link == word);
        let pieces = |word| match word {
            word if is_link(str::trim_end(word)) => TextPart::Link(word.trim_end()),
            word => TextPart::Text(word),
        };
        self.read.text.lines().map(|line| line.split_inclusive(' ').map(pieces).collect()).collect()
    }
}

enum TextPart<'a> {
    Text(&'a str),
    Link(&'a str),
}

async fn list(State(mailbox): State<Mailbox>) -> Response {
    html(&ListPage { mails: mailbox.newest_first().iter().map(Mail::of).collect() })
}

async fn show(State(mailbox): State<Mailbox>, Path(number): Path<u64>) -> Result<Response, StatusCode> {
    let mail = mailbox.find(number).ok_or(StatusCode::NOT_FOUND)?;
    Ok(html(&MailPage { mail: Mail::of(&mail) }))
}

/// The HTML part, for the frame.
async fn page(State(mailbox): State<Mailbox>, Path(number): Path<u64>) -> Result<Response, StatusCode> {
    let page = mailbox.find(number).and_then(|mail| mail.read().html).ok_or(StatusCode::NOT_FOUND)?;
    Ok(with_csp(MAIL_CSP, "text/html; charset=utf-8", page))
}

/// The raw message as plain text.
async fn source(State(mailbox): State<Mailbox>, Path(number): Path<u64>) -> Result<Response, StatusCode> {
    let mail = mailbox.find(number).ok_or(StatusCode::NOT_FOUND)?;
    Ok(with_csp(PAGE_CSP, "text/plain; charset=utf-8", mail.raw.reveal().clone()))
}

async fn file(
    State(mailbox): State<Mailbox>,
    Path((number, index)): Path<(u64, usize)>,
) -> Result<Response, StatusCode> {
    let mut files = mailbox.find(number).ok_or(StatusCode::NOT_FOUND)?.read().attachments.into_iter();
    let Attachment { name, kind, bytes } = files.nth(index).ok_or(StatusCode::NOT_FOUND)?;
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || ".-_ ".contains(*c)).collect();
    let mut response = with_csp(PAGE_CSP, &kind, bytes);
    let named =
        HeaderValue::try_from(format!("attachment; filename=\"{name}\"")).expect("only visible ASCII and spaces");
    response.headers_mut().insert(header::CONTENT_DISPOSITION, named);
    Ok(response)
}

async fn style() -> Response {
    with_csp(PAGE_CSP, "text/css; charset=utf-8", STYLE)
}

fn html(page: &impl Template) -> Response {
    let page = page.render().expect("rendering into a String does not fail");
    with_csp(PAGE_CSP, "text/html; charset=utf-8", page)
}

fn with_csp(policy: &'static str, kind: &str, body: impl IntoResponse) -> Response {
    let mut response = body.into_response();
    let kind = HeaderValue::try_from(kind).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    for (name, value) in [
        ("content-security-policy", policy),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "SAMEORIGIN"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::task::JoinSet;
    use tower::ServiceExt;

    use super::*;

    const MAIL: &str = "Subject: Your appointment\r\nTo: Ada <ada@guest.example>\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=x\r\n\r\n\
        --x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n\
        --y\r\nContent-Type: text/plain\r\n\r\nHello <script>Ada</script>\r\nhttp://here/join/s3cret javascript:x\r\n\
        --y\r\nContent-Type: text/html\r\n\r\n<p>Hello</p><script>alert(1)</script>\r\n--y--\r\n\
        --x\r\nContent-Type: application/ics\r\nContent-Disposition: attachment; filename=\"a\\\"b.ics\"\r\n\r\nBEGIN\r\n--x--\r\n";

    /// A mailbox that received these mails by SMTP.
    async fn mailbox(mails: &[&str]) -> Router {
        let mailbox = Mailbox::with_capacity(10);
        let slot = mailbox.listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = slot.smtp_url().unwrap().replace("smtp://", "").replace("?tls=never", "");
        let mut running = JoinSet::new();
        running.spawn(slot.run());
        let mut commands = "EHLO here\r\n".to_owned();
        for mail in mails {
            commands += &format!("MAIL FROM:<a@b.example>\r\nRCPT TO:<ada@guest.example>\r\nDATA\r\n{mail}\r\n.\r\n");
        }
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(format!("{commands}QUIT\r\n").as_bytes()).await.unwrap();
        socket.read_to_end(&mut Vec::new()).await.unwrap();
        router(mailbox)
    }

    async fn fetch_page(router: &Router, path: &str) -> (StatusCode, String, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), format!("{:?}", response.headers()));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, headers, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn empty_mailbox_has_an_explanation() {
        let (status, _, page) = fetch_page(&mailbox(&[]).await, "/mailbox").await;
        assert!(status.is_success() && page.contains("No mail yet"));
    }

    #[tokio::test]
    async fn newest_mail_is_first_with_its_links() {
        let (_, _, page) = fetch_page(&mailbox(&["Subject: old\r\n\r\n", MAIL]).await, "/mailbox").await;
        assert!(page.find("Your appointment").unwrap() < page.find(">old<").unwrap());
        assert!(page.contains("Ada &#60;ada@guest.example&#62;"));
        assert!(page.contains("<a href=\"http://here/join/s3cret\"") && !page.contains("href=\"javascript:"));
    }

    #[tokio::test]
    async fn html_part_is_sandboxed() {
        let mailbox = mailbox(&[MAIL]).await;
        let (_, headers, page) = fetch_page(&mailbox, "/mailbox/1").await;
        assert!(page.contains("Hello &#60;script&#62;Ada") && page.contains("<a href=\"http://here/join/s3cret\""));
        assert!(page.contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\""));
        assert!(headers.contains("default-src 'none'; style-src 'self'") && !headers.contains("script-src"));

        let (_, headers, page) = fetch_page(&mailbox, "/mailbox/1/page").await;
        assert!(page.contains("<script>"), "unmodified");
        assert!(headers.contains("default-src 'none'") && headers.contains("sandbox allow-popups"));
        assert!(!headers.contains("allow-scripts") && !headers.contains("allow-same-origin"));
    }

    #[tokio::test]
    async fn attachment_name_is_sanitised() {
        let mailbox = mailbox(&[MAIL]).await;
        let (_, headers, body) = fetch_page(&mailbox, "/mailbox/1/files/0").await;
        assert_eq!(body.trim(), "BEGIN");
        assert!(
            headers.contains(r#"attachment; filename=\"ab.ics\""#) && headers.contains("application/ics"),
            "{headers}"
        );
    }

    #[tokio::test]
    async fn missing_mails_and_parts_are_404() {
        let mailbox = mailbox(&["Subject: no page\r\n\r\nText"]).await;
        for path in ["/mailbox/2", "/mailbox/0", "/mailbox/1/page", "/mailbox/1/files/0", "/mailbox/9/source"] {
            assert_eq!(fetch_page(&mailbox, path).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(fetch_page(&mailbox, "/mailbox/x").await.0, StatusCode::BAD_REQUEST);
    }
}
