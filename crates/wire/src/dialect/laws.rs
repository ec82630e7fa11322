//! What holds of every dialect. Each vendor's tests hold their endpoints to it.

use std::collections::HashSet;

use bytes::Bytes;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{Denial, Deviation, Part, Retouch, Retouching};
use crate::credentials::Grant;
use crate::endpoint::{Endpoint, Opening};
use crate::handshake::RequestHead;
use crate::id::Ids;
use crate::json::parse;
use crate::knob::Knobs;
use crate::memory::Memory;
use crate::session::{Action, Data, Form, Session, Side, Turn};

/// Every deviation brings about a message or the end of a connection that has just been opened.
pub(crate) fn answers_every_deviation(endpoint: &Endpoint) {
    let mut all = vec![
        Deviation::Error(None),
        Deviation::Idle,
        Deviation::IdleError,
        Deviation::Expired,
        Deviation::Quota,
        Deviation::Untyped,
        Deviation::Unknown,
    ];
    let own = endpoint.dialect.own_faults.iter();
    all.extend(own.map(|fault| Deviation::Own(fault.name)));
    for deviation in all {
        let actions = deviate(endpoint, &deviation);
        let shows = actions.iter().any(|action| {
            matches!(
                action,
                Action::Send { .. } | Action::Close { .. } | Action::Abort
            )
        });
        assert!(shows, "{}: {deviation:?}", endpoint.name);
    }
}

/// What stays unnoticed by a client that lists messages leaves the session open.
pub(crate) fn goes_on_after_oddities(endpoint: &Endpoint) {
    for deviation in [Deviation::Untyped, Deviation::Unknown] {
        let actions = deviate(endpoint, &deviation);
        let [Action::Send { kind, data }] = &actions[..] else {
            panic!("{}: {deviation:?}: {actions:?}", endpoint.name);
        };
        let payload = [data.head.as_ref(), data.body.as_ref()].concat();
        let read = (endpoint.decode)(Side::Server, data.form, &payload.into());
        assert!(read.is_err(), "{}: {kind} is listed", endpoint.name);
    }
}

/// Every code of the list is an error that names it or differs from all others; others are none.
pub(crate) fn says_every_code(endpoint: &Endpoint) {
    let codes = (endpoint.dialect.error_codes)();
    assert!(!codes.is_empty(), "{}", endpoint.name);
    let mut seen = HashSet::new();
    for code in &codes {
        let actions = deviate(endpoint, &Deviation::Error(Some((*code).to_owned())));
        let said = actions.iter().find_map(|action| match action {
            Action::Send { kind, data } => Some((*kind, data)),
            _ => None,
        });
        let Some((kind, data)) = said else {
            panic!("{}: {code}: {actions:?}", endpoint.name);
        };
        let part = (endpoint.dialect.part)(Side::Server, kind, data);
        assert_eq!(part, Part::Error, "{}: {code}", endpoint.name);
        assert!(
            seen.insert(format!("{actions:?}")),
            "{}: {code} twice",
            endpoint.name
        );
    }
    let commonest = deviate(endpoint, &Deviation::Error(None));
    let first = deviate(endpoint, &Deviation::Error(Some(codes[0].to_owned())));
    assert_eq!(commonest, first, "{}", endpoint.name);
    for code in ["", "no such code"] {
        assert!(
            !session(endpoint).1.deviate(
                &Deviation::Error(Some(code.to_owned())),
                &mut Turn::new(&mut Memory::new())
            ),
            "{}: {code:?}",
            endpoint.name
        );
    }
}

/// Every status is refused with itself, and every denial with a body that is what it says.
pub(crate) fn refuses_with_every_status(endpoint: &Endpoint) {
    let statuses = (400..600).map(|status| (Denial::Status(status), status));
    let others = [
        (Denial::WrongPath, 0),
        (Denial::ClockSkew, 0),
        (Denial::Opaque, 400),
    ];
    for (denial, status) in statuses.chain(others) {
        let head = RequestHead::default();
        let denied = (endpoint.dialect.refuse)(denial, &head, &mut Ids::new(0));
        let again = (endpoint.dialect.refuse)(denial, &head, &mut Ids::new(0));
        assert_eq!(denied, again, "the same seed, the same refusal");
        if status != 0 {
            assert_eq!(denied.status, status, "{}", endpoint.name);
        }
        assert!((400..600).contains(&denied.status), "{denied:?}");
        let mut headers = denied.headers.iter();
        let content = headers.find(|(name, _)| *name == "Content-Type");
        let Some((_, content)) = content.filter(|_| !denied.body.is_empty()) else {
            panic!("{}: {denied:?}", endpoint.name);
        };
        let is_json = parse(&denied.body).is_ok();
        assert_eq!(
            is_json,
            content.starts_with("application/json"),
            "{denied:?}"
        );
    }
}

