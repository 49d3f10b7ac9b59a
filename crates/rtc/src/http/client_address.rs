//! The client's IP address, for its allowance.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;

/// What the program found behind its trusted proxies and put into the request as an [`IpAddr`]; else the peer of the
/// connection; else unspecified (requests without a socket).
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestAddress(pub(crate) IpAddr);

impl<S: Sync> FromRequestParts<S> for RequestAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        let address = parts.extensions.get::<IpAddr>().copied().or_else(peer);
        Ok(Self(address.unwrap_or(Ipv6Addr::UNSPECIFIED.into())))
    }
}
