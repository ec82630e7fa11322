//! An invented vendor, so that tests of output need none of the real ones.

use bytes::Bytes;
use wire::audio::Direction;
use wire::clause::{Clause, Level, Source};
use wire::dialect::{Denied, Dialect, Part};
use wire::endpoint::{Dump, Endpoint, Field, Limits, Opening, Prefix, Recipe, Vendor};
use wire::error::{DecodeError, ErrorKind};
use wire::handshake::{Admission, PathMiss, Refusal, RequestHead, Welcome};
use wire::json::{self, object};
use wire::knob::{Knob, SWITCH, Values};
use wire::session::{ANY, Form, Rule, Session, Side, State, Table};

const SOURCE: Source = Source {
    page: "Echo API reference, section 4.2",
    read: "2026-03-01",
};

const ECHO: Clause = Clause::new(
    "DEM-ECHQ",
    Level::Must,
    SOURCE,
    "The server answers every SAY with an ECHO of the same text, in order, before it answers the next one.",
);
const IDLE: Clause = Clause::new(
    "DEM-IDLE",
    Level::Assumed,
    SOURCE,
    "A silent client is disconnected.",
)
.gap("the page does not say after how long");
const BOTH: Clause = Clause::new("DEM-BOTH", Level::Should, SOURCE, "文本不超过500个字符。");

const TABLE: Table = Table {
    states: &[
        State {
            name: "open",
            text: "Connected; the server waits for the first SAY of the client, for as long as it takes.",
        },
        State {
            name: "done",
            text: "Answered.",
        },
    ],
    rules: &[
        Rule::client(&["open", "done"], "SAY", Some("done"), &ECHO),
        Rule::misuse(&["open"], "STOP", None, &IDLE),
        Rule::server(ANY, "ERROR", Some("done"), &BOTH),
    ],
    order: &ECHO,
};

const ECHO_ENDPOINT: Endpoint = Endpoint {
    name: "demo/echo",
    paths: &["/v1/{project}/echo", "/v1/echo"],
    prefix: Prefix::Any,
    audio: Direction::ToClient,
    clauses: &[&ECHO, &IDLE, &BOTH],
    table: &TABLE,
    knobs: &[
        Knob {
            name: "loud",
            default: "off",
            values: SWITCH,
            clause: &ECHO,
            text: "Whether echoes are in capital letters, as older versions of the service answer.",
        },
        Knob {
            name: "idle-ms",
            default: "20000",
            values: Values::Number(1, 60_000),
            clause: &IDLE,
            text: "How long a client may be silent.",
        },
    ],
    limits: Limits {
        frame: None,
        message: None,
    },
    admit,
    open,
    decode: decode_echo,
    dialect: &DIALECT,
    recode: |_, _, payload| Some(payload.clone()),
    resembles: |bytes| bytes.starts_with(b"{") || bytes.first() == Some(&0x11),
};

const DIALECT: Dialect = Dialect {
    part: |_, _, _| Part::Other,
    idle_timers: &[],
    idle_reason: "",
    error_codes: Vec::new,
    retouches: &[],
    retouch: |_, _, _, _| None,
    signed_at: |_| None,
    refuse: |_, _, _| Denied {
        status: 400,
        headers: Vec::new(),
        body: String::new(),
    },
    own_faults: &[],
};

const LISTEN_ENDPOINT: Endpoint = Endpoint {
    name: "demo/listen",
    paths: &["/v1/{project}/listen"],
    audio: Direction::ToServer,
    clauses: &[&BOTH],
    knobs: &[],
    table: &Table {
        states: &[State {
            name: "open",
            text: "Connected.",
        }],
        rules: &[],
        order: &BOTH,
    },
    decode: decode_listen,
    resembles: |bytes| bytes.starts_with(b"{"),
    ..ECHO_ENDPOINT
};

/// Both endpoints of the vendor.
pub(crate) const ENDPOINTS: &[&Endpoint] = &[&ECHO_ENDPOINT, &LISTEN_ENDPOINT];

