//! What requests say: query parameters and JSON bodies, in which nothing unknown may stand.

use std::time::Duration;

use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use serde_json::{Map, Value};
use tokio::time::timeout;
use wire::handshake::percent_decode;

use super::problem::Problem;
use crate::lane;

/// How many items a list has if nobody says.
const LIMIT: usize = 1000;

/// How large a body may be.
const BODY: usize = 1 << 20;

/// The query's pairs, if all of them are `known` and none comes twice.
pub(super) fn read<B>(
    request: &Request<B>,
    known: &[&str],
) -> Result<Vec<(String, String)>, Problem> {
    let query = request.uri().query().unwrap_or_default();
    let mut pairs: Vec<(String, String)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = percent_decode(name);
        if !known.contains(&name.as_str()) {
            return Err(bad_query(unknown(&name, known)));
        }
        if pairs.iter().any(|(given, _)| *given == name) {
            return Err(bad_query(format!("{name} is given twice")));
        }
        pairs.push((name, percent_decode(value)));
    }
    Ok(pairs)
}

/// The members of a JSON body, if it comes in time and all of them are `known`.
pub(super) async fn body(
    request: Request<Incoming>,
    known: &[&str],
    time: Duration,
) -> Result<Map<String, Value>, Problem> {
    let body = timeout(time, Limited::new(request.into_body(), BODY).collect());
    let body = body.await.map_err(|_| {
        let detail = format!("the body was not there after {time:?}");
        Problem::new(StatusCode::REQUEST_TIMEOUT, "too slow", detail)
    })?;
    let body = body.map_err(|_| bad_body("the body is larger than 1 MiB, or incomplete"))?;
    let body: Value = serde_json::from_slice(&body.to_bytes())
        .map_err(|error| bad_body(&format!("the body is not JSON: {error}")))?;
    let Value::Object(members) = body else {
        return Err(bad_body("the body is not a JSON object"));
    };
    match members.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(bad_body(&unknown(key, known))),
        None => Ok(members),
    }
}

/// A whole number.
pub(super) fn number(name: &str, value: &str) -> Result<u64, Problem> {
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value.parse().ok().filter(|_| is_number);
    number.ok_or_else(|| {
        bad_query(format!(
            "{name} has to be a whole number from 0, not {value:?}"
        ))
    })
}

/// A whole number of a JSON body; 5.0 is one, too.
pub(super) fn whole(value: &Value) -> Option<u64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    value.as_u64().or_else(|| {
        let number = value.as_f64()?;
        let is_whole = number.fract() == 0.0 && (0.0..=EXACT).contains(&number);
        is_whole.then(|| format!("{number:.0}").parse().ok())?
    })
}

/// A lane's name.
pub(super) fn lane(name: &str) -> Result<String, Problem> {
    if lane::is_name(name) {
        return Ok(name.to_owned());
    }
    Err(Problem::new(
        StatusCode::BAD_REQUEST,
        "bad lane",
        format!("lane {name:?}: {}", lane::NAME_RULE),
    ))
}

/// A bad query parameter.
pub(super) fn bad_query(detail: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad query parameter", detail)
}

/// A bad body.
pub(super) fn bad_body(detail: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad body", detail)
}

fn unknown(name: &str, known: &[&str]) -> String {
    match known {
        [] => format!("{name:?} is unknown; there are none here"),
        known => format!("{name:?} is unknown; there are: {}", known.join(", ")),
    }
}

/// What a list is cut down to.
pub(super) struct Filter {
    pub(super) lane: Option<String>,
    pub(super) endpoint: Option<&'static str>,
    pub(super) limit: usize,
}

impl Filter {
    /// The filter of a request for a list.
    pub(super) fn of<B>(request: &Request<B>) -> Result<Self, Problem> {
        let mut filter = Self {
            lane: None,
            endpoint: None,
            limit: LIMIT,
        };
        for (name, value) in read(request, &["lane", "endpoint", "limit"])? {
            match name.as_str() {
                "lane" => filter.lane = Some(lane(&value)?),
                "endpoint" => filter.endpoint = Some(endpoint(&value)?),
                _ => {
                    filter.limit = usize::try_from(number("limit", &value)?).unwrap_or(usize::MAX);
                }
            }
        }
        Ok(filter)
    }

    /// The newest of a lane.
    pub(super) const fn of_lane(lane: Option<String>) -> Self {
        Self {
            lane,
            endpoint: None,
            limit: LIMIT,
        }
    }

    /// Whether something of this lane and endpoint is wanted.
    pub(super) fn admits(&self, lane: &str, endpoint: Option<&'static str>) -> bool {
        self.lane.as_deref().is_none_or(|wanted| wanted == lane)
            && (self.endpoint.is_none() || self.endpoint == endpoint)
    }
}

fn endpoint(name: &str) -> Result<&'static str, Problem> {
    wire::registry::find(name)
        .map(|endpoint| endpoint.name)
        .ok_or_else(|| {
            let known: Vec<&str> = wire::registry::endpoints().map(|e| e.name).collect();
            let known = known.join(", ");
            bad_query(format!("{name:?} is not served; there are: {known}"))
        })
}
