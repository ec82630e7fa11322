//! What goes wrong, in the service's words: the one table of texts, statuses and close codes.
//!
//! ```text
//!   Failure ──text──▶ {"error": …} ──close_code──▶ 1011 (1002, 1007, 1009)      after the upgrade
//!           ──text──▶ body ──status──▶ 400, 404                                 instead of it
//! ```

use crate::clause::Clause;
use crate::finding::Finding;
use crate::json::{Style, Value, object};

use super::clauses::{audio, exchange, handshake, ssml};

/// The reason of every close that an error message came before.
pub const REASON: &str = "see the previous message for the error details.";

/// The largest frame, in bytes, and by our reading the largest message.
pub const LARGEST_FRAME: u64 = 4 * 1024 * 1024;

/// The formats that the service lists when it is asked for another one.
pub const SUPPORTED: [&str; 15] = [
    "application/json",
    "audio/flac",
    "audio/alaw",
    "audio/basic",
    "audio/l16",
    "audio/mp3",
    "audio/mpeg",
    "audio/mulaw",
    "audio/ogg",
    "audio/ogg;codecs=vorbis",
    "audio/ogg;codecs=opus",
    "audio/wav",
    "audio/webm",
    "audio/webm;codecs=opus",
    "audio/webm;codecs=vorbis",
];

/// How many slips of one kind in one message are told: a hostile message has a million.
pub const MOST_FINDINGS: usize = 32;

