//! Where the server is.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};

use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use wire::endpoint::Endpoint;
use wire::handshake::RequestHead;
use wire::registry::{self, Route};

use super::link::Link;

/// A server to be judged.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    authority: String,
    address: String,
    is_tls: bool,
    /// What stands before the vendor's path.
    prefix: String,
    /// The path of one endpoint, if the URL names it.
    path: Option<(String, &'static str)>,
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

/// Why a server cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// The URL is none.
    #[error("{0:?} is not a URL like ws://127.0.0.1:7070")]
    Url(String),
    /// There are no certificates to check the server's with.
    #[error("cannot speak TLS: {0}")]
    Tls(String),
    /// Nothing listens there.
    #[error("nothing answers at {address}: {problem}; start the server, or correct the URL")]
    Unreachable {
        /// The address.
        address: String,
        /// Why.
        problem: String,
    },
}

/// How long a connection may take to come about.
const REACH: Duration = Duration::from_secs(10);

impl Target {
    /// Reads a URL: `ws://HOST:PORT`, maybe with what stands before the vendor's path, or with
    /// the whole path of one endpoint.
    ///
    /// # Errors
    /// If it is none.
    pub fn parse(url: &str) -> Result<Self, TargetError> {
        let wrong = || TargetError::Url(url.to_owned());
        let schemes = [
            ("ws://", false),
            ("http://", false),
            ("wss://", true),
            ("https://", true),
        ];
        let found = schemes
            .into_iter()
            .find_map(|(scheme, is_tls)| Some((url.strip_prefix(scheme)?, is_tls)));
        let (rest, is_tls) = found.ok_or_else(wrong)?;
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let is_odd = |c: char| c.is_whitespace() || c.is_control() || c == '@' || c == '#';
        if authority.is_empty() || url.contains(is_odd) || url.contains('?') {
            return Err(wrong());
        }
        let has_port = authority
            .rsplit_once(':')
            .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let address = match has_port {
            true => authority.to_owned(),
            false if is_tls => format!("{authority}:443"),
            false => format!("{authority}:80"),
        };
        let head = RequestHead {
            path: path.to_owned(),
            ..RequestHead::default()
        };
        let served = match registry::route(&head) {
            Route::Served(endpoint) => Some((path.to_owned(), endpoint.name)),
            Route::Near(..) | Route::Nowhere => None,
        };
        Ok(Self {
            authority: authority.to_owned(),
            address,
            is_tls,
            prefix: match served {
                Some(_) => String::new(),
                None => path.trim_end_matches('/').to_owned(),
            },
            path: served,
        })
    }

    /// The endpoint that the URL names by its path.
    #[must_use]
    pub fn endpoint(&self) -> Option<&'static str> {
        self.path.as_ref().map(|(_, endpoint)| *endpoint)
    }

    /// What the `Host` header says.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The path at which an endpoint is asked for, whose usual path is `usual`.
    #[must_use]
    pub fn path_of(&self, endpoint: &Endpoint, usual: &str) -> String {
        match &self.path {
            Some((path, named)) if *named == endpoint.name => path.clone(),
            _ => format!("{}{usual}", self.prefix),
        }
    }

    /// The path behind what stands before vendors' paths.
    #[must_use]
    pub fn behind_prefix(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// The URL as reports show it.
    #[must_use]
    pub fn shown(&self) -> String {
        let path = self.path.as_ref().map_or(&self.prefix, |(path, _)| path);
        let scheme = if self.is_tls { "wss" } else { "ws" };
        format!("{scheme}://{}{path}", self.authority)
    }

    /// Whether it stands for all hosts of a vendor: its address is no public one.
    #[must_use]
    pub fn is_local(&self) -> bool {
        let host = self.host();
        match host.parse::<IpAddr>() {
            Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_private(),
            Ok(IpAddr::V6(address)) => address.is_loopback(),
            Err(_) => !host.contains('.') || host.ends_with(".localhost"),
        }
    }

    /// The host alone.
    fn host(&self) -> &str {
        let (host, _) = self.address.rsplit_once(':').unwrap_or((&self.address, ""));
        host.trim_matches(['[', ']'])
    }

    /// Opens a connection.
    pub(crate) async fn reach(&self) -> Result<Link, TargetError> {
        let fail = |problem: String| TargetError::Unreachable {
            address: self.address.clone(),
            problem,
        };
        let connected = timeout(REACH, TcpStream::connect(&self.address)).await;
        let stream = connected
            .map_err(|_| fail("no answer within 10 s".to_owned()))?
            .map_err(|error| fail(error.to_string()))?;
        // Messages are small and answered one by one.
        stream
            .set_nodelay(true)
            .map_err(|error| fail(error.to_string()))?;
        if !self.is_tls {
            return Ok(Link::new(stream));
        }
        let name = ServerName::try_from(self.host().to_owned());
        let name = name.map_err(|error| TargetError::Tls(error.to_string()))?;
        let connector = TlsConnector::from(trust()?);
        let greeted = timeout(REACH, connector.connect(name, stream)).await;
        let stream = greeted
            .map_err(|_| fail("no answer to the TLS greeting within 10 s".to_owned()))?
            .map_err(|error| fail(format!("TLS: {error}")))?;
        Ok(Link::new(stream))
    }
}

/// What servers are believed: the system's authorities, or those of the file that
/// `SSL_CERT_FILE` names, as with most programs.
fn trust() -> Result<Arc<ClientConfig>, TargetError> {
    static TRUST: OnceLock<Result<Arc<ClientConfig>, String>> = OnceLock::new();
    let trust = TRUST.get_or_init(|| {
        let found = rustls_native_certs::load_native_certs();
        let mut roots = RootCertStore::empty();
        let (added, _) = roots.add_parsable_certificates(found.certs);
        if added == 0 {
            let why = found.errors.first().map(ToString::to_string);
            let why = why.unwrap_or_else(|| "the system has none".to_owned());
            return Err(format!(
                "no certificate authority is known ({why}); name a PEM file in SSL_CERT_FILE"
            ));
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?;
        Ok(Arc::new(
            config.with_root_certificates(roots).with_no_client_auth(),
        ))
    });
    trust.clone().map_err(TargetError::Tls)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_url_names_a_server_a_prefix_or_an_endpoint() {
        let endpoint = registry::endpoints().next().unwrap();
        let path = endpoint.paths[0].replace(['{', '}'], "");
        let server = Target::parse("ws://127.0.0.1:1/").unwrap();
        assert_eq!(server.path_of(endpoint, &path), path);
        let prefixed = Target::parse("ws://h:1/~lane=x").unwrap();
        assert_eq!(prefixed.path_of(endpoint, &path), format!("/~lane=x{path}"));
        let named = Target::parse(&format!("ws://h{path}")).unwrap();
        assert_eq!(named.endpoint(), Some(endpoint.name));
        assert_eq!(named.path_of(endpoint, "/other"), path);
    }

    #[rstest]
    #[case::no_scheme("127.0.0.1:7070")]
    #[case::nothing("ws://")]
    #[case::secret("ws://user:pass@h")]
    #[case::query("ws://h/?a=b")]
    fn what_is_no_url_is_refused(#[case] url: &str) {
        assert!(Target::parse(url).is_err());
    }
}
