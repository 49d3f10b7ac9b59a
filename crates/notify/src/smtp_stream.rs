//! The stream to the mail server: TCP, with TLS from the first byte where that is configured.
//!
//! A mail is several small writes. With Nagle's algorithm each would wait for the acknowledgement of the one before,
//! 40 ms a mail; lettre's own streams cannot switch it off.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Connects.
pub(crate) async fn dial(address: (&str, u16)) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// TLS from the first byte (RFC 8314) to one server.
pub(crate) struct ImplicitTls {
    connector: TlsConnector,
    server: ServerName<'static>,
}

impl ImplicitTls {
    /// Trusts the public certificate authorities and these.
    pub(crate) fn new(host: &str, authorities: &[CertificateDer<'static>]) -> io::Result<Self> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for authority in authorities {
            roots.add(authority.clone()).map_err(io::Error::other)?;
        }
        let config = ClientConfig::builder_with_provider(aws_lc_rs::default_provider().into());
        let config = config.with_safe_default_protocol_versions().map_err(io::Error::other)?;
        let config = config.with_root_certificates(roots).with_no_client_auth();
        let server = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        Ok(Self { connector: Arc::new(config).into(), server })
    }

    /// The handshake.
    pub(crate) async fn connect(&self, stream: TcpStream) -> io::Result<SecureStream> {
        self.connector.connect(self.server.clone(), stream).await.map(SecureStream)
    }
}

/// A TLS stream as lettre takes it.
#[derive(Debug)]
pub(crate) struct SecureStream(TlsStream<TcpStream>);

impl AsyncTokioStream for SecureStream {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for SecureStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for SecureStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::ServerConfig;
    use tokio_rustls::rustls::pki_types::PrivateKeyDer;

    use super::*;

    #[tokio::test]
    async fn nothing_waits_for_acknowledgements() {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(aws_lc_rs::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let plain = dial(("127.0.0.1", listener.local_addr().unwrap().port())).await.unwrap();
        assert!(plain.nodelay().unwrap());
        let (accepted, _) = listener.accept().await.unwrap();
        let tls = ImplicitTls::new("127.0.0.1", &[made.cert.der().clone()]).unwrap();
        let accept = TlsAcceptor::from(Arc::new(config));
        let (secure, _server) = tokio::try_join!(tls.connect(plain), accept.accept(accepted)).unwrap();
        assert!(secure.0.get_ref().0.nodelay().unwrap());
    }
}
