//! One peer connection: str0m on its own UDP socket, as in a browser.

use std::io::{self, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::fd::AsRawFd;
use std::time::Instant;

use anyhow::{Context, Result};
use mio::net::UdpSocket;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg, setsockopt, sockopt};
use nix::sys::time::TimeSpec;
use str0m::change::{SdpAnswer, SdpApi, SdpOffer, SdpPendingOffer};
use str0m::channel::ChannelId;
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc};

use crate::clock::Now;
use crate::tally::Tally;

/// A peer connection with one UDP candidate, to one UDP candidate of the server.
pub(crate) struct PeerConnection {
    pub(crate) rtc: Rtc,
    pub(crate) socket: UdpSocket,
    /// ICE and DTLS are connected.
    pub(crate) connected: bool,
    /// The first data channel, once it is open.
    channel: Option<ChannelId>,
    /// When [`PeerConnection::drive`] is to be called next.
    pub(crate) due: Instant,
    /// Our address, and the server's. Known when the server has named a candidate.
    path: Option<(SocketAddr, SocketAddr)>,
    pending: Option<SdpPendingOffer>,
    /// The latest time that the connection was given: it may not go back.
    latest: Instant,
}

/// Buffers for one datagram, shared by all connections.
pub(crate) struct Buffers {
    datagram: Vec<u8>,
    control: Vec<u8>,
}

impl Buffers {
    pub(crate) fn new() -> Self {
        Self { datagram: vec![0; 2_048], control: nix::cmsg_space!(TimeSpec) }
    }
}

impl PeerConnection {
    pub(crate) fn new(now: Instant, source: Ipv4Addr) -> Result<Self> {
        let socket = std::net::UdpSocket::bind((source, 0)).context("cannot open a UDP socket")?;
        setsockopt(&socket, sockopt::ReceiveTimestampns, &true)?;
        socket.set_nonblocking(true)?;
        let rtc = Rtc::builder().set_rtp_mode(true).clear_codecs().enable_opus(true, false).enable_vp8(true).build(now);
        let socket = UdpSocket::from_std(socket);
        Ok(Self { rtc, socket, connected: false, channel: None, due: now, path: None, pending: None, latest: now })
    }

