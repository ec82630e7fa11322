//! TLS on the same port as plain text, the CA behind it, and the proxy that brings clients here.
//!
//! ```text
//!           first byte 0x16 ──▶ TLS handshake ──▶ HTTP ──▶ sessions
//!   accept ─┤                                      ▲  └── CONNECT host:443 ──▶ first byte again,
//!           anything else ─────────────────────────┘      once, for hosts that we stand for
//! ```
//!
//! A [`Tls`] holds one leaf certificate for every name under which a client may know this
//! server: this machine, and all hosts of all vendors in [`wire::registry`]. Its [`Authority`]
//! is thrown away with the process, or kept in a folder.

mod accept;
mod authority;
mod connect;
mod names;
#[cfg(test)]
mod tests;
mod transport;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use rustls::ServerConfig;
use tokio_rustls::TlsAcceptor;

pub(crate) use accept::{enter, secure};
pub use authority::Authority;
pub(crate) use connect::{Hop, connect};
pub(crate) use transport::Transport;

use crate::admin::Problem;
use crate::body::Body;
use crate::upgrade::Answer;

/// What a server needs to speak TLS. Clones are the same.
#[derive(Clone)]
pub struct Tls {
    config: Arc<ServerConfig>,
    ca_pem: Bytes,
    names: Arc<[String]>,
}

impl Tls {
    /// A fresh leaf certificate of `authority` for this machine, every vendor's hosts and the
    /// `further` names or addresses.
    ///
    /// # Errors
    /// If a further name is none, or the authority's certificate does not vouch for the leaf:
    /// it belongs to another key, or has expired.
    pub fn new(authority: &Authority, further: &[String]) -> Result<Self, TlsError> {
        let names = names::all(further)?;
        let leaf = authority.issue(&names)?;
        let mut config = ServerConfig::builder_with_provider(authority::provider())
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder
                    .with_no_client_auth()
                    .with_single_cert(vec![leaf.certificate], leaf.key)
            })
            .map_err(TlsError::Config)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            config: Arc::new(config),
            ca_pem: Bytes::copy_from_slice(authority.pem().as_bytes()),
            names: names.into(),
        })
    }

    /// The certificate that clients have to trust, as PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &[u8] {
        &self.ca_pem
    }

    /// Every name and address that the leaf certificate is for.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What rustls needs to accept connections.
    #[must_use]
    pub fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }

    fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config))
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

/// Why TLS could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file or folder of the CA could not be used.
    #[error("cannot {what} {}: {source}", path.display())]
    File {
        /// What was tried.
        what: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// The folder holds one half of a CA.
    #[error("{} is there and {} is not; restore it, or delete the former to make a new CA", there.display(), missing.display())]
    Half {
        /// The file that exists.
        there: PathBuf,
        /// The file that does not.
        missing: PathBuf,
    },
    /// A file of the CA holds something else.
    #[error("{} holds no {expected}; delete it and its neighbour to make a new CA", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        expected: &'static str,
    },
    /// The CA's certificate does not vouch for what the CA's key signs.
    #[error(
        "the certificate of the CA does not fit: {source}; delete ca.pem and ca-key.pem to make a new CA"
    )]
    Unfit {
        /// What a client would say.
        source: rustls::Error,
    },
    /// A further name that no certificate can carry.
    #[error("{0:?} is neither a host name nor an address")]
    Name(String),
    /// A certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Certificate(rcgen::Error),
    /// The TLS library refused the certificate.
    #[error("cannot use the certificate: {0}")]
    Config(rustls::Error),
}

/// Answers `GET ca.pem`.
pub(crate) fn answer_ca(tls: Option<&Tls>) -> Result<Answer, Problem> {
    let Some(tls) = tls else {
        return Err(Problem::new(
            StatusCode::NOT_FOUND,
            "no CA",
            "this server speaks no TLS; start it with --tls",
        ));
    };
    let mut response = Response::new(Body::from(tls.ca_pem.clone()));
    let kind = HeaderValue::from_static("application/x-pem-file");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    Ok(response)
}
