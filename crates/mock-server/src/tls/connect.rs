//! HTTP CONNECT: clients with hard-coded URLs come here as if through a proxy.
//!
//! The proxy connects nowhere. It stands for the hosts of its own certificate, and whatever is
//! asked of them it answers itself.

use std::sync::Mutex;

use http::{Request, StatusCode, Uri};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;

use super::names;
use crate::admin::Problem;
use crate::body::Body;
use crate::server::Shared;
use crate::upgrade::Answer;

/// How a request came here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hop {
    /// On a connection of its own.
    Direct,
    /// Through a tunnel.
    Tunnelled,
}

/// Answers a CONNECT; what runs through it is left in `tunnel`.
pub(crate) fn connect(
    shared: &Shared,
    hop: Hop,
    tunnel: &Mutex<Option<OnUpgrade>>,
    mut request: Request<Incoming>,
) -> Answer {
    match admit(shared, hop, request.uri()) {
        Ok(host) => {
            tracing::debug!(host, "a tunnel that ends here");
            *crate::lock::lock(tunnel) = Some(hyper::upgrade::on(&mut request));
            Answer::new(Body::default())
        }
        Err(problem) => problem.into_answer(),
    }
}

fn admit(shared: &Shared, hop: Hop, uri: &Uri) -> Result<String, Problem> {
    let refuse = |status, detail: String| Err(Problem::new(status, "no tunnel", detail));
    if !shared.options.connect_proxy {
        let detail = "this server is no proxy; start it with --connect-proxy";
        return refuse(StatusCode::FORBIDDEN, detail.to_owned());
    }
    if hop == Hop::Tunnelled {
        let detail = "this is the inside of a tunnel already; ask for the path itself";
        return refuse(StatusCode::FORBIDDEN, detail.to_owned());
    }
    let Some(host) = target(uri) else {
        let detail = format!("CONNECT takes a host and a port, such as localhost:443, not {uri}");
        return refuse(StatusCode::BAD_REQUEST, detail);
    };
    let known = match &shared.options.tls {
        Some(tls) => tls.names().to_vec(),
        None => names::all(&[]).unwrap_or_default(),
    };
    if known.contains(&host) {
        return Ok(host);
    }
    tracing::warn!(host, "refused a tunnel to a host that is not emulated");
    let detail = format!(
        "{host} is not emulated here, and this proxy connects nowhere else; leave it out with \
         NO_PROXY, or add it with --tls-name if it is to lead here"
    );
    let problem = Problem::new(StatusCode::FORBIDDEN, "no tunnel", detail);
    Err(problem.with("hosts", known.into()))
}

/// The host of `host:port`.
fn target(uri: &Uri) -> Option<String> {
    let authority = uri.authority()?;
    authority.port_u16().filter(|port| *port > 0)?;
    let host = names::plain(authority.host());
    (!host.is_empty() && !authority.as_str().contains('@')).then_some(host)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("localhost:443", Some("localhost"))]
    #[case("LocalHost.:443", Some("localhost"))]
    #[case("[::1]:8443", Some("::1"))]
    #[case("127.0.0.1:80", Some("127.0.0.1"))]
    #[case("localhost", None)]
    #[case("localhost:0", None)]
    #[case("localhost:x", None)]
    #[case("localhost:70000", None)]
    #[case("user@localhost:443", None)]
    #[case("/v1/synthesize", None)]
    fn a_target_is_a_host_and_a_port(#[case] text: &str, #[case] host: Option<&str>) {
        let uri: Option<Uri> = text.parse().ok();
        assert_eq!(uri.as_ref().and_then(target).as_deref(), host);
    }
}