    /// Changes something and returns the offer, with the result of `change`.
    pub(crate) fn offer<T>(&mut self, change: impl FnOnce(&mut SdpApi<'_>) -> T) -> Result<(String, T)> {
        let mut api = self.rtc.sdp_api();
        let result = change(&mut api);
        let (offer, pending) = api.apply().context("nothing to negotiate")?;
        self.pending = Some(pending);
        Ok((offer.to_sdp_string(), result))
    }

    /// The server's answer to the last offer.
    pub(crate) fn accept_answer(&mut self, sdp: &str) -> Result<()> {
        let pending = self.pending.take().context("an answer without offer")?;
        self.rtc.sdp_api().accept_answer(pending, SdpAnswer::from_sdp_string(sdp)?)?;
        self.candidates_of(sdp)
    }

    /// Returns the answer to an offer of the server.
    pub(crate) fn accept_offer(&mut self, sdp: &str) -> Result<String> {
        self.candidates_of(sdp)?;
        Ok(self.rtc.sdp_api().accept_offer(SdpOffer::from_sdp_string(sdp)?)?.to_sdp_string())
    }

    /// A candidate that the server sent apart from an SDP: `candidate:…`.
    pub(crate) fn add_candidate(&mut self, line: &str) -> Result<()> {
        let candidate = Candidate::from_sdp_string(line)?;
        self.choose(&candidate)?;
        self.rtc.add_remote_candidate(candidate);
        Ok(())
    }

    /// Names our address in the next offer or answer, for a server that checks only addresses it knows.
    pub(crate) fn add_own_candidate(&mut self) -> Result<()> {
        let own = self.socket.local_addr()?;
        self.rtc.add_local_candidate(Candidate::builder().udp().host(own).build()?);
        Ok(())
    }

    fn candidates_of(&mut self, sdp: &str) -> Result<()> {
        for line in sdp.lines().filter_map(|line| line.strip_prefix("a=")).filter(|line| line.starts_with("candidate:"))
        {
            self.choose(&Candidate::from_sdp_string(line)?)?;
        }
        Ok(())
    }

    /// The first UDP candidate with an IPv4 address is used; the others cost datagrams only.
    fn choose(&mut self, candidate: &Candidate) -> Result<()> {
        let server = candidate.addr();
        if self.path.is_some() || candidate.proto() != Protocol::Udp || !matches!(server.ip(), IpAddr::V4(_)) {
            return Ok(());
        }
        self.socket.connect(server)?;
        let local = self.socket.local_addr()?;
        self.rtc.add_local_candidate(Candidate::builder().udp().host(local).build()?);
        self.path = Some((local, server));
        Ok(())
    }

    /// Writes a message to the data channel this often, or until the send buffer is full. Returns how often.
    pub(crate) fn send_data(&mut self, message: &[u8], times: usize) -> u64 {
        let Some(mut channel) = self.channel.and_then(|id| self.rtc.channel(id)) else { return 0 };
        let written = (0..times).take_while(|_| channel.write(true, message).unwrap_or_default()).count();
        self.due = self.latest;
        written as u64
    }

    /// Reads everything that has arrived. Each event comes with the time of its datagram in nanoseconds since 1970.
    pub(crate) fn receive(
        &mut self,
        now: Now,
        buffers: &mut Buffers,
        tally: &mut Tally,
        mut on_event: impl FnMut(&mut Tally, u64, Event),
    ) -> Result<()> {
        while let Some((length, arrived)) = self.read(buffers)? {
            let Some(bytes) = buffers.datagram.get(..length) else { continue };
            tally.datagram(bytes);
            let Some((local, server)) = self.path else { continue };
            let Ok(received) = Receive::new(Protocol::Udp, server, local, bytes) else { continue };
            let arrived = arrived.unwrap_or(now.unix);
            self.latest = self.latest.max(now.instant_at(arrived));
            self.rtc.handle_input(Input::Receive(self.latest, received))?;
            self.poll(|event| on_event(tally, arrived, event))?;
        }
        Ok(())
    }

    /// Advances the time and sends what is due.
    pub(crate) fn drive(&mut self, now: Now, on_event: impl FnMut(Event)) -> Result<()> {
        self.latest = self.latest.max(now.instant);
        self.rtc.handle_input(Input::Timeout(self.latest))?;
        self.poll(on_event)
    }

    fn poll(&mut self, mut on_event: impl FnMut(Event)) -> Result<()> {
        loop {
            match self.rtc.poll_output()? {
                Output::Timeout(due) => {
                    self.due = due;
                    return Ok(());
                }
                Output::Event(Event::Connected) => self.connected = true,
                Output::Event(Event::ChannelOpen(id, _)) => self.channel = Some(id),
                Output::Event(event) => on_event(event),
                Output::Transmit(transmit) => {
                    if self.path.is_some_and(|(_, server)| server == transmit.destination) {
                        // A full buffer or a closed port loses the datagram, as a network would.
                        let _ = self.socket.send(&transmit.contents);
                    }
                }
            }
        }
    }

    /// One datagram: its length and its receive time in nanoseconds since 1970.
    fn read(&self, buffers: &mut Buffers) -> Result<Option<(usize, Option<u64>)>> {
        let fd = self.socket.as_raw_fd();
        let read = self.socket.try_io(|| {
            let mut slices = [IoSliceMut::new(&mut buffers.datagram)];
            let message = recvmsg::<()>(fd, &mut slices, Some(&mut buffers.control), MsgFlags::MSG_DONTWAIT)?;
            let arrived = message.cmsgs().into_iter().flatten().find_map(|control| match control {
                ControlMessageOwned::ScmTimestampns(time) => Some(nanoseconds(time)),
                _ => None,
            });
            Ok((message.bytes, arrived))
        });
        match read {
            Ok(read) => Ok(Some(read)),
            // Refused: the server's port is closed. The call is then lost, and counted.
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::ConnectionRefused) => {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn nanoseconds(time: TimeSpec) -> u64 {
    time.tv_sec() as u64 * 1_000_000_000 + time.tv_nsec() as u64
}
