//! A whole session as bytes: which knobs are turned, and then what happens, step by step.
//!
//! ```text
//! n knobs, 0x08 with a query, 0x10 with a credential · n × (which · value)
//!          length(u8) · query              length(u8) · value of Authorization
//! step     0x00 text · 0x01 binary     length(u16 BE) · payload
//!          0x02 speak  0x03 hear · which   0x04 timer · which   0x05 broken · which
//!          0x06 deviate · which
//! ```
//! Whatever the bytes are, they are a session: what is missing at the end is 0, and a length that is too
//! large takes what there is.

use bytes::Bytes;
use wire::endpoint::Endpoint;
use wire::handshake::RequestHead;
use wire::session::Form;

use super::cost::{COMPRESSOR, FLAT, bounded, weight};
use super::walk::{Event, Walk, knobs_of};

/// The knobs that are turned, and what happens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// Knobs and their values, by number.
    pub knobs: Vec<(u8, u8)>,
    /// The query of the request that opens it.
    pub query: Option<String>,
    /// The `Authorization` of that request.
    pub credential: Option<String>,
    /// What happens, in order.
    pub events: Vec<Event>,
}

impl Script {
    /// Reads a script; any bytes are one.
    pub fn decode(bytes: &[u8]) -> Self {
        let mut bytes = bytes.iter().copied();
        let mut next = || bytes.next();
        let mut script = Self::default();
        let first = next().unwrap_or(0);
        for _ in 0..first & MOST_KNOBS {
            let (which, value) = (next().unwrap_or(0), next().unwrap_or(0));
            script.knobs.push((which, value));
        }
        for (bit, text) in [
            (QUERY, &mut script.query),
            (CREDENTIAL, &mut script.credential),
        ] {
            if first & bit != 0 {
                let length = next().unwrap_or(0);
                let bytes: Vec<u8> = (0..length).map_while(|_| next()).collect();
                *text = Some(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        while let Some(step) = next() {
            let form = if step % 7 == 0 {
                Form::Text
            } else {
                Form::Binary
            };
            let event = match step % 7 {
                0 | 1 => {
                    let length = [next().unwrap_or(0), next().unwrap_or(0)];
                    let length = usize::from(u16::from_be_bytes(length));
                    let payload: Vec<u8> = (0..length).map_while(|_| next()).collect();
                    // Text that is not UTF-8 never reaches a session.
                    if form == Form::Text && std::str::from_utf8(&payload).is_err() {
                        Event::Broken(CODES[1])
                    } else {
                        Event::Message(form, payload.into())
                    }
                }
                2 => Event::Speak,
                3 => Event::Hear(next().unwrap_or(0).into()),
                4 => Event::Timer(next().unwrap_or(0).into()),
                5 => Event::Broken(CODES[usize::from(next().unwrap_or(0)) % CODES.len()]),
                _ => Event::Deviate(next().unwrap_or(0).into()),
            };
            script.events.push(event);
        }
        script
    }

    /// The bytes of the script. Messages are cut to what the length can say.
    pub fn encode(&self) -> Vec<u8> {
        let knobs = &self.knobs[..self.knobs.len().min(usize::from(MOST_KNOBS))];
        let mut bytes = vec![u8::try_from(knobs.len()).unwrap_or(MOST_KNOBS)];
        bytes.extend(knobs.iter().flat_map(|(which, value)| [*which, *value]));
        for (bit, text) in [(QUERY, &self.query), (CREDENTIAL, &self.credential)] {
            let Some(text) = text else { continue };
            let length = u8::try_from(text.len()).unwrap_or(u8::MAX);
            bytes[0] |= bit;
            bytes.push(length);
            bytes.extend(&text.as_bytes()[..usize::from(length)]);
        }
        let byte = |which: usize| u8::try_from(which % 256).unwrap_or(0);
        for event in &self.events {
            match event {
                Event::Message(form, payload) => {
                    let length = u16::try_from(payload.len()).unwrap_or(u16::MAX);
                    bytes.push(u8::from(*form == Form::Binary));
                    bytes.extend(length.to_be_bytes());
                    bytes.extend(&payload[..usize::from(length)]);
                }
                Event::Speak => bytes.push(2),
                Event::Hear(which) => bytes.extend([3, byte(*which)]),
                Event::Timer(which) => bytes.extend([4, byte(*which)]),
                Event::Broken(code) => {
                    let which = CODES.iter().position(|it| it == code).unwrap_or(0);
                    bytes.extend([5, byte(which)]);
                }
                Event::Deviate(which) => bytes.extend([6, byte(*which)]),
            }
        }
        bytes
    }
}

/// Walks a script, within bounds for every message, and lets what is under way come to its end.
pub fn check(endpoint: &'static Endpoint, script: &Script) {
    let choices = script.knobs.iter();
    let choices = choices.map(|(which, value)| (usize::from(*which), usize::from(*value)));
    let credential = script.credential.iter();
    let head = RequestHead {
        method: "GET".to_owned(),
        path: endpoint.paths[0].to_owned(),
        query: script.query.clone(),
        headers: credential
            .map(|it| ("Authorization".to_owned(), it.clone()))
            .collect(),
    };
    let mut walk = Walk::open(endpoint, knobs_of(endpoint, choices), head, true);
    // What is spoken is made of what was asked for: its cost is that of all messages so far.
    let mut said = 0;
    for (number, event) in script.events.iter().enumerate() {
        if let Event::Message(form, payload) = event {
            let weight = weight(payload);
            said += weight;
            bounded(endpoint.name, weight, FLAT, || {
                walk.credentials(*form, payload);
            });
            // Decoded before its turn it is answered the same.
            if payload.len() % 2 == 1 {
                walk.session.read(*form, payload);
            }
        }
        // The walk itself keeps a chunk of audio for every moment of what is spoken.
        let weight = WALK * said;
        bounded(endpoint.name, weight, FLAT + COMPRESSOR, || {
            walk.happen(event);
        });
        walk.retouch(number);
    }
    walk.settle();
    for _ in 0..MOST_LIMITS {
        let Some(timer) = walk.timers.first().copied() else {
            break;
        };
        walk.run_out(timer);
        walk.settle();
    }
}

/// The script of a client that says all this, with the other side going on in between.
pub fn script_of(messages: &[(Form, Bytes)]) -> Script {
    let mut events = Vec::new();
    for (form, payload) in messages {
        events.push(Event::Message(*form, payload.clone()));
        events.extend([Event::Speak, Event::Speak, Event::Hear(0), Event::Hear(2)]);
    }
    Script {
        events,
        ..Script::default()
    }
}

/// The codes with which a connection fails.
const CODES: [u16; 3] = [1002, 1007, 1009];
/// A mask of the first byte, as are the bits behind it.
const MOST_KNOBS: u8 = 0x07;
const QUERY: u8 = 0x08;
const CREDENTIAL: u8 = 0x10;
/// What a walk may hold for each byte said beside what the session holds.
const WALK: u64 = 4;
/// How many limits can follow one another before the session is over.
const MOST_LIMITS: usize = 3;
