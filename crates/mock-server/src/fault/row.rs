//! A row of the catalogue: what a fault does, what it takes, where it makes sense.

use std::ops::RangeInclusive;
use std::time::Duration;

use bytes::Bytes;
use wire::audio::Direction;
use wire::dialect::{OwnFault, Part, Retouching};
use wire::endpoint::Endpoint;
use wire::session::{Data, Rule};

use super::behaviour::Behaviour;
use super::gate::Gate;
use super::point::digits;

/// A named deviation, without a vendor.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// Its name. A part in capitals, as in `close-CODE`, stands for a number.
    pub name: &'static str,
    /// What it is about.
    pub family: Family,
    /// What it does on the wire.
    pub does: &'static str,
    /// The kind of incident that it reproduces.
    pub incident: &'static str,
    /// One line of a scenario.
    pub example: &'static str,
    /// What it takes beside the keys of every fault.
    pub parameters: &'static [Parameter],
    /// The point at which it acts unless told otherwise.
    pub at: &'static str,
    /// The points that `at` may name.
    pub points: Points,
    /// Where it makes sense.
    pub applies: Applies,
    pub(crate) make: Make,
}

/// What faults are about. Each family has a page of its own in the documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Before the 101.
    Handshake,
    /// How a connection ends.
    Closing,
    /// Silence, delays, half-open connections.
    Liveness,
    /// What is said, and in which order.
    Order,
    /// RFC 6455 frames and their extensions.
    Frames,
    /// Inside the messages of a vendor.
    Payload,
    /// The sound itself.
    Audio,
    /// TCP segments.
    Segments,
}

impl Family {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::Handshake,
        Self::Closing,
        Self::Liveness,
        Self::Order,
        Self::Frames,
        Self::Payload,
        Self::Audio,
        Self::Segments,
    ];

    /// What it is called in prose.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Handshake => "Before the 101",
            Self::Closing => "How a connection ends",
            Self::Liveness => "Silence, delays and half-open connections",
            Self::Order => "What is said, and in which order",
            Self::Frames => "RFC 6455 frames and their extensions",
            Self::Payload => "Inside the messages of a vendor",
            Self::Audio => "The sound itself",
            Self::Segments => "TCP segments",
        }
    }

    /// What its faults show about a client, in a few sentences.
    #[must_use]
    pub const fn essay(self) -> &'static str {
        match self {
            Self::Handshake => {
                "Refusals, redirections and silence where a 101 is due. Browsers and some libraries hide the status \
                 and the body of a refusal: what reaches your user is what these faults show."
            }
            Self::Closing => {
                "Close codes, and the ends without one. A client has to tell a finished answer from a lost one, a \
                 permanent refusal from a passing one, and to stop."
            }
            Self::Liveness => {
                "TCP stays up and nothing useful comes. Only deadlines of the client's own find these; use `--clock \
                 xN` or `manual` to make the long ones short."
            }
            Self::Order => {
                "Messages that are right by themselves and wrong where they come: errors behind audio, ends that are \
                 missing or doubled, messages of a type or with members that the client does not know."
            }
            Self::Frames => {
                "Legal framing that clients rarely see, such as fragments inside a character, and framing that they \
                 have to refuse."
            }
            Self::Payload => {
                "Compression, sequence numbers, lengths and checksums inside a message that is whole for the WebSocket."
            }
            Self::Audio => {
                "Sound whose chunks, headers or rate are not what a careless player expects. Everything around it is right."
            }
            Self::Segments => {
                "The same bytes in other TCP segments. A correct client notices nothing."
            }
        }
    }

    /// Its name in output and in file names.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Handshake => "handshake",
            Self::Closing => "closing",
            Self::Liveness => "liveness",
            Self::Order => "order",
            Self::Frames => "frames",
            Self::Payload => "payload",
            Self::Audio => "audio",
            Self::Segments => "segments",
        }
    }
}

/// Something that a fault takes.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its key.
    pub key: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// What it is unless told otherwise; empty if it is left out then.
    pub default: &'static str,
    /// What it decides.
    pub text: &'static str,
}

