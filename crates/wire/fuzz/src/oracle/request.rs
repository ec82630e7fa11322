//! The HTTP request that comes before everything else: to open a session, to sign in, or for something that
//! nobody serves.
//!
//! ```text
//! n knobs, 0x08 strict · n × (which · value) · method SP path[?query] LF (name: value LF)… LF body
//! ```
//! Whatever the bytes are, they are a request, with what no HTTP parser lets through left out.

use bytes::Bytes;
use wire::credentials::{self, Check, Claims, Configured, Credentials, Form, Secret};
use wire::dialect::Denial;
use wire::endpoint::Endpoint;
use wire::handshake::{Admission, PathMiss, RequestHead};
use wire::id::Ids;
use wire::json;
use wire::knob::Knobs;
use wire::memory::Memory;
use wire::registry::{self, Route};
use wire::side::{Answer, Request, Service};

use super::cost::{COMPRESSOR, FLAT, bounded};
use super::mutate::{Chance, Plain, rearrange};
use super::walk::{Walk, knobs_of, planned};

/// A request, and what the server that gets it was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Knobs and their values, by number.
    pub knobs: Vec<(u8, u8)>,
    /// Whether credentials are looked at.
    pub strict: bool,
    /// The head as lines: the first, and the headers.
    pub lines: Vec<String>,
    /// What stands behind the head.
    pub body: Bytes,
}

impl Asked {
    /// Reads a request; any bytes are one.
    pub fn decode(bytes: &[u8]) -> Self {
        let (first, mut rest) = bytes.split_first().unwrap_or((&0, &[]));
        let mut asked = Self {
            strict: first & STRICT != 0,
            ..Self::default()
        };
        for _ in 0..first & MOST_KNOBS {
            let Some((pair, behind)) = rest.split_at_checked(2) else {
                break;
            };
            asked.knobs.push((pair[0], pair[1]));
            rest = behind;
        }
        let end = rest.windows(2).position(|it| it == b"\n\n");
        let (head, body) = rest.split_at(end.unwrap_or(rest.len()));
        let head = String::from_utf8_lossy(head);
        asked.lines = head.split('\n').map(str::to_owned).collect();
        asked.body = Bytes::copy_from_slice(body.get(2..).unwrap_or_default());
        asked
    }

    /// The bytes of the request.
    pub fn encode(&self) -> Vec<u8> {
        let knobs = &self.knobs[..self.knobs.len().min(usize::from(MOST_KNOBS))];
        let strict = if self.strict { STRICT } else { 0 };
        let mut bytes = vec![u8::try_from(knobs.len()).unwrap_or(MOST_KNOBS) | strict];
        bytes.extend(knobs.iter().flat_map(|(which, value)| [*which, *value]));
        bytes.extend(self.lines.join("\n").bytes());
        bytes.extend(b"\n\n");
        bytes.extend(&self.body);
        bytes
    }

    /// The head, without what no parser lets through.
    fn head(&self) -> RequestHead {
        let mut lines = self.lines.iter();
        let target = lines.next().map_or("", String::as_str);
        let (method, target) = target.split_once(' ').unwrap_or(("GET", target));
        let target: String = target.chars().filter(|it| !is_blank(*it)).collect();
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path.to_owned(), Some(query.to_owned())),
            None => (target, None),
        };
        let headers = lines.filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            let is_name = |it: char| it.is_ascii_alphanumeric() || "-_.!#$%&'*+^`|~".contains(it);
            let value = value.trim_matches([' ', '\t']);
            let is_value = |it: char| it == '\t' || !it.is_ascii_control();
            (!name.is_empty() && name.chars().all(is_name) && value.chars().all(is_value))
                .then(|| (name.to_owned(), value.to_owned()))
        });
        RequestHead {
            method: method.chars().filter(char::is_ascii_alphabetic).collect(),
            path,
            query,
            headers: headers.collect(),
        }
    }
}

fn is_blank(it: char) -> bool {
    it.is_whitespace() || it.is_control()
}

