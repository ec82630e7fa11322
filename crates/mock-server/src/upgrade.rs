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

use self::gates::Passage;
use crate::admin;
use crate::body::Body;
use crate::extension::Extension;
use crate::fault::{OrderError, Plan};
use crate::journal::{Recorder, Redactor, SessionInfo};
use crate::lane::{self, Lane};
use crate::scenario::ScenarioError;
use crate::selector::{self, Chosen, SelectorError};
use crate::server::Shared;
use crate::side::{self, Door, add_headers};
use crate::tap::Overheard;

/// An HTTP answer.
pub(crate) type Answer = Response<Body>;

/// A session whose 101 is on its way.
pub(crate) struct Accepted {
    pub(crate) upgrade: OnUpgrade,
    pub(crate) endpoint: &'static Endpoint,
    pub(crate) opening: Opening,
    pub(crate) lane: Arc<Lane>,
    pub(crate) chosen: Option<Box<Chosen>>,
    pub(crate) plan: Plan,
    pub(crate) connection: u64,
    pub(crate) info: SessionInfo,
    pub(crate) redactor: Redactor,
    pub(crate) findings: Vec<Finding>,
    pub(crate) extension: Option<Extension>,
}

/// Where the HTTP side leaves an accepted session for its connection to pick up.
pub(crate) type Handover = Arc<Mutex<Option<Accepted>>>;

/// Answers one request.
pub(crate) async fn answer(
    shared: Arc<Shared>,
    handover: Handover,
    overheard: Overheard,
    is_local: bool,
    mut request: Request<Incoming>,
) -> Result<Answer, Infallible> {
    if request.uri().path().starts_with(admin::PREFIX) {
        // Boxed, so that no vendor's request carries its memory along.
        return Ok(Box::pin(admin::answer(&shared, is_local, request)).await);
    }
    // RFC 9112 3.2: a request of HTTP/1.1 says whom it is for.
    if request.version() >= Version::HTTP_11 && !request.headers().contains_key(HOST) {
        let detail = "the request has no Host header; send one";
        let problem = admin::Problem::new(StatusCode::BAD_REQUEST, "no Host", detail);
        return Ok(problem.into_answer());
    }
    let mut head = head_of(&request);
    let (asked, redactor) = (asked(&head), Redactor::of(&head));
    let (chosen, sent) = selector::take(&mut head);
    let sent = sent.as_ref().unwrap_or(&head);
    let choice = chosen.whole();
    let name = choice.lane.as_deref().unwrap_or(lane::DEFAULT);
    let lane = match shared.lanes.enter(name) {
        Ok(lane) => lane,
        Err(error) => return Ok(busy(&error)),
    };
    let rule = lane.rule();
    if chosen.error.is_none()
        && let Some(service) = registry::side(&head)
    {
        let scenario = choice.scenario.or(rule.scenario);
        let door = Door {
            shared: &shared,
            lane: &lane,
            seed: choice.seed.or(rule.seed).unwrap_or(shared.options.seed),
            asked,
            redactor,
            scenario,
            sent,
            head: &head,
        };
        return Ok(side::answer(door, &overheard, service, request).await);
    }
    let connection = lane.connect(shared.clock.now());
    let seed = choice.seed.or(rule.seed).unwrap_or(shared.options.seed);
    let mut ids = Ids::new(seed_of(seed, &lane.name, connection));
    let scenario = choice.scenario.or(rule.scenario);
    let scenario = scenario.or_else(|| shared.options.scenario.clone());
    let visit = Visit {
        shared: &shared,
        lane: &lane,
        connection,
        asked,
        redactor,
        scenario: scenario.clone(),
        overheard: &overheard,
        head: &head,
    };
    if let Some(error) = &chosen.error {
        return Ok(visit.misdirected(error));
    }
    let endpoint = match registry::route(&head) {
        Route::Served(endpoint) => endpoint,
        Route::Near(vendor, endpoint, nearest) => {
            let knobs = shared.options.knobs_of(endpoint.name);
            let mut memory = crate::lock::lock(&lane.memory);
            let mut admission = shared.admission(&knobs, &mut ids, &mut memory, sent);
            let miss = PathMiss {
                nearest,
                clause: endpoint.table.order,
            };
            let refusal = (vendor.refuse_path)(&head, miss, &mut admission);
            tracing::warn!(
                path = visit.redactor.text(&head.path),
                nearest,
                "no such path; did you mean the nearest served one?"
            );
            return Ok(visit.refuse(None, refusal));
        }
        Route::Nowhere => return Ok(visit.nowhere()),
    };
    let scenario = match scenario.map(|text| shared.library.find(&text)).transpose() {
        Ok(scenario) => scenario.unwrap_or_default(),
        Err(error) => return Ok(visit.bad_selector(Some(endpoint), &error.into())),
    };
    lane.expect(&scenario);
    let orders = scenario.orders();
    let mut plan = match Plan::new(orders, endpoint, &lane, connection, seed) {
        Ok(plan) => plan,
        Err(error) => return Ok(visit.misplaced(endpoint, error)),
    };
    let deflate = compression::take(&mut plan);
    let ahead_ms = match gates::pass(&visit, endpoint, &mut plan, &mut ids).await {
        Passage::Through { ahead_ms } => ahead_ms,
        Passage::Refused(answer) => return Ok(answer),
    };
    let mut knobs = shared.options.knobs_of(endpoint.name);
    if let Some(turned) = scenario.knobs_of(endpoint.name) {
        knobs.turn(turned);
    }
    let admitted = {
        let mut memory = crate::lock::lock(&lane.memory);
        let mut admission = shared.admission(&knobs, &mut ids, &mut memory, sent);
        admission.now_ms += ahead_ms;
        (endpoint.admit)(&head, &mut admission)
    };
    let welcome = match admitted {
        Ok(welcome) => welcome,
        Err(refusal) => return Ok(visit.refuse(Some((endpoint, &plan)), refusal)),
    };
    let Some(mut response) = switch(&request, &welcome) else {
        unreachable!("admission lets nothing but a well-formed upgrade through")
    };
    gates::dress(&visit, &mut plan, &mut response);
    let extension = compression::agree(&visit, deflate, &mut plan, &mut response);
    let info = visit.info(Some(endpoint), StatusCode::SWITCHING_PROTOCOLS);
    let redactor = visit.redactor;
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
        chosen: chosen.kept(),
        plan,
        connection,
        info,
        redactor,
        findings: welcome.findings,
        extension,
    };
    *crate::lock::lock(&handover) = Some(accepted);
    Ok(response)
}