/// What a parameter may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number between these.
    Number(u64, u64),
    /// A whole number that may be negative.
    Signed,
    /// Whole numbers, joined by `.` or `/`.
    Numbers,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Any text without `,` and `+`.
    Text,
    /// Such a text of at most so many bytes.
    Brief(usize),
    /// A number of up to 32 bits, decimal or hexadecimal with `0x`.
    Bits32,
}

/// The points that a fault's `at` may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Points {
    /// Nothing but `handshake`.
    Handshake,
    /// Everything behind the 101.
    Session,
    /// Both.
    Any,
}

/// Where a fault makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applies {
    /// On every endpoint.
    Everywhere,
    /// Where the server sends audio.
    Synthesis,
    /// Where the client sends audio.
    Recognition,
    /// Where messages can be altered so.
    Retouching(Retouching),
    /// Where something in a message has a checksum.
    Checksums,
    /// Where the server has messages of text, not frames of the vendor's own.
    Texts,
    /// Where one connection takes several requests.
    Repeated,
    /// Where the vendor has it.
    Own(&'static str),
}

impl Applies {
    /// Whether it makes sense on an endpoint.
    #[must_use]
    pub fn to(self, endpoint: &Endpoint) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Synthesis => endpoint.audio == Direction::ToClient,
            Self::Recognition => endpoint.audio == Direction::ToServer,
            Self::Retouching(kind) => endpoint.dialect.retouches.contains(&kind),
            Self::Checksums => {
                let mut known = endpoint.dialect.retouches.iter();
                known.any(|it| matches!(it, Retouching::Gzip | Retouching::Pages))
            }
            Self::Texts => !endpoint.dialect.retouches.contains(&Retouching::Framing),
            Self::Repeated => takes_several(endpoint),
            Self::Own(name) => {
                let mut own = endpoint.dialect.own_faults.iter();
                own.any(|fault| fault.name == name)
            }
        }
    }
}

/// Whether a request is answered where another has been answered without an error, says the table.
fn takes_several(endpoint: &Endpoint) -> bool {
    let rules = endpoint.table.rules;
    let empty = Data::binary(Bytes::new());
    let part = |rule: &Rule| (endpoint.dialect.part)(rule.side, rule.kind, &empty);
    let requests = || rules.iter().filter(|rule| part(rule) == Part::Request);
    let mut reached: Vec<&str> = requests().filter_map(|rule| rule.to).collect();
    let mut n = 0;
    while let Some(state) = reached.get(n).copied() {
        n += 1;
        let next = rules.iter().filter(|rule| rule.holds_in(state));
        let next = next.filter(|rule| part(rule) != Part::Error);
        for to in next.filter_map(|rule| rule.to) {
            if !reached.contains(&to) {
                reached.push(to);
            }
        }
    }
    requests().any(|rule| rule.to.is_some() && reached.iter().any(|state| rule.holds_in(state)))
}

/// How a fault is made from its parameters.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Make {
    /// It acts on the handshake.
    Gate(fn(&Values) -> Gate),
    /// It acts in the session.
    Behaviour(fn(&Values) -> Box<dyn Behaviour>),
    /// It acts where `at` says: on the handshake or in the session.
    Either(fn(&Values) -> Gate, fn(&Values) -> Box<dyn Behaviour>),
    /// It acts in the session, and on the handshake of the lane's next connection.
    Sequel(fn(&Values) -> Box<dyn Behaviour>, fn(&Values) -> Gate),
}

impl Fault {
    /// A row without parameters that applies everywhere behind the handshake.
    pub(super) const fn plain(
        family: Family,
        name: &'static str,
        does: &'static str,
        incident: &'static str,
        example: &'static str,
        at: &'static str,
        make: fn(&Values) -> Box<dyn Behaviour>,
    ) -> Self {
        Self {
            name,
            family,
            does,
            incident,
            example,
            parameters: &[],
            at,
            points: Points::Session,
            applies: Applies::Everywhere,
            make: Make::Behaviour(make),
        }
    }