/// Sends it to everything that could answer it, within bounds.
pub fn check(asked: &Asked) {
    let head = asked.head();
    let size = |(name, value): &(String, String)| name.len() + value.len();
    let text = head.path.len() + head.query.as_ref().map_or(0, String::len);
    let weight = text + head.headers.iter().map(size).sum::<usize>() + asked.body.len();
    let weight = TWICE * weight as u64;
    let asks = |what: &str, act: &dyn Fn()| bounded(what, weight, FLAT + COMPRESSOR, act);
    let (route, side) = (registry::route(&head), registry::side(&head));
    let vendor = match (side, route) {
        (Some(service), _) => registry::vendor_of(service.endpoint),
        (None, Route::Served(endpoint)) => registry::vendor_of(endpoint),
        (None, Route::Near(vendor, ..)) => Some(vendor),
        (None, Route::Nowhere) => None,
    };
    let known = known(vendor.map_or("", |it| it.name), asked);
    asks("route", &|| match route {
        Route::Served(endpoint) => admit(endpoint, asked, &head, &known),
        Route::Near(vendor, endpoint, nearest) => {
            let clause = endpoint.clauses[0];
            let miss = PathMiss { nearest, clause };
            let refuse =
                |admission: &mut Admission<'_>| (vendor.refuse_path)(&head, miss, admission);
            let refusal = twice(endpoint, asked, &head, &known, refuse);
            assert!((400..600).contains(&refusal.status), "{refusal:?}");
            is_clean(&refusal.headers, Some(&refusal.body));
        }
        Route::Nowhere => {}
    });
    if let Some(service) = side {
        asks("side", &|| beside(service, asked, &head, &known));
    }
    // A fault refuses in the words of whichever endpoint it is.
    let which = head.path.len() % registry::endpoints().count();
    for endpoint in registry::endpoints().skip(which).take(1) {
        asks(endpoint.name, &|| deny(endpoint, &head));
    }
    asks("selectors", &|| {
        for (_, value) in &head.headers {
            let _ = credentials::selector_in(value);
            let _ = credentials::blank_issued(value, |_| "***".to_owned());
        }
    });
}

/// A handshake at an endpoint's path: refused in its words, or let in, which opens a session.
fn admit(endpoint: &'static Endpoint, asked: &Asked, head: &RequestHead, known: &Credentials) {
    let outcome = twice(endpoint, asked, head, known, |it| {
        (endpoint.admit)(head, it)
    });
    match outcome {
        Err(refusal) => {
            assert!((400..600).contains(&refusal.status), "{refusal:?}");
            is_clean(&refusal.headers, Some(&refusal.body));
        }
        Ok(welcome) => {
            assert_eq!(head.upgrade_problem(), None, "let in without an upgrade");
            is_clean(&welcome.headers, None);
            let mut walk = Walk::open(endpoint, knobs(endpoint, asked), head.clone(), true);
            walk.settle();
        }
    }
    // Where credentials are looked at and there are none, nobody gets in.
    let nobody = Credentials {
        check: Check::Strict,
        ..Credentials::default()
    };
    let outcome = admission(&knobs(endpoint, asked), &nobody, head, |it| {
        (endpoint.admit)(head, it)
    });
    assert!(outcome.is_err(), "let in by nobody");
}

fn beside(service: &Service, asked: &Asked, head: &RequestHead, known: &Credentials) {
    let request = Request {
        head,
        body: &asked.body,
        can_encode: |_| true,
    };
    let knobs = knobs(service.endpoint, asked);
    let answer = || admission(&knobs, known, head, |it| (service.answer)(&request, it));
    match (answer(), answer()) {
        (Answer::Now(response), Answer::Now(again)) => {
            assert_eq!(response, again, "another time, something else");
            is_clean(&response.headers, Some(&response.body));
        }
        (Answer::Stream(response, speech), Answer::Stream(again, _)) => {
            assert_eq!(response, again, "another time, something else");
            is_clean(&response.headers, None);
            assert!(!speech.units.is_empty(), "nothing to say");
        }
        (Answer::Collect(speech, mut wrap), Answer::Collect(..)) => {
            let response = wrap.planned(planned(&speech));
            let response = response.unwrap_or_else(|| wrap.done(&[1, 2, 3]));
            is_clean(&response.headers, Some(&response.body));
        }
        (one, other) => panic!("{one:?}, another time {other:?}"),
    }
}

fn deny(endpoint: &Endpoint, head: &RequestHead) {
    let _ = (endpoint.dialect.signed_at)(head);
    for denial in [
        Denial::Status(401),
        Denial::Status(404),
        Denial::Status(426),
        Denial::WrongPath,
        Denial::ClockSkew,
        Denial::Opaque,
    ] {
        let denied = (endpoint.dialect.refuse)(denial, head, &mut Ids::new(7));
        assert!((400..600).contains(&denied.status), "{denied:?}");
        is_clean(&denied.headers, Some(&denied.body));
    }
}