/// One request at the door.
struct Visit<'v> {
    shared: &'v Shared,
    lane: &'v Arc<Lane>,
    connection: u64,
    /// The request as it was sent.
    asked: String,
    redactor: Redactor,
    scenario: Option<String>,
    overheard: &'v Overheard,
    /// The request as the vendor sees it.
    head: &'v RequestHead,
}

impl Visit<'_> {
    fn info(&self, endpoint: Option<&'static Endpoint>, status: StatusCode) -> SessionInfo {
        SessionInfo {
            lane: self.lane.name.clone(),
            connection: self.connection,
            endpoint,
            status: status.as_u16(),
            request: self.asked.clone(),
            scenario: self.scenario.clone(),
        }
    }

    /// Refuses in the vendor's words, at an endpoint after what faults have done so far.
    fn refuse(&self, at: Option<(&'static Endpoint, &Plan)>, refusal: Refusal) -> Answer {
        let status =
            StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self.record_with(at.map(|(endpoint, _)| endpoint), status, |recorder| {
            if let Some((_, plan)) = at {
                note_faults(recorder, plan);
            }
            recorder.find(Some(0), refusal.finding);
        });
        let mut response = Response::new(Body::from(refusal.body));
        *response.status_mut() = status;
        add_headers(&mut response, &refusal.headers);
        response
    }

    /// The answer to a path that is near nothing.
    fn nowhere(&self) -> Answer {
        self.record_with(None, StatusCode::NOT_FOUND, |_| {});
        let path = self.redactor.text(&self.head.path);
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

    /// The answer to a fault that makes no sense here.
    fn misplaced(&self, endpoint: &'static Endpoint, error: OrderError) -> Answer {
        self.bad_selector(Some(endpoint), &ScenarioError::from(error).into())
    }

    /// The answer to a selector that cannot be followed.
    fn misdirected(&self, error: &SelectorError) -> Answer {
        self.bad_selector(None, error)
    }

    fn bad_selector(&self, endpoint: Option<&'static Endpoint>, error: &SelectorError) -> Answer {
        self.record_with(endpoint, StatusCode::BAD_REQUEST, |_| {});
        let known = match error {
            SelectorError::Scenario(_) => self.shared.library.names(),
            _ => selector::KEYS.map(str::to_owned).to_vec(),
        };
        let detail = self.redactor.text(&error.to_string());
        admin::Problem::new(StatusCode::BAD_REQUEST, "bad selector", detail)
            .with("known", serde_json::json!(known))
            .into_answer()
    }

    /// Records a handshake that a fault has refused.
    fn record_faulty(&self, endpoint: &'static Endpoint, status: StatusCode, plan: &Plan) {
        self.record_with(Some(endpoint), status, |recorder| {
            note_faults(recorder, plan);
        });
    }

    fn record_with(
        &self,
        endpoint: Option<&'static Endpoint>,
        status: StatusCode,
        note: impl FnOnce(&Recorder<'_>),
    ) {
        let info = self.info(endpoint, status);
        let lane = Arc::clone(self.lane);
        let journal = &self.shared.journal;
        let recorder = journal.open(info, self.redactor.clone(), lane);
        self.overheard.give_to(recorder.record());
        note(&recorder);
        crate::server::conclude(self.shared, &recorder, None);
    }
}

/// Notes what has become of the faults of a plan so far.
fn note_faults(recorder: &Recorder<'_>, plan: &Plan) {
    let notes = plan.notes.clone();
    recorder.write(|record| record.faults.arm(notes, &plan.fired));
}

/// The answer when there is no lane left.
fn busy(error: &lane::NoLaneLeft) -> Answer {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    admin::Problem::new(status, "too many lanes", error.to_string()).into_answer()
}

/// The request line as it was sent.
fn asked(head: &RequestHead) -> String {
    match &head.query {
        Some(query) => format!("{} {}?{query}", head.method, head.path),
        None => format!("{} {}", head.method, head.path),
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

mod compression;
mod gates;
