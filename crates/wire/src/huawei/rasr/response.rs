//! Messages of the server: types, encode, strict decode.
//!
//! ```text
//!   {"resp_type":"RESULT","trace_id":"…","segments":[
//!      {"start_time":0,"end_time":5480,"is_final":true,
//!       "result":{"text":"…","score":0.845,
//!          "word_info":[{"start_time":1700,"end_time":1800,"word":"欢"}, …]}}]}
//!   {"resp_type":"EVENT","trace_id":"…","event":"VOICE_END","timestamp":1500}
//! ```

use bytes::Bytes;

use crate::error::DecodeError;
use crate::huawei::response::{Common, Envelope, array, encode, member, millis, string, wrong};
use crate::json::{Value, object};

/// A message of the server.
#[derive(Clone, Debug, PartialEq)]
pub enum Response {
    /// One that synthesis has, too.
    Common(Common),
    /// Recognised text.
    Result(Vec<Segment>),
    /// Something was noticed in the audio.
    Event {
        /// What.
        event: Event,
        /// When, in milliseconds of the session.
        timestamp_ms: u64,
    },
}

/// One recognised stretch. Times are milliseconds of the session.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Where it begins.
    pub start_ms: u64,
    /// Where it ends, so far.
    pub end_ms: u64,
    /// Whether it stays.
    pub is_final: bool,
    /// What was recognised; `None` if that failed.
    pub result: Option<Recognised>,
}

/// What was recognised.
#[derive(Clone, Debug, PartialEq)]
pub struct Recognised {
    /// The text.
    pub text: String,
    /// How sure the service is, 0 to 1.
    pub score: f64,
    /// The times of its words, if they were asked for.
    pub words: Option<Vec<Word>>,
}

/// When one word was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Where it begins.
    pub start_ms: u64,
    /// Where it ends.
    pub end_ms: u64,
    /// The word.
    pub word: String,
}

/// What an `EVENT` is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Speech has begun.
    VoiceStart,
    /// The sentence has ended.
    VoiceEnd,
    /// Leading silence has reached its limit.
    ExceededSilence,
    /// Audio has reached its limit; of 2021.
    ExceededAudio,
}

impl Event {
    const ALL: [Self; 4] = [
        Self::VoiceStart,
        Self::VoiceEnd,
        Self::ExceededSilence,
        Self::ExceededAudio,
    ];

    /// Its name on the wire, which is also the kind of its message.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::VoiceStart => "VOICE_START",
            Self::VoiceEnd => "VOICE_END",
            Self::ExceededSilence => "EXCEEDED_SILENCE",
            Self::ExceededAudio => "EXCEEDED_AUDIO",
        }
    }
}

impl Response {
    /// Its kind: `resp_type`, or the name of its event.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Common(common) => common.kind(),
            Self::Result(_) => "RESULT",
            Self::Event { event, .. } => event.name(),
        }
    }

    /// The message as text.
    #[must_use]
    pub fn encode(&self, trace_id: Option<&str>) -> String {
        match self {
            Self::Common(common) => common.encode(trace_id),
            Self::Result(segments) => {
                let segments: Vec<Value> = segments.iter().map(Segment::value).collect();
                let rest = vec![("segments", Value::from(segments))];
                encode("RESULT", trace_id, rest)
            }
            Self::Event {
                event,
                timestamp_ms,
            } => {
                let rest = vec![
                    ("event", Value::from(event.name())),
                    ("timestamp", Value::from(*timestamp_ms)),
                ];
                encode("EVENT", trace_id, rest)
            }
        }
    }

    /// The `trace_id` and the message.
    ///
    /// # Errors
    /// If it is no message of this service.
    pub fn decode(payload: &Bytes) -> Result<(Option<String>, Self), DecodeError> {
        let envelope = Envelope::open(payload)?;
        let value = &envelope.value;
        let response = if let Some(common) = Common::read(&envelope)? {
            Self::Common(common)
        } else {
            match envelope.resp_type.as_str() {
                "RESULT" => {
                    let segments = array(value, "segments")?.iter().map(Segment::read);
                    Self::Result(segments.collect::<Result<_, _>>()?)
                }
                "EVENT" => {
                    let name = string(value, "event")?;
                    let event = Event::ALL.into_iter().find(|event| event.name() == name);
                    let none = || wrong("event", format!("{name:?} is no event"));
                    Self::Event {
                        event: event.ok_or_else(none)?,
                        timestamp_ms: millis(value, "timestamp")?,
                    }
                }
                other => {
                    let problem = format!("{other:?} is no kind of message");
                    return Err(wrong("resp_type", problem));
                }
            }
        };
        Ok((envelope.trace_id, response))
    }
}

impl Segment {
    fn value(&self) -> Value {
        let mut members = vec![
            ("start_time", Value::from(self.start_ms)),
            ("end_time", Value::from(self.end_ms)),
            ("is_final", Value::from(self.is_final)),
        ];
        let result = self.result.as_ref().map(Recognised::value);
        members.extend(result.map(|result| ("result", result)));
        object(members)
    }

    fn read(value: &Value) -> Result<Self, DecodeError> {
        Ok(Self {
            start_ms: millis(value, "start_time")?,
            end_ms: millis(value, "end_time")?,
            is_final: member(value, "is_final", "a boolean", Value::as_bool)?,
            result: value.get("result").map(Recognised::read).transpose()?,
        })
    }
}

impl Recognised {
    fn value(&self) -> Value {
        let mut members = vec![
            ("text", Value::from(self.text.as_str())),
            ("score", Value::from(self.score)),
        ];
        if let Some(words) = &self.words {
            let words: Vec<Value> = words.iter().map(Word::value).collect();
            members.push(("word_info", Value::from(words)));
        }
        object(members)
    }

    fn read(value: &Value) -> Result<Self, DecodeError> {
        let words = match value.get("word_info") {
            None => None,
            Some(_) => {
                let words = array(value, "word_info")?.iter().map(Word::read);
                Some(words.collect::<Result<_, _>>()?)
            }
        };
        Ok(Self {
            text: string(value, "text")?.to_owned(),
            score: member(value, "score", "a number", Value::as_f64)?,
            words,
        })
    }
}

impl Word {
    fn value(&self) -> Value {
        object([
            ("start_time", Value::from(self.start_ms)),
            ("end_time", Value::from(self.end_ms)),
            ("word", Value::from(self.word.as_str())),
        ])
    }

    fn read(value: &Value) -> Result<Self, DecodeError> {
        Ok(Self {
            start_ms: millis(value, "start_time")?,
            end_ms: millis(value, "end_time")?,
            word: string(value, "word")?.to_owned(),
        })
    }
}
