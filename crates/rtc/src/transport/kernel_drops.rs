//! Datagrams that the kernel dropped because a socket's receive buffer was full.
//!
//! Read on request, not on the media threads.

use std::fs::read_to_string;

/// The tables of UDP sockets for IPv4 and IPv6, see proc_pid_net(5).
const TABLES: [&str; 2] = ["/proc/net/udp", "/proc/net/udp6"];

/// Datagrams for these local ports that were dropped since the sockets were bound. `None` if there is no such table.
pub fn kernel_drops(ports: &[u16]) -> Option<u64> {
    let tables: Vec<String> = TABLES.iter().filter_map(|table| read_to_string(table).ok()).collect();
    if tables.is_empty() { None } else { Some(tables.iter().map(|table| drops_in(table, ports)).sum()) }
}

fn drops_in(table: &str, ports: &[u16]) -> u64 {
    // The first line has the names of the columns.
    table.lines().skip(1).filter_map(|line| drops_of(line, ports)).sum()
}

/// The last column of a socket bound to one of the ports.
fn drops_of(line: &str, ports: &[u16]) -> Option<u64> {
    let local = line.split_whitespace().nth(1)?;
    let (_, port) = local.rsplit_once(':')?;
    let is_ours = ports.contains(&u16::from_str_radix(port, 16).ok()?);
    line.split_whitespace().last()?.parse().ok().filter(|_| is_ours)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Udp;

    const TABLE: &str = "\
   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  281: 0100007F:1F92 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 22451 2 0000000000000000 7
  282: 0A00020F:1F92 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 22452 2 0000000000000000 30
  300: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 22453 2 0000000000000000 900
";

    #[test]
    fn drops_of_the_media_ports_are_added_up() {
        assert_eq!(drops_in(TABLE, &[8_082]), 37);
        assert_eq!(drops_in(TABLE, &[8_082, 53]), 937);
        assert_eq!(drops_in(TABLE, &[]), 0);
        assert_eq!(drops_in("no table", &[53]), 0);
    }

    #[test]
    fn datagrams_beyond_the_receive_buffer_are_counted() {
        let socket = Udp::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        socket2::SockRef::from(&socket).set_recv_buffer_size(4_096).unwrap();
        let to = socket.local_addr().unwrap();
        assert_eq!(kernel_drops(&[to.port()]), Some(0));
        let sender = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        for _ in 0..100 {
            sender.send_to(&[0; 1_000], to).unwrap();
        }
        assert!(kernel_drops(&[to.port()]).unwrap() > 0);
    }
}
