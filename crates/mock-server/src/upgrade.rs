//! From a request head to a session, a refusal or the admin API.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http::header::{CONNECTION, HOST, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use http::{HeaderValue, Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use wire::endpoint::{Endpoint, Opening};
use wire::finding::Finding;
use wire::handshake::{PathMiss, Refusal, RequestHead, Welcome};
use wire::id::{Ids, seed_of};
use wire::registry::{self, Route};

use crate::admin;
use crate::body::Body;
use crate::journal::{Redactor, SessionInfo};
use crate::lane::Lane;
use crate::server::Shared;
use crate::side::{self, add_headers};

/// An HTTP answer.
pub(crate) type Answer = Response<Body>;

/// A session whose 101 is on its way.
pub(crate) struct Accepted {
    pub(crate) upgrade: OnUpgrade,
    pub(crate) endpoint: &'static Endpoint,
    pub(crate) opening: Opening,
    pub(crate) lane: Arc<Lane>,
    pub(crate) info: SessionInfo,
    pub(crate) redactor: Redactor,
    pub(crate) findings: Vec<Finding>,
}

/// Where the HTTP side leaves an accepted session for its connection to pick up.
pub(crate) type Handover = Arc<Mutex<Option<Accepted>>>;

/// Answers one request.
pub(crate) async fn answer(
    shared: Arc<Shared>,
    handover: Handover,
    is_local: bool,
    mut request: Request<Incoming>,
) -> Result<Answer, Infallible> {
    if request.uri().path().starts_with(admin::PREFIX) {
        return Ok(admin::answer(&shared, is_local, request).await);
    }
    // RFC 9112 3.2: a request of HTTP/1.1 says whom it is for.
    if request.version() >= Version::HTTP_11 && !request.headers().contains_key(HOST) {
        let detail = "the request has no Host header; send one";
        let problem = admin::Problem::new(StatusCode::BAD_REQUEST, "no Host", detail);
        return Ok(problem.into_answer());
    }
    let head = head_of(&request);
    let lane = shared.lane();
    if let Some(service) = registry::side(&head) {
        return Ok(side::answer(&shared, &lane, service, &head, request).await);
    }
    let connection = lane.connect();
    let seed = seed_of(shared.options.seed, &lane.name, connection);
    let mut ids = Ids::new(seed);
    let visit = Visit {
        shared: &shared,
        lane: &lane,
        connection,
        head: &head,
    };
    let endpoint = match registry::route(&head) {
        Route::Served(endpoint) => endpoint,
        Route::Near(vendor, endpoint, nearest) => {
            let knobs = shared.options.knobs_of(endpoint.name);
            let mut memory = crate::live::lock(&lane.memory);
            let mut admission = shared.admission(&knobs, &mut ids, &mut memory);
            let miss = PathMiss {
                nearest,
                clause: endpoint.table.order,
            };
            let refusal = (vendor.refuse_path)(&head, miss, &mut admission);
            tracing::warn!(
                path = Redactor::of(&head).text(&head.path),
                nearest,
                "no such path; did you mean the nearest served one?"
            );
            return Ok(visit.refuse(None, refusal));
        }
        Route::Nowhere => return Ok(visit.nowhere()),
    };
    let knobs = shared.options.knobs_of(endpoint.name);
    let admitted = {
        let mut memory = crate::live::lock(&lane.memory);
        (endpoint.admit)(&head, &mut shared.admission(&knobs, &mut ids, &mut memory))
    };
    let welcome = match admitted {
        Ok(welcome) => welcome,
        Err(refusal) => return Ok(visit.refuse(Some(endpoint), refusal)),
    };
    let Some(response) = switch(&request, &welcome) else {
        unreachable!("admission lets nothing but a well-formed upgrade through")
    };
    let redactor = Redactor::of(&head);
    let info = visit.info(Some(endpoint), StatusCode::SWITCHING_PROTOCOLS);
    let accepted = Accepted {
        upgrade: hyper::upgrade::on(&mut request),
        endpoint,
        opening: Opening {
            // The handshake has drawn from the same seed; sessions draw from another.
            seed: ids.bits(),
            knobs,
            head,
            grant: welcome.grant,
            can_encode: crate::speaker::can_encode,
        },
        lane,
        info,
        redactor,
        findings: welcome.findings,
    };
    *crate::live::lock(&handover) = Some(accepted);
    Ok(response)
}

/// One request at the door.
struct Visit<'v> {
    shared: &'v Shared,
    lane: &'v Lane,
    connection: u64,
    head: &'v RequestHead,
}

impl Visit<'_> {
    fn info(&self, endpoint: Option<&'static Endpoint>, status: StatusCode) -> SessionInfo {
        SessionInfo {
            lane: self.lane.name.clone(),
            connection: self.connection,
            endpoint,
            status: status.as_u16(),
            request: match &self.head.query {
                Some(query) => format!("{} {}?{query}", self.head.method, self.head.path),
                None => format!("{} {}", self.head.method, self.head.path),
            },
        }
    }

    fn refuse(&self, endpoint: Option<&'static Endpoint>, refusal: Refusal) -> Answer {
        let status =
            StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self.record(endpoint, status, Some(refusal.finding));
        let mut response = Response::new(Body::from(refusal.body));
        *response.status_mut() = status;
        add_headers(&mut response, &refusal.headers);
        response
    }

    /// The answer to a path that is near nothing.
    fn nowhere(&self) -> Answer {
        self.record(None, StatusCode::NOT_FOUND, None);
        let path = Redactor::of(self.head).text(&self.head.path);
        tracing::warn!(path, "no such path, and none like it is served");
        let served: Vec<_> = registry::endpoints()
            .map(|endpoint| serde_json::json!({"name": endpoint.name, "paths": endpoint.paths}))
            .collect();
        let problem = admin::Problem::new(
            StatusCode::NOT_FOUND,
            "no such path",
            format!("nothing is served at {path}; `endpoints` lists what is"),
        );
        problem.with("endpoints", served.into()).into_answer()
    }

    fn record(
        &self,
        endpoint: Option<&'static Endpoint>,
        status: StatusCode,
        finding: Option<Finding>,
    ) {
        let info = self.info(endpoint, status);
        let recorder = self.shared.journal.open(info, Redactor::of(self.head));
        if let Some(finding) = finding {
            recorder.write(|record| record.find(Some(0), finding));
        }
        recorder.write(|record| crate::server::log_session(record, status.as_u16(), None));
    }
}

/// The request's head as `wire` knows it.
fn head_of(request: &Request<Incoming>) -> RequestHead {
    // RFC 9110 7.8: an Upgrade in an HTTP/1.0 request counts for nothing.
    let ignores_upgrade = request.version() < Version::HTTP_11;
    let headers = request.headers().iter();
    let headers = headers.filter(|(name, _)| !(ignores_upgrade && *name == UPGRADE));
    let headers = headers.map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    RequestHead {
        method: request.method().as_str().to_owned(),
        path: request.uri().path().to_owned(),
        query: request.uri().query().map(str::to_owned),
        headers: headers.collect(),
    }
}

/// The 101 of RFC 6455, with the vendor's headers.
fn switch(request: &Request<Incoming>, welcome: &Welcome) -> Option<Answer> {
    let key = request.headers().get(SEC_WEBSOCKET_KEY)?.to_str().ok()?;
    let accept = wire::ws::accept_key(key.trim());
    let mut response = Response::new(Body::default());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, HeaderValue::from_str(&accept).ok()?);
    add_headers(&mut response, &welcome.headers);
    Some(response)
}