    /// The row of a vendor's own fault.
    pub(super) const fn own(own: &'static OwnFault) -> Self {
        Self {
            name: own.name,
            family: Family::Payload,
            does: own.does,
            incident: own.incident,
            example: own.example,
            parameters: &[],
            at: own.at,
            points: Points::Session,
            applies: Applies::Own(own.name),
            make: Make::Behaviour(super::order::own),
        }
    }
}

/// What a fault has been given; what it has not been given has its default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Values {
    /// The name that it was called by.
    pub(super) name: String,
    pub(super) given: Vec<(&'static str, String)>,
}

impl Values {
    /// The text of a parameter; empty if it is left out.
    pub(crate) fn text(&self, key: &str) -> &str {
        let mut given = self.given.iter();
        let given = given.find(|(known, _)| *known == key);
        given.map_or("", |(_, value)| value)
    }

    /// The number of a parameter that is one.
    pub(crate) fn number(&self, key: &str) -> u64 {
        bits(self.text(key)).unwrap_or_default()
    }

    /// The number of a parameter that may be left out.
    pub(crate) fn optional(&self, key: &str) -> Option<u64> {
        bits(self.text(key))
    }

    /// The number of a parameter that may be negative.
    pub(crate) fn signed(&self, key: &str) -> i64 {
        let text = self.text(key);
        text.trim_start_matches('+').parse().unwrap_or_default()
    }

    /// The milliseconds of a parameter.
    pub(crate) fn ms(&self, key: &str) -> Duration {
        Duration::from_millis(self.number(key))
    }

    /// The numbers of a parameter that is a list.
    pub(crate) fn numbers(&self, key: &str) -> Vec<u64> {
        self.text(key)
            .split(['.', '/'])
            .filter_map(digits)
            .collect()
    }

    /// The number in the name, as in `close-1011`.
    pub(crate) fn code(&self) -> u16 {
        let (_, number) = self.name.rsplit_once('-').unwrap_or_default();
        number.parse().unwrap_or_default()
    }

    /// The name that it was called by.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

fn bits(text: &str) -> Option<u64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => digits(text).or_else(|| text.parse().ok()),
    }
}

impl Parameter {
    /// Whether a value is one of it.
    pub(super) fn takes(&self, value: &str) -> bool {
        match self.kind {
            Kind::Number(least, most) => {
                digits(value).is_some_and(|number| (least..=most).contains(&number))
            }
            Kind::Signed => {
                let digits = value.trim_start_matches(['+', '-']);
                value.len() - digits.len() <= 1
                    && digits.bytes().all(|byte| byte.is_ascii_digit())
                    && digits.parse::<u32>().is_ok()
            }
            Kind::Numbers => value
                .split(['.', '/'])
                .all(|number| digits(number).is_some_and(|number| number > 0)),
            Kind::Word(words) => words.contains(&value),
            Kind::Text => true,
            Kind::Brief(most) => value.len() <= most,
            Kind::Bits32 => bits(value).is_some_and(|number| number <= 0xFFFF_FFFF),
        }
    }

    /// What it may be, in words.
    #[must_use]
    pub fn rule(&self) -> String {
        match self.kind {
            Kind::Number(least, most) => format!("a whole number from {least} to {most}"),
            Kind::Signed => "a whole number, maybe negative".to_owned(),
            Kind::Numbers => "whole numbers joined by . or /".to_owned(),
            Kind::Word(words) => words.join(" or "),
            Kind::Text => "text".to_owned(),
            Kind::Brief(most) => format!("text of at most {most} bytes"),
            Kind::Bits32 => "a number of up to 32 bits, as 4096 or 0xFFFFFFFF".to_owned(),
        }
    }
}

impl Fault {
    /// What comes before the number in its name, and which numbers it may be, if it has one.
    pub(super) fn codes(&self) -> Option<(&'static str, RangeInclusive<u16>)> {
        let stem = self.name.strip_suffix("CODE")?;
        let codes = match self.family {
            Family::Handshake => 400..=599,
            _ => 1000..=4999,
        };
        Some((stem, codes))
    }
}