/// Why a request fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A message that is no JSON.
    NotJson,
    /// JSON that is no object; what it is instead.
    NotAnObject(&'static str),
    /// A mandatory member that is missing.
    Missing(&'static str),
    /// A member of another type than it has to be.
    WrongType {
        /// The member.
        member: &'static str,
        /// What it has to be.
        expected: &'static str,
    },
    /// A `text` without anything in it.
    TextEmpty,
    /// A `text` of more bytes than allowed.
    TooLong {
        /// The bytes of the text.
        length: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// `timings` other than `["words"]` and `[]`.
    Timings,
    /// An `accept` that is not served.
    Mimetype,
    /// A format that needs a rate and has none.
    RateMissing(&'static str),
    /// A rate outside the range of the format.
    RateRange(&'static str),
    /// A rate that Opus does not have.
    OpusRate(&'static str),
    /// A byte order that there is not.
    Endianness,
    /// Text that is no well-formed markup.
    Markup,
    /// An attribute with a value that it does not take, or that its element does not take.
    Attribute {
        /// The element.
        tag: String,
        /// The attribute.
        attribute: String,
        /// Its value.
        value: String,
    },
    /// A required attribute that is missing.
    AttributeMissing {
        /// The element.
        tag: &'static str,
        /// The attribute, or those of which one is needed.
        attribute: &'static str,
    },
    /// An element that the voice does not speak.
    Element {
        /// The element.
        tag: &'static str,
        /// The voice.
        voice: String,
    },
    /// A voice that there is not.
    Voice(String),
    /// A query parameter with a value that it does not take.
    Query {
        /// The parameter.
        name: &'static str,
        /// Its value.
        value: String,
    },
    /// A second text message.
    SecondMessage,
    /// A binary message of the client.
    ClientBinary,
    /// No request for too long.
    Idle,
    /// The engine fails.
    Engine,
    /// There is more to do than was agreed upon.
    Quota,
    /// A framing error of RFC 6455.
    Protocol,
    /// A text message that is not UTF-8.
    NotUtf8,
    /// A frame or message that is too large.
    TooLarge,
    /// The upgrade is asked for wrongly, or not at all.
    NotAnUpgrade(String),
}

/// A failure, and what the client did wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What the service says.
    pub failure: Failure,
    /// What is wrong, and where.
    pub finding: Box<Finding>,
}

/// How many blanks follow the first sentence about a format that is not supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blanks {
    /// As in the pages since 2018.
    One,
    /// As in the pages before.
    Two,
}

impl Refused {
    /// A failure at a JSON path or query parameter.
    #[must_use]
    pub fn at(
        path: &str,
        failure: Failure,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        let finding = Finding::at_path(failure.clause(), path, found, expected);
        Self {
            failure,
            finding: Box::new(finding),
        }
    }
}

impl Failure {
    /// The sentence that the service says.
    #[must_use]
    pub fn text(&self, blanks: Blanks) -> String {
        match self {
            Self::NotJson => "Unable to parse the message as JSON.".to_owned(),
            Self::NotAnObject(found) => {
                format!("The message must be a JSON object, but it is {found}.")
            }
            Self::Missing(member) => format!("Required parameter \"{member}\" is missing."),
            Self::WrongType { member, expected } => {
                format!("Parameter \"{member}\" must be {expected}.")
            }
            Self::TextEmpty => "Parameter \"text\" is empty.".to_owned(),
            Self::TooLong { length, limit } => {
                format!("Payload length {length} exceeds the payload limit {limit} bytes.")
            }
            Self::Timings => {
                "Parameter \"timings\" must be an empty array or ['words'].".to_owned()
            }
            Self::Mimetype => unsupported(blanks),
            Self::RateMissing(mime) => format!("rate parameter missing in mimetype {mime}"),
            Self::RateRange(mime) => {
                format!("rate parameter must be from 8000 to 192000 in mimetype {mime}")
            }
            Self::OpusRate(mime) => format!(
                "rate parameter must be one of 48000, 24000, 16000, 12000, 8000 in mimetype {mime}"
            ),
            Self::Endianness => {
                "endianness parameter must be big-endian or little-endian in mimetype audio/l16"
                    .to_owned()
            }
            Self::Markup => "The input text is not well-formed SSML.".to_owned(),
            Self::Attribute {
                tag,
                attribute,
                value,
            } => format!("Tag <{tag}> has invalid attribute {attribute}={value}"),
            Self::AttributeMissing { tag, attribute } => {
                format!("Tag <{tag}> is missing required attribute {attribute}")
            }
            Self::Element { tag, voice } => {
                format!("Tag <{tag}> is not supported by voice {voice}")
            }
            Self::Voice(voice) => format!("Model '{voice}' not found"),
            Self::Query { name, value } => format!("Invalid value '{value}' for parameter {name}"),
            Self::SecondMessage => "Only one request is allowed on a connection.".to_owned(),
            Self::ClientBinary => "Binary messages are not allowed.".to_owned(),
            Self::Idle => "Session timed out.".to_owned(),
            // What the service really said for some days of 2023.
            Self::Engine => "[Errno 2] No such file or directory".to_owned(),
            Self::Quota => "The limit of concurrent requests is exceeded.".to_owned(),
            Self::Protocol => "WebSocket protocol error.".to_owned(),
            Self::NotUtf8 => "The text message is not valid UTF-8.".to_owned(),
            Self::TooLarge => {
                format!("Frame size exceeds the limit of {LARGEST_FRAME} bytes.")
            }
            Self::NotAnUpgrade(problem) => format!("WebSocket upgrade expected: {problem}"),
        }
    }

    /// The close code after the error message.
    #[must_use]
    pub const fn close_code(&self) -> u16 {
        match self {
            Self::Protocol => 1002,
            Self::NotUtf8 => 1007,
            Self::TooLarge => 1009,
            _ => 1011,
        }
    }

    /// The HTTP status and its name, when the failure refuses the handshake.
    #[must_use]
    pub const fn status(&self) -> (u16, &'static str) {
        match self {
            Self::Voice(_) => (404, "Not Found"),
            _ => (400, "Bad Request"),
        }
    }

    /// The sentence that the client has broken, for findings.
    #[must_use]
    pub fn clause(&self) -> &'static Clause {
        match self {
            Self::NotJson | Self::NotAnObject(_) => &exchange::REQUEST,
            Self::Missing(member) | Self::WrongType { member, .. } => match *member {
                "text" => &exchange::TEXT,
                "accept" => &exchange::ACCEPT,
                _ => &exchange::TIMINGS,
            },
            Self::TextEmpty => &exchange::TEXT_EMPTY,
            Self::TooLong { .. } => &exchange::TEXT_LIMIT,
            Self::Timings => &exchange::TIMINGS,
            Self::Mimetype => &audio::UNSUPPORTED_MIMETYPE,
            Self::RateMissing(_) => &audio::RATE_NEEDED,
            Self::RateRange(_) => &audio::RATE_RANGE,
            Self::OpusRate(_) => &audio::OPUS_RATES,
            Self::Endianness => &audio::L16,
            Self::Markup => &ssml::WELL_FORMED,
            Self::Attribute { .. } | Self::AttributeMissing { .. } => &ssml::REQUIRED_ATTRIBUTE,
            Self::Element { .. } => &ssml::EXPRESS_AS,
            Self::Voice(_) => &handshake::UNKNOWN_VOICE,
            Self::Query { name, .. } => match *name {
                "rate_percentage" => &handshake::RATE_PERCENTAGE,
                "pitch_percentage" => &handshake::PITCH_PERCENTAGE,
                "spell_out_mode" => &handshake::SPELL_OUT_MODE,
                "customization_id" => &handshake::CUSTOMIZATION_ID,
                _ => &handshake::BAD_QUERY_VALUE,
            },
            Self::SecondMessage => &exchange::SECOND_MESSAGE,
            Self::ClientBinary => &exchange::CLIENT_BINARY,
            Self::Idle => &exchange::IDLE,
            Self::Engine => &exchange::ENGINE_FAILURE,
            Self::Quota => &handshake::OVERLOAD,
            Self::Protocol => &exchange::PROTOCOL_ERROR,
            Self::NotUtf8 => &exchange::BAD_UTF8,
            Self::TooLarge => &exchange::FRAME_LIMIT,
            Self::NotAnUpgrade(_) => &handshake::NOT_AN_UPGRADE,
        }
    }

    /// The failure that a close code of RFC 6455 stands for.
    #[must_use]
    pub const fn of_close(code: u16) -> Self {
        match code {
            1007 => Self::NotUtf8,
            1009 => Self::TooLarge,
            _ => Self::Protocol,
        }
    }

    /// The body of a refused handshake.
    ///
    /// Captured bodies were written by an older Python, which leaves a blank at the end of
    /// each line but the last.
    #[must_use]
    pub fn body(&self, blanks: Blanks) -> String {
        let (code, description) = self.status();
        error_body(code, description, &self.text(blanks))
    }
}

/// The body of an error over HTTP.
#[must_use]
pub fn error_body(code: u16, description: &str, text: &str) -> String {
    let text = Value::from(text).write(Style::Compact);
    format!(
        "{{\n   \"code_description\": \"{description}\", \n   \"code\": {code}, \n   \"error\": {text}\n}}"
    )
}

/// The body of a 401.
#[must_use]
pub fn unauthorized(trace: &str) -> String {
    gateway(trace, "Unauthorized", "authorization", 401)
}

/// The body of a 401 as the gateway of 2018 and 2019 wrote it.
pub const UNAUTHORIZED_2019: &str = "{\"code\":401, \"error\": \"Unauthorized\"}";

/// The body of a 403.
#[must_use]
pub fn forbidden(trace: &str) -> String {
    gateway(trace, "Forbidden", "forbidden", 403)
}

/// The body of a 404 for a path that there is not, letter by letter as it was captured.
pub const NO_SUCH_RESOURCE: &str = "{\"error\": \"No such child resource.\",  \"code\": 404, \"code_description\": \"No Such Resource\"}";

fn gateway(trace: &str, error: &str, topic: &str, code: u32) -> String {
    let more = format!("https://cloud.ibm.com/docs/watson?topic=watson-{topic}-error");
    object([
        ("trace", Value::from(trace)),
        ("error", Value::from(error)),
        ("more_info", Value::from(more)),
        ("code", Value::from(code)),
    ])
    .write(Style::Compact)
}

/// The list is what Python prints for a list of strings, hence the quotes.
fn unsupported(blanks: Blanks) -> String {
    let gap = match blanks {
        Blanks::One => " ",
        Blanks::Two => "  ",
    };
    let list = SUPPORTED.map(|mime| format!("'{mime}'")).join(", ");
    format!("Unsupported mimetype.{gap}Supported mimetypes are: [{list}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_formats_is_written_as_python_writes_it() {
        let text = Failure::Mimetype.text(Blanks::One);
        let start =
            "Unsupported mimetype. Supported mimetypes are: ['application/json', 'audio/flac', ";
        assert!(text.starts_with(start), "{text}");
        assert!(text.ends_with("']"), "{text}");
        let old = Failure::Mimetype.text(Blanks::Two);
        assert!(
            old.starts_with("Unsupported mimetype.  Supported "),
            "{old}"
        );
    }

    #[test]
    fn bodies_are_those_of_the_gateway() {
        assert_eq!(
            unauthorized("t"),
            "{\"trace\":\"t\",\"error\":\"Unauthorized\",\"more_info\":\"https://cloud.ibm.com/docs/watson?topic=watson-authorization-error\",\"code\":401}"
        );
        assert_eq!(
            Failure::Voice("x".to_owned()).body(Blanks::One),
            "{\n   \"code_description\": \"Not Found\", \n   \"code\": 404, \n   \"error\": \"Model 'x' not found\"\n}"
        );
        for body in [UNAUTHORIZED_2019, NO_SUCH_RESOURCE, &forbidden("t")] {
            assert!(crate::json::parse(body).is_ok(), "{body}");
        }
    }
}
