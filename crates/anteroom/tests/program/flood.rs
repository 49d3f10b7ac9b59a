//! One client without credentials opens as many connections as it can; others are still served.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::running::{Demo, Server, read_response};

/// Open files that the server may have. The flood needs more.
const FILES: &str = "256";
const CONNECTIONS: usize = 300;

fn connect(host: u8, to: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, host], 0)).into()).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket.connect(&to.into()).unwrap();
    socket.into()
}

/// The program with these limits.
fn limited(limits: &str, command: &[&str], data: &Path) -> Command {
    let limited = format!("ulimit {limits} && exec \"$0\" \"$@\"");
    let mut shell = Command::new("sh");
    shell.args(["-c", &limited, env!("CARGO_BIN_EXE_anteroom")]).args(command);
    shell.args(["--listen", "127.0.0.1:0", "--media-threads", "1", "--data"]).arg(data);
    shell.current_dir(data).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    shell
}

/// Systems start programs with a low soft limit. Each open page is a file.
#[test]
fn open_files_are_raised_to_the_hard_limit_and_the_last_fifth_is_warned_of() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::run(limited(&format!("-Sn 64 && ulimit -Hn {FILES}"), &["serve"], data.path()));
    let mut pages: Vec<TcpStream> = (1..=5)
        .flat_map(|host| std::iter::repeat_n(host, 38))
        .map(|host| {
            let mut page = connect(host, server.address());
            page.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
            page
        })
        .collect();
    // They are accepted in order: with the last one all are open.
    let mut answer = [0; 12];
    pages.last_mut().unwrap().read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200", "it is answered far beyond the soft limit");
    drop(pages);
    let log = server.stop();
    assert!(log.contains(&format!("open files limit={FILES} before=64 hard={FILES}")), "{log}");
    let warning = log.lines().find(|line| line.contains("few open files are left"));
    let warning = warning.unwrap_or_else(|| panic!("no warning: {log}"));
    let open: u64 = warning.split_once("open=").and_then(|(_, rest)| rest.split(' ').next()).unwrap().parse().unwrap();
    assert!((205..=256).contains(&open) && warning.contains("LimitNOFILE"), "{warning}");
}

#[test]
fn connections_of_one_client_do_not_use_up_the_files() {
    let data = tempfile::tempdir().unwrap();
    let mut command = limited(&format!("-n {FILES}"), &["demo", "--json"], data.path());
    command.stderr(Stdio::null());
    let demo = Demo::run(command);
    let address = demo.address();

    // The rest of the form never comes.
    let request = "POST /login HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n\
        content-length: 100\r\n\r\nemail=";
    let flood: Vec<TcpStream> = (0..CONNECTIONS)
        .map(|_| {
            let mut stream = connect(1, address);
            let _ = stream.write_all(request.as_bytes());
            stream
        })
        .collect();

    let request = "GET /login HTTP/1.1\r\nhost: x\r\naccept: text/html\r\nconnection: close\r\n\r\n";
    let page = read_response(connect(2, address), request);
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    drop(flood);
}
