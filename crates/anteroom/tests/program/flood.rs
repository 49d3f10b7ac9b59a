//! One client without credentials opens as many connections as it can; others are still served.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};

use socket2::{Domain, Socket, Type};

use crate::running::{Demo, read_response};

/// Open files that the server may have. The flood needs more.
const FILES: &str = "256";
const CONNECTIONS: usize = 300;

fn connect(host: u8, to: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, host], 0)).into()).unwrap();
    socket.connect(&to.into()).unwrap();
    socket.into()
}

#[test]
fn connections_of_one_client_do_not_use_up_the_files() {
    let data = tempfile::tempdir().unwrap();
    let limited = format!("ulimit -n {FILES} && exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &limited, env!("CARGO_BIN_EXE_anteroom"), "demo", "--json", "--listen", "127.0.0.1:0"]);
    command.args(["--media-threads", "1", "--data"]).arg(data.path()).stdout(Stdio::piped()).stderr(Stdio::null());
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
