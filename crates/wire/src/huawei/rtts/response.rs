//! Text messages of the server: types, encode, strict decode.
//!
//! ```text
//!   {"resp_type":"RESULT","trace_id":"…","result":[
//!      {"start_time":0,"end_time":384,"text":"Nice","word_index":0,
//!       "phonemes":[{"phoneme":"n","start_time":0,"end_time":96,"phoneme_index":0}, …]}, …]}
//! ```

use bytes::Bytes;

use crate::error::DecodeError;
use crate::huawei::response::{Common, Envelope, array, encode, millis, string, wrong};
use crate::json::{Value, object};

/// A text message of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Response {
    /// One that recognition has, too.
    Common(Common),
    /// The times of words.
    Result(Vec<Entry>),
}

/// When one word is heard. Times are milliseconds of the whole audio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it begins.
    pub start_ms: u64,
    /// Where it ends.
    pub end_ms: u64,
    /// The word, or one Chinese character.
    pub text: String,
    /// Its place in its sentence, from 0.
    pub word_index: u64,
    /// Its phonemes; empty if they were not asked for.
    pub phonemes: Vec<Phoneme>,
}

/// When one phoneme is heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phoneme {
    /// Its name.
    pub phoneme: String,
    /// Where it begins.
    pub start_ms: u64,
    /// Where it ends.
    pub end_ms: u64,
    /// Its place in its entry, from 0.
    pub index: u64,
}

impl Response {
    /// Its kind, which is its `resp_type`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Common(common) => common.kind(),
            Self::Result(_) => "RESULT",
        }
    }

    /// The message as text.
    #[must_use]
    pub fn encode(&self, trace_id: Option<&str>) -> String {
        match self {
            Self::Common(common) => common.encode(trace_id),
            Self::Result(entries) => {
                let entries: Vec<Value> = entries.iter().map(Entry::value).collect();
                encode("RESULT", trace_id, vec![("result", Value::from(entries))])
            }
        }
    }

    /// The `trace_id` and the message.
    ///
    /// # Errors
    /// If it is no message of this service.
    pub fn decode(payload: &Bytes) -> Result<(Option<String>, Self), DecodeError> {
        let envelope = Envelope::open(payload)?;
        let response = if let Some(common) = Common::read(&envelope)? {
            Self::Common(common)
        } else if envelope.resp_type == "RESULT" {
            let entries = array(&envelope.value, "result")?;
            Self::Result(entries.iter().map(Entry::read).collect::<Result<_, _>>()?)
        } else {
            let problem = format!("{:?} is no kind of message", envelope.resp_type);
            return Err(wrong("resp_type", problem));
        };
        Ok((envelope.trace_id, response))
    }
}

impl Entry {
    fn value(&self) -> Value {
        let mut members = vec![
            ("start_time", Value::from(self.start_ms)),
            ("end_time", Value::from(self.end_ms)),
            ("text", Value::from(self.text.as_str())),
            ("word_index", Value::from(self.word_index)),
        ];
        if !self.phonemes.is_empty() {
            let phonemes: Vec<Value> = self.phonemes.iter().map(Phoneme::value).collect();
            members.push(("phonemes", Value::from(phonemes)));
        }
        object(members)
    }

    fn read(value: &Value) -> Result<Self, DecodeError> {
        let phonemes = match value.get("phonemes") {
            None => Vec::new(),
            Some(_) => array(value, "phonemes")?
                .iter()
                .map(Phoneme::read)
                .collect::<Result<_, _>>()?,
        };
        Ok(Self {
            start_ms: millis(value, "start_time")?,
            end_ms: millis(value, "end_time")?,
            text: string(value, "text")?.to_owned(),
            word_index: millis(value, "word_index")?,
            phonemes,
        })
    }
}

impl Phoneme {
    fn value(&self) -> Value {
        object([
            ("phoneme", Value::from(self.phoneme.as_str())),
            ("start_time", Value::from(self.start_ms)),
            ("end_time", Value::from(self.end_ms)),
            ("phoneme_index", Value::from(self.index)),
        ])
    }

    fn read(value: &Value) -> Result<Self, DecodeError> {
        Ok(Self {
            phoneme: string(value, "phoneme")?.to_owned(),
            start_ms: millis(value, "start_time")?,
            end_ms: millis(value, "end_time")?,
            index: millis(value, "phoneme_index")?,
        })
    }
}
