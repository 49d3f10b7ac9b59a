//! The mailbox as an SMTP server.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::mailbox::{Mailbox, serve_smtp};

const ENVELOPE: &str = "EHLO me\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n";

/// Sends all input at once and returns the response codes.
async fn after(input: &[u8]) -> (Mailbox, Vec<String>) {
    let mailbox = Mailbox::with_capacity(3);
    let (server_side, mut client_side) = tokio::io::duplex(64 * 1024 * 1024);
    let mut answers = String::new();
    let client = async {
        client_side.write_all(input).await.unwrap();
        client_side.shutdown().await.unwrap();
        client_side.read_to_string(&mut answers).await.unwrap();
    };
    let session = async {
        drop(serve_smtp(server_side, &mailbox).await);
    };
    tokio::join!(session, client);
    let codes = answers.lines().filter(|line| line.as_bytes().get(3) == Some(&b' '));
    (mailbox.clone(), codes.map(|line| line[..3].to_owned()).collect())
}

async fn kept(message: &str) -> Option<String> {
    let (mailbox, _) = after(format!("{ENVELOPE}{message}").as_bytes()).await;
    let newest = mailbox.newest_first().into_iter().next()?;
    Some(String::from_utf8(newest.raw.reveal().clone()).unwrap())
}

#[tokio::test]
async fn dot_stuffing_is_removed() {
    assert_eq!(
        kept("Subject: x\r\n\r\n..\r\n...a\r\nb.\r\n.\r\n").await.unwrap(),
        "Subject: x\r\n\r\n.\r\n..a\r\nb.\r\n"
    );
}

#[tokio::test]
async fn smtp_smuggling_is_not_possible() {
    for inside in ["\n.\nMAIL FROM:<c@c.example>\n", "\n.\r\nQUIT\r\n", "\r\n.\nQUIT\r\n", "\r.\r\nQUIT\r\n"] {
        let message = format!("a{inside}b\r\n.\r\n");
        let (mailbox, codes) = after(format!("{ENVELOPE}{message}QUIT\r\n").as_bytes()).await;
        assert_eq!(codes.join(" "), "220 250 250 250 354 250 221", "{inside:?}");
        let [message] = mailbox.newest_first().try_into().unwrap();
        assert!(message.raw.reveal().ends_with(b"b\r\n"), "{inside:?}");
    }
}

#[tokio::test]
async fn commands_out_of_order_are_refused() {
    for (input, codes) in [
        ("MAIL FROM:<a@a.example>\r\n", "220 503"),
        ("EHLO x\r\nRCPT TO:<b@b.example>\r\n", "220 250 503"),
        ("EHLO x\r\nMAIL FROM:<a@a.example>\r\nDATA\r\n", "220 250 250 503"),
        ("helo x\r\nmail from:<>\r\nrcpt to:<b@b.example>\r\nRSET\r\nDATA\r\n", "220 250 250 250 250 503"),
        ("EHLO x\r\nMAIL FROM:a@a.example\r\nMAIL FROM:<a@a.example\r\nMAIL TO:<a@a>\r\n", "220 250 501 501 501"),
        ("EHLO x\r\nMAIL FROM:<a@a.example> SIZE=99999999\r\n", "220 250 552"),
        ("EHLO x\r\nMAIL FROM:<a@a.example> BODY=8BITMIME SIZE=10\r\nRCPT TO:<>\r\n", "220 250 250 501"),
        (
            "NOOP\r\nVRFY x\r\nSTARTTLS\r\nGET / HTTP/1.1\r\n\r\n\u{fffd}é\r\nQUIT\r\nNOOP\r\n",
            "220 250 252 500 500 500 500 221",
        ),
    ] {
        assert_eq!(after(input.as_bytes()).await.1.join(" "), codes, "{input:?}");
    }
}

#[tokio::test]
async fn oversized_input_is_refused() {
    let line = "x".repeat(998) + "\r\n";
    let large = line.repeat(2_200);
    let (mailbox, codes) = after(format!("{ENVELOPE}{large}.\r\nNOOP\r\n").as_bytes()).await;
    assert_eq!((mailbox.newest_first().len(), codes.join(" ")), (0, "220 250 250 250 354 552 250".into()));

    let endless = line.repeat(9_000);
    let (mailbox, codes) = after(format!("{ENVELOPE}{endless}").as_bytes()).await;
    assert_eq!((mailbox.newest_first().len(), codes.len()), (0, 5));

    let (_, codes) = after("x".repeat(1_000_000).as_bytes()).await;
    assert_eq!(codes, ["220"]);

    let crowd = "RCPT TO:<b@b.example>\r\n".repeat(101);
    let (_, codes) = after(format!("EHLO x\r\nMAIL FROM:<a@a.example>\r\n{crowd}").as_bytes()).await;
    assert_eq!((codes.len(), codes.last().unwrap().as_str()), (104, "452"));
}

#[tokio::test]
async fn only_the_newest_mails_are_kept() {
    let one = |n: u8| format!("MAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\nSubject: {n}\r\n\r\n.\r\n");
    let five: String = (1..=5).map(one).collect();
    let (mailbox, _) = after(format!("EHLO me\r\n{five}QUIT\r\n").as_bytes()).await;
    let seen: Vec<_> = mailbox.newest_first().iter().map(|message| (message.number, message.read().subject)).collect();
    assert_eq!(seen, [(5, "5".to_owned()), (4, "4".to_owned()), (3, "3".to_owned())]);
    assert!(mailbox.find(2).is_none() && mailbox.find(4).is_some());
}

#[tokio::test]
async fn an_incomplete_mail_is_not_kept() {
    assert_eq!(kept("Subject: half\r\n\r\nof it\r\n").await, None);
}

#[tokio::test]
async fn every_received_mail_can_be_parsed() {
    for message in [
        "",
        "\r\n",
        "no headers at all\r\n",
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n--x\r\n--y--\r\n",
        "Subject: =?x?q?=ff=?=\r\n\r\n\u{7f}",
    ] {
        let (mailbox, _) = after(format!("{ENVELOPE}{message}\r\n.\r\n").as_bytes()).await;
        let received = mailbox.newest_first().pop().unwrap();
        assert!(received.read().attachments.is_empty());
        assert!(!format!("{received:?}").contains("example"));
    }
}
