//! The targets: every decoder and every session machine that there is.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use wire::endpoint::Endpoint;
use wire::json::{self, Value};
use wire::session::{Form, Side};
use wire::ws::deflate::Direction;
use wire::ws::{Deflater, FrameHead, Opcode, Role, mask};
use wire::{gzip, registry};

use super::mutate::{self, Chance, Plain};
use super::request::{self, Asked};
use super::session::{self, Script, script_of};
use super::stored::{ALL, fixtures};
use super::{decode, frames, texts};

/// Something that is fuzzed.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// The message decoder of an endpoint.
    Decode(&'static Endpoint),
    /// The session machine of an endpoint.
    Session(&'static Endpoint),
    /// The receiver of frames on one side.
    Frames(Role),
    /// The receiver of a client's frames, with permessage-deflate.
    Deflate,
    /// What is made of an HTTP request.
    Request,
    /// The JSON parser.
    Json,
    /// The inflater.
    Gzip,
}

impl Target {
    /// All of them.
    pub fn all() -> Vec<Self> {
        let decoders = registry::endpoints().map(Self::Decode);
        let sessions = registry::endpoints().map(Self::Session);
        let receivers = [Role::Server, Role::Client].map(Self::Frames);
        decoders
            .chain(sessions)
            .chain(receivers)
            .chain([Self::Deflate, Self::Request, Self::Json, Self::Gzip])
            .collect()
    }

    /// Those of a kind and, if it is not empty, of a subject.
    pub fn chosen(kind: &str, subject: &str) -> Vec<Self> {
        let is_chosen =
            |it: &Self| it.kind() == kind && (subject.is_empty() || it.subject() == subject);
        Self::all().into_iter().filter(is_chosen).collect()
    }

    /// `decode`, `session`, `frames`, `deflate`, `request`, `json` or `gzip`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Decode(_) => "decode",
            Self::Session(_) => "session",
            Self::Frames(_) => "frames",
            Self::Deflate => "deflate",
            Self::Request => "request",
            Self::Json => "json",
            Self::Gzip => "gzip",
        }
    }

    /// Which of its kind: an endpoint's name, a side, or nothing.
    pub fn subject(&self) -> &'static str {
        match self {
            Self::Decode(endpoint) | Self::Session(endpoint) => endpoint.name,
            Self::Frames(Role::Server) => "server",
            Self::Frames(Role::Client) => "client",
            Self::Deflate | Self::Request | Self::Json | Self::Gzip => "",
        }
    }

    /// Kind and subject: `decode/vendor/endpoint`.
    pub fn name(&self) -> String {
        [self.kind(), self.subject()]
            .join("/")
            .trim_end_matches('/')
            .to_owned()
    }

    /// Panics if a law is broken on this input.
    pub fn run(&self, input: &[u8]) {
        match self {
            Self::Decode(endpoint) => decode::check(endpoint, input),
            Self::Session(endpoint) => session::check(endpoint, &Script::decode(input)),
            Self::Frames(role) => frames::check(*role, input),
            Self::Deflate => frames::check_compressed(input),
            Self::Request => request::check(&Asked::decode(input)),
            Self::Json => texts::check_json(input),
            Self::Gzip => texts::check_gzip(input),
        }
    }

    /// Changes an input inside and seals it again.
    pub fn mutate(&self, input: &[u8], max: usize, seed: u64, plain: &mut Plain<'_>) -> Vec<u8> {
        let chance = &mut Chance::new(seed);
        let mut changed = match self {
            Self::Decode(_) => mutate::message(input, max, chance, plain),
            Self::Session(_) => mutate::script(input, chance, plain),
            Self::Frames(role) => mutate::stream(*role, input, chance, plain),
            Self::Deflate => mutate::compressed(input, chance, plain),
            Self::Request => request::change(input, chance, plain),
            Self::Json => mutate::json(input, max, chance, plain),
            Self::Gzip => match gzip::inflate(input, 1 << 14) {
                Ok(mut inflated) => {
                    plain(&mut inflated, 1 << 14);
                    gzip::deflate(&inflated)
                }
                Err(_) => gzip::deflate(input),
            },
        };
        changed.truncate(max);
        changed
    }

    /// Inputs from the stored sessions and the golden vectors, each once.
    pub fn seeds(&self) -> BTreeSet<Vec<u8>> {
        let mut seeds = self.inputs();
        seeds.retain(|it| it.len() <= LONGEST);
        seeds
    }

    fn inputs(&self) -> BTreeSet<Vec<u8>> {
        let of = |endpoint: &Endpoint| {
            let name = endpoint.name;
            ALL.iter().filter(move |it| it.endpoint.name == name)
        };
        match self {
            Self::Decode(endpoint) => {
                let stored = of(endpoint).map(|it| it.payload.to_vec());
                stored.chain(vectors(endpoint.name)).collect()
            }
            Self::Session(endpoint) => {
                let files: BTreeSet<&str> = of(endpoint).map(|it| it.file.as_str()).collect();
                let of_client = |file: &str| -> Vec<(Form, Bytes)> {
                    of(endpoint)
                        .filter(|it| it.file == file && it.side == Side::Client)
                        .map(|it| {
                            (
                                it.form,
                                it.payload.slice(..it.payload.len().min(LONGEST / 8)),
                            )
                        })
                        .collect()
                };
                files
                    .into_iter()
                    .map(|file| script_of(&of_client(file)).encode())
                    .collect()
            }
            Self::Frames(role) => {
                let stored = ALL.iter().filter(|it| it.payload.len() < LONGEST);
                let stored = stored.map(|it| framed(*role, it.form, &it.payload));
                stored.chain(vectors("")).collect()
            }
            Self::Deflate => {
                let stored = ALL.iter().filter(|it| it.payload.len() < LONGEST);
                let packed = stored.map(|it| packed(it.form, &it.payload));
                packed.chain(vectors("")).collect()
            }
            Self::Request => request::seeds().into_iter().collect(),
            Self::Json => ALL
                .iter()
                .filter(|it| it.form == Form::Text)
                .map(|it| it.payload.to_vec())
                .collect(),
            Self::Gzip => ALL
                .iter()
                .filter_map(|it| {
                    let begins = |it: &[u8]| it == [0x1f, 0x8b, 0x08];
                    let at = it.payload.windows(3).position(begins)?;
                    Some(it.payload.slice(at..).to_vec())
                })
                .chain([b"" as &[u8], b"hello hello hello"].map(gzip::deflate))
                .collect(),
        }
    }

    /// Where inputs are kept that were worth keeping: found by fuzzing, one a line in hex, behind a line
    /// that says why where they have once failed.
    pub fn kept_file(&self) -> PathBuf {
        corpus().join(format!("{}.hex", self.name()))
    }

    /// Those inputs.
    pub fn kept(&self) -> Vec<Vec<u8>> {
        let text = std::fs::read_to_string(self.kept_file()).unwrap_or_default();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.map(|line| bytes_of(line.trim())).collect()
    }
}