/// The vendor.
pub(crate) const VENDOR: Vendor = Vendor {
    name: "demo",
    title: "Demo",
    endpoints: ENDPOINTS,
    side: &[],
    refuse_path,
    recipes: &[
        Recipe {
            language: "python",
            client: "demo-sdk",
            text: "client = Demo(url=\"{ws}\", http=\"{http}\", options={\"host\": \"{authority}\"})",
        },
        Recipe {
            language: "go",
            client: "demo-go",
            text: "demo.Dial(\"{ws}\")\n",
        },
        Recipe {
            language: "go",
            client: "gorilla/websocket",
            text: "websocket.Dial(\"{ws}\")\n",
        },
    ],
    hosts: &[],
};

/// Binary: `0x11 · size(1) · text`, of the server alone. Text: JSON with `say` of the client,
/// `echo` of the server.
fn decode_echo(side: Side, form: Form, bytes: &Bytes) -> Result<Dump, DecodeError> {
    let error = |kind, offset, field: &str, problem: String| {
        Err(DecodeError::new(kind, offset, field, problem))
    };
    match (form, side) {
        (Form::Text, _) => {
            let text = std::str::from_utf8(bytes).map_err(|at| {
                let problem = "not UTF-8";
                DecodeError::new(ErrorKind::Utf8, at.valid_up_to(), "message", problem)
            })?;
            let parsed = json::parse(text)?;
            let member = match side {
                Side::Client => "say",
                Side::Server => "echo",
            };
            if parsed.value.get(member).is_none() {
                return error(ErrorKind::Json, 0, member, "missing".to_owned());
            }
            Ok(Dump {
                kind: member,
                fields: vec![Field::new(
                    0,
                    bytes.len(),
                    "message",
                    parsed.value.excerpt(),
                )],
                value: parsed.value,
            })
        }
        (Form::Binary, Side::Client) => error(
            ErrorKind::Undefined,
            0,
            "message",
            "binary of a client".to_owned(),
        ),
        (Form::Binary, Side::Server) => {
            let Some((0x11, rest)) = bytes.split_first().map(|(first, rest)| (*first, rest)) else {
                return error(ErrorKind::Undefined, 0, "magic", "not 0x11".to_owned());
            };
            let Some((size, text)) = rest.split_first() else {
                return error(ErrorKind::Truncated, 1, "size", "the input ends".to_owned());
            };
            if usize::from(*size) != text.len() {
                let problem = format!("{size} bytes declared, {} remain", text.len());
                return error(ErrorKind::Length, 1, "payload size", problem);
            }
            let said = String::from_utf8_lossy(text).into_owned();
            Ok(Dump {
                kind: "echo",
                fields: vec![
                    Field::new(0, 1, "magic", "0x11"),
                    Field::new(1, 1, "payload size", size.to_string()),
                    Field::new(2, text.len(), "payload", said.clone()),
                ],
                value: object([("echo", said)].map(|(key, text)| (key, text.into()))),
            })
        }
    }
}

/// Any binary message of the client is audio; no text.
fn decode_listen(side: Side, form: Form, bytes: &Bytes) -> Result<Dump, DecodeError> {
    match (side, form) {
        (Side::Client, Form::Binary) => Ok(Dump {
            kind: "audio",
            fields: vec![Field::new(0, bytes.len(), "audio", "samples")],
            value: json::Value::Null,
        }),
        _ => decode_echo(side, Form::Text, bytes),
    }
}

fn refuse_path(_: &RequestHead, _: PathMiss, _: &mut Admission<'_>) -> Refusal {
    unreachable!("the demo vendor is never served")
}

fn admit(_: &RequestHead, _: &mut Admission<'_>) -> Result<Welcome, Refusal> {
    unreachable!("the demo vendor is never served")
}

fn open(_: Opening) -> Box<dyn Session> {
    unreachable!("the demo vendor is never served")
}