/// The headers can be sent, and a body is what its type says.
fn is_clean(headers: &[(&'static str, String)], body: Option<&str>) {
    for (name, value) in headers {
        let is_text = value.bytes().all(|it| (b' '..=b'~').contains(&it));
        assert!(is_text, "{name}: {value:?}");
    }
    let content = headers.iter().find(|(name, _)| *name == "Content-Type");
    if let (Some((_, content)), Some(body)) = (content, body)
        && content.starts_with("application/json")
        && !body.is_empty()
    {
        assert!(json::parse(body).is_ok(), "{body}");
    }
}

/// What comes of it, which is the same another time.
fn twice<T: PartialEq + std::fmt::Debug>(
    endpoint: &Endpoint,
    asked: &Asked,
    head: &RequestHead,
    known: &Credentials,
    act: impl Fn(&mut Admission<'_>) -> T,
) -> T {
    let knobs = knobs(endpoint, asked);
    let once = admission(&knobs, known, head, &act);
    let again = admission(&knobs, known, head, &act);
    assert_eq!(once, again, "another time, something else");
    once
}

fn admission<T>(
    knobs: &Knobs,
    credentials: &Credentials,
    head: &RequestHead,
    act: impl Fn(&mut Admission<'_>) -> T,
) -> T {
    act(&mut Admission {
        knobs,
        ids: &mut Ids::new(7),
        credentials,
        memory: &mut Memory::new(),
        sent: Some(head),
        now_ms: NOW_MS,
    })
}

fn knobs(endpoint: &Endpoint, asked: &Asked) -> Knobs {
    let choices = asked.knobs.iter();
    knobs_of(
        endpoint,
        choices.map(|(which, value)| ((*which).into(), (*value).into())),
    )
}

/// Everybody who is known of a vendor.
fn known(vendor: &str, asked: &Asked) -> Credentials {
    let secrets = [
        Secret::Token("token".to_owned()),
        Secret::ApiKey("key".to_owned()),
        Secret::KeyPair {
            access_key: "access".to_owned(),
            secret_key: "secret".to_owned(),
        },
        Secret::Login {
            user: "user".to_owned(),
            password: "password".to_owned(),
            domain: None,
        },
        Secret::App {
            appid: "app".to_owned(),
            access_token: "token".to_owned(),
        },
    ];
    let configured = secrets.map(|secret| Configured {
        vendor: vendor.to_owned(),
        secret,
        project: None,
        cluster: None,
        ttl_s: None,
        revoke_after_s: None,
    });
    Credentials {
        check: if asked.strict {
            Check::Strict
        } else {
            Check::Any
        },
        configured: configured.to_vec(),
        seed: SEED,
        began_s: NOW_MS / 1000 - 60,
    }
}

/// Changes a knob, a line, the order of lines, or the body.
pub fn change(bytes: &[u8], chance: &mut Chance, plain: &mut Plain<'_>) -> Vec<u8> {
    let mut asked = Asked::decode(bytes);
    let byte = |chance: &mut Chance| u8::try_from(chance.below(256)).unwrap_or(0);
    match chance.below(8) {
        0 => asked.strict = !asked.strict,
        1 if chance.below(3) == 0 => drop(asked.knobs.pop()),
        1 => asked.knobs.push((byte(chance), byte(chance))),
        2 => rearrange(&mut asked.lines, chance),
        3 => {
            let mut body = asked.body.to_vec();
            body = super::mutate::json(&body, MOST_BODY, chance, plain);
            asked.body = body.into();
        }
        4 => {
            let line = LINES[chance.below(LINES.len())];
            let at = chance.below(asked.lines.len()) + 1;
            asked
                .lines
                .insert(at.min(asked.lines.len()), line.to_owned());
        }
        _ => {
            let at = chance.below(asked.lines.len());
            let mut line = std::mem::take(&mut asked.lines[at]).into_bytes();
            let longest = line.len() + 64;
            plain(&mut line, longest);
            let line = String::from_utf8_lossy(&line).replace('\n', " ");
            asked.lines[at] = line;
        }
    }
    asked.encode()
}

/// A request to every path that is served, to be let in and not.
pub fn seeds() -> Vec<Vec<u8>> {
    let endpoints = registry::endpoints().flat_map(|it| it.paths);
    let sides = registry::VENDORS.iter().flat_map(|it| it.side);
    let paths = endpoints.chain(sides.flat_map(|it| it.paths));
    let mut seeds = Vec::new();
    for path in paths {
        let mut segments = path
            .split('/')
            .map(|it| if it.starts_with('{') { "x" } else { it });
        let path = segments.by_ref().collect::<Vec<_>>().join("/");
        for line in CREDENTIALS {
            for strict in [false, true] {
                let upgrade = UPGRADE.iter().chain([&line]).map(|it| (*it).to_owned());
                let first = format!("GET {path}?voice=x&access_token=token");
                seeds.push(Asked {
                    strict,
                    lines: std::iter::once(first).chain(upgrade).collect(),
                    ..Asked::default()
                });
                let plain = ["Content-Type: application/json", line];
                let first = format!("POST {path}");
                seeds.push(Asked {
                    strict,
                    lines: std::iter::once(first)
                        .chain(plain.map(str::to_owned))
                        .collect(),
                    body: Bytes::from_static(BODY.as_bytes()),
                    ..Asked::default()
                });
            }
        }
    }
    seeds.extend(registry::endpoints().flat_map(issued));
    seeds.iter().map(Asked::encode).collect()
}

/// Handshakes with tokens that were issued: good ones, one that has run out, one for nobody.
fn issued(endpoint: &'static Endpoint) -> Vec<Asked> {
    let now_s = NOW_MS / 1000;
    let claims = |credential, expires_s, selector: Option<&str>| Claims {
        vendor: registry::vendor_of(endpoint).map_or_else(String::new, |it| it.name.to_owned()),
        credential,
        issued_s: now_s - 10,
        expires_s,
        selector: selector.map(str::to_owned),
        ..Claims::default()
    };
    let tokens = [
        claims(Some(0), now_s + 60, None).issue(Form::Jwt, SEED),
        claims(Some(1), now_s + 60, Some("seed=1")).issue(Form::Opaque, SEED),
        claims(Some(3), now_s - 1, Some("seed=1")).issue(Form::Jwt, SEED),
        claims(None, now_s + 60, None).issue(Form::Opaque, SEED),
    ];
    let ask = |line: String| {
        let first = format!("GET {}", endpoint.paths[0].replace(['{', '}'], ""));
        let upgrade = UPGRADE.iter().map(|it| (*it).to_owned());
        let lines = std::iter::once(first).chain(upgrade);
        Asked {
            strict: true,
            lines: lines.chain([line]).collect(),
            ..Asked::default()
        }
    };
    let carriers = [
        "Authorization: Bearer ",
        "Authorization: Bearer;",
        "X-Auth-Token: ",
    ];
    let lines = carriers.map(|carrier| tokens.clone().map(|token| format!("{carrier}{token}")));
    lines.into_iter().flatten().map(ask).collect()
}

/// A mask of the first byte, and the bit behind it.
const MOST_KNOBS: u8 = 0x07;
const STRICT: u8 = 0x08;
/// 2026-01-01T00:00:00Z.
const NOW_MS: u64 = 1_767_225_600_000;
/// Of the key that issued tokens are signed with.
const SEED: u64 = 7;
const MOST_BODY: usize = 4096;
/// Everything is done twice, to see that it comes out the same.
const TWICE: u64 = 2;

const UPGRADE: [&str; 6] = [
    "Host: localhost",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "X-Sdk-Date: 20260101T000000Z",
];

const CREDENTIALS: [&str; 6] = [
    "Authorization: Bearer token",
    "Authorization: Bearer;token",
    "Authorization: Basic dXNlcjpwYXNzd29yZA==",
    "X-Auth-Token: token",
    "Authorization: SDK-HMAC-SHA256 Access=access, SignedHeaders=host;x-sdk-date, Signature=00",
    "X-Unrelated: 1",
];

/// Lines that are put in.
const LINES: &[&str] = &[
    "X-Sdk-Date: 20260101T000000Z",
    "X-Sdk-Content-Sha256: 00",
    "Authorization: Basic YXBpa2V5OmtleQ==",
    "Authorization: Bearer mynah:scenario=half-open",
    "X-Project-Id: x",
    "Origin: https://example.com",
    "Host: example.com",
    "Sec-WebSocket-Protocol: a, b",
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=9",
    "X-Global-Transaction-Id: 0",
    "Content-Type: application/x-www-form-urlencoded",
    "Accept: audio/wav;rate=8000",
    "Expect: 100-continue",
];

/// What is said to each service that wants to be told something: a login, a key, a text.
const BODY: &str = concat!(
    r#"{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"user","password":"password","#,
    r#""domain":{"name":"x"}}}},"scope":{"project":{"name":"x"}}},"apikey":"key","text":"one two","#,
    r#""app":{"appid":"app","token":"token","cluster":"x"},"user":{"uid":"1"},"audio":{"voice_type":"x","#,
    r#""encoding":"pcm"},"request":{"reqid":"r","text":"one two","operation":"query"}}"#
);