/// Every alteration of the list alters some of these messages of a session.
pub(crate) fn alters_some_message(endpoint: &Endpoint, messages: &[(&'static str, Data)]) {
    for retouching in endpoint.dialect.retouches {
        for how in retouches(*retouching) {
            let altered = messages.iter().any(|(kind, data)| {
                let altered = (endpoint.dialect.retouch)(how, kind, data, &mut Ids::new(0));
                altered.is_some_and(|altered| altered != *data)
            });
            assert!(altered, "{}: {how:?}", endpoint.name);
        }
    }
}

/// No bytes make an alteration panic, and what is not listed alters nothing that is text.
pub(crate) fn survives_any_bytes(endpoint: &Endpoint) {
    let bytes = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..64),
        "[{}\\[\\]\",:a0é ]{0,32}".prop_map(String::into_bytes),
        Just(br#"{"trace_id":1,"trace_id":[]}"#.to_vec()),
    ];
    let kinds: Vec<&'static str> = endpoint.table.rules.iter().map(|rule| rule.kind).collect();
    let kind = proptest::sample::select(kinds);
    let inputs = (
        bytes,
        kind,
        any::<prop::sample::Index>(),
        any::<bool>(),
        any::<i64>(),
    );
    let quiet = Config {
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(quiet)
        .run(&inputs, |(bytes, kind, split, is_text, by)| {
            let split = split.index(bytes.len() + 1);
            let data = Data {
                form: if is_text { Form::Text } else { Form::Binary },
                head: Bytes::copy_from_slice(&bytes[..split]),
                body: Bytes::copy_from_slice(&bytes[split..]),
            };
            let (dialect, mut ids) = (endpoint.dialect, Ids::new(0));
            for retouching in EVERY {
                for how in retouches(retouching) {
                    let how = match how {
                        Retouch::SizeLies(_) => Retouch::SizeLies(by),
                        Retouch::Truncated(_) => Retouch::Truncated(by.unsigned_abs()),
                        how => how,
                    };
                    let altered = (dialect.retouch)(how, kind, &data, &mut ids);
                    let is_listed = dialect.retouches.contains(&retouching);
                    prop_assert!(is_listed || altered.is_none(), "{how:?} is not listed");
                }
            }
            for how in [Retouch::WithoutAudio, Retouch::NotLast, Retouch::Grown(99)] {
                (dialect.retouch)(how, kind, &data, &mut ids);
            }
            for side in [Side::Client, Side::Server] {
                (dialect.part)(side, kind, &data);
            }
            Ok(())
        })
        .unwrap();
}

/// What a session that has just been opened does for a deviation.
fn deviate(endpoint: &Endpoint, deviation: &Deviation) -> Vec<Action> {
    let (mut memory, mut session) = session(endpoint);
    let mut turn = Turn::new(&mut memory);
    assert!(
        session.deviate(deviation, &mut turn),
        "{}: {deviation:?}",
        endpoint.name
    );
    turn.into_actions()
}

fn session(endpoint: &Endpoint) -> (Memory, Box<dyn Session>) {
    let mut session = (endpoint.open)(Opening {
        seed: 0,
        knobs: Knobs::new(),
        head: RequestHead::default(),
        grant: Grant::default(),
        can_encode: |_| true,
    });
    let mut memory = Memory::new();
    session.open(&mut Turn::new(&mut memory));
    (memory, session)
}

const EVERY: [Retouching; 8] = [
    Retouching::ExtraFields,
    Retouching::ForeignId,
    Retouching::MalformedJson,
    Retouching::NonObjectJson,
    Retouching::Gzip,
    Retouching::Sequence,
    Retouching::Framing,
    Retouching::Pages,
];

fn retouches(retouching: Retouching) -> Vec<Retouch> {
    match retouching {
        Retouching::ExtraFields => vec![Retouch::ExtraFields],
        Retouching::ForeignId => vec![Retouch::ForeignId],
        Retouching::MalformedJson => vec![Retouch::MalformedJson],
        Retouching::NonObjectJson => vec![Retouch::NonObjectJson],
        Retouching::Gzip => vec![
            Retouch::GzipFlagMismatch,
            Retouch::GzipErrorPayload,
            Retouch::GzipCorrupt,
            Retouch::BadGzipChecksum,
        ],
        Retouching::Sequence => vec![Retouch::BadSequence],
        Retouching::Framing => vec![Retouch::SizeLies(1), Retouch::Truncated(1)],
        Retouching::Pages => vec![Retouch::BadPageChecksum],
    }
}

#[test]
fn every_law_holds_of_every_endpoint() {
    for endpoint in crate::registry::endpoints() {
        answers_every_deviation(endpoint);
        says_every_code(endpoint);
        refuses_with_every_status(endpoint);
        survives_any_bytes(endpoint);
    }
}
