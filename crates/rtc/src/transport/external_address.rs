//! Asks a STUN server once for the address of this machine on the internet (RFC 8489), for machines behind a NAT of
//! their provider.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::time::Duration;

use super::local_addresses::unspecified;
use super::stun;

/// Requests, and how long an answer is awaited after each.
const ATTEMPTS: usize = 5;
const TIMEOUT: Duration = Duration::from_secs(1);

/// The external address, as `server` (`host:port`) sees it. Blocks for some seconds at most. `transaction` is random.
pub fn external_address(server: &str, transaction: [u8; 12]) -> io::Result<IpAddr> {
    ask(server, transaction, TIMEOUT).map_err(|error| {
        let message = format!("the STUN server {server} gave no external address: {error}");
        io::Error::new(error.kind(), message)
    })
}

fn ask(server: &str, transaction: [u8; 12], timeout: Duration) -> io::Result<IpAddr> {
    let unknown = || io::Error::new(io::ErrorKind::NotFound, "it has no address");
    let server = server.to_socket_addrs()?.next().ok_or_else(unknown)?;
    let socket = UdpSocket::bind(SocketAddr::new(unspecified(server.ip()), 0))?;
    socket.connect(server)?;
    socket.set_read_timeout(Some(timeout))?;
    let (request, mut buffer) = (stun::binding_request(transaction), [0; 1_500]);
    for _ in 0..ATTEMPTS {
        socket.send(&request)?;
        match socket.recv(&mut buffer) {
            Ok(length) => {
                if let Some(mapped) = buffer.get(..length).and_then(|answer| stun::mapped_address(answer, transaction))
                {
                    return Ok(mapped.ip());
                }
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::TimedOut, "it did not answer"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRANSACTION: [u8; 12] = [7; 12];

    /// A STUN server that sends each of `answers` after one more request.
    fn server(answers: Vec<Vec<u8>>) -> (String, std::thread::JoinHandle<Vec<u8>>) {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let address = socket.local_addr().unwrap().to_string();
        let served = std::thread::spawn(move || {
            let mut buffer = [0; 100];
            let mut length = 0;
            for answer in answers {
                let (received, from) = socket.recv_from(&mut buffer).unwrap();
                length = received;
                socket.send_to(&answer, from).unwrap();
            }
            buffer[..length].to_vec()
        });
        (address, served)
    }

    #[test]
    fn answer_of_the_server_is_the_external_address() {
        let mapped: SocketAddr = "198.51.100.7:50000".parse().unwrap();
        let foreign = stun::success_for_test([8; 12], mapped);
        let (address, served) = server(vec![foreign, b"nothing".to_vec(), stun::success_for_test(TRANSACTION, mapped)]);
        assert_eq!(external_address(&address, TRANSACTION).unwrap(), mapped.ip());
        assert_eq!(served.join().unwrap(), stun::binding_request(TRANSACTION));
    }

    #[test]
    fn silent_server_is_named_in_the_error() {
        let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = silent.local_addr().unwrap().to_string();
        let error = ask(&address, TRANSACTION, Duration::from_millis(1)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let error = external_address("stun.invalid:3478:x", TRANSACTION).unwrap_err();
        assert!(error.to_string().contains("stun.invalid:3478:x"), "{error}");
    }
}