/// The folder of what is kept, from whichever crate this is compiled into.
pub fn corpus() -> PathBuf {
    let home = fixtures();
    let root = home.parent().unwrap_or_else(|| Path::new("."));
    root.join("crates/wire/fuzz/corpus")
}

/// The payloads of the golden vectors of an endpoint, or without a name the streams.
fn vectors(endpoint: &str) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(fixtures().join("vectors")).expect("golden vectors");
    let files = entries.filter_map(|entry| {
        let path = entry.expect("a file").path();
        path.extension()
            .is_some_and(|it| it == "json")
            .then_some(path)
    });
    let mut payloads = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file).expect("a file of vectors");
        let content = json::parse(&text).expect("JSON").value;
        let of = content.get("endpoint").and_then(Value::as_str);
        if of.unwrap_or_default() == endpoint {
            let vectors = content
                .get("vectors")
                .and_then(Value::items)
                .unwrap_or_default();
            let digits = vectors.iter().filter_map(|it| it.get("hex")?.as_str());
            payloads.extend(digits.map(bytes_of));
        }
    }
    payloads
}

/// Bytes of hexadecimal digits.
pub fn bytes_of(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    let pairs = pairs.map(|pair| std::str::from_utf8(pair).expect("digits"));
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).expect("digits"))
        .collect()
}

/// A message as one compressed frame of a client.
fn packed(form: Form, payload: &[u8]) -> Vec<u8> {
    let payload = Deflater::new(Direction::default()).compress(payload);
    let mut frame = framed(Role::Server, form, &payload);
    frame[0] |= RSV1;
    frame
}

/// The bit of a compressed message.
const RSV1: u8 = 0x40;

/// A message as one frame that `role` reads.
fn framed(role: Role, form: Form, payload: &[u8]) -> Vec<u8> {
    let opcode = match form {
        Form::Text => Opcode::Text,
        Form::Binary => Opcode::Binary,
    };
    let mut head = FrameHead::server(opcode, payload.len());
    let mut payload = payload.to_vec();
    if role == Role::Server {
        let key = [0x37, 0xfa, 0x21, 0x3d];
        head.mask = Some(key);
        mask(&mut payload, key, 0);
    }
    [&*head.encode(), &payload].concat()
}

/// Longer inputs are slow, and no deeper.
pub const LONGEST: usize = 4096;
