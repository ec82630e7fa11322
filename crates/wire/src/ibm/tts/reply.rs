//! What a correct server answers on `ibm/tts`.
//!
//! ```text
//!   Waiting ──request──▶ judge ──▶ binary_streams, warnings ──▶ Speaking ──last audio──▶ Over, 1000
//!      │                   └────────────── error ──────────────────┴──▶ Over, 1011
//!      └── no request for 30 s: error
//! ```

use std::time::Duration;

use bytes::Bytes;

use crate::audio::{AudioFormat, Encoding};
use crate::dialect::Deviation;
use crate::endpoint::Opening;
use crate::finding::Finding;
use crate::ibm::accept::{self, Accepted, Circumstances};
use crate::ibm::clauses::exchange as clauses;
use crate::ibm::error::{Blanks, Failure, REASON, Refused};
use crate::ibm::fault::{Wanted, wanted};
use crate::ibm::knobs;
use crate::ibm::ssml::{self, Script};
use crate::ibm::voices::Voice;
use crate::id::Ids;
use crate::knob::Knobs;
use crate::session::{Action, Decoded, Form, Protocol, Step, Turn};
use crate::speech::{Chunking, Speech, SpeechEvent};

use super::message::{ClientMessage, Request, ServerMessage, Timings, WordForm};
use super::query::Query;
use super::timing::{Precision, Timeline};

/// The timer of a connection without a request.
pub const FIRST_MESSAGE: &str = "first-message";

/// One session.
#[derive(Debug)]
pub struct Synthesis {
    knobs: Knobs,
    query: Query,
    can_encode: fn(&AudioFormat) -> bool,
    ids: Ids,
    phase: Phase,
}

#[derive(Debug)]
enum Phase {
    Waiting,
    Speaking(Box<Speaking>),
    Over,
}

/// What has to be known while speech comes back.
#[derive(Debug)]
struct Speaking {
    script: Script,
    words: Option<WordForm>,
    timeline: Timeline,
}

/// A request that has passed every check.
struct Job {
    accepted: Accepted,
    script: Script,
    voice: Voice,
    words: Option<WordForm>,
}

impl Synthesis {
    /// A session for an accepted handshake.
    #[must_use]
    pub fn new(opening: Opening) -> Self {
        Self {
            query: Query::read(&opening.head, &opening.knobs),
            knobs: opening.knobs,
            can_encode: opening.can_encode,
            ids: Ids::new(opening.seed),
            phase: Phase::Waiting,
        }
    }

    fn start(&mut self, request: &Request, turn: &mut Turn<'_>) {
        let job = match self.judge(request, turn) {
            Ok(job) => job,
            Err(failure) => return self.fail(&failure, turn),
        };
        send(
            &ServerMessage::BinaryStreams(job.accepted.content_type),
            turn,
        );
        if self.knobs.is(&knobs::UNKNOWN_MEMBERS, "warn") {
            warn("Unknown url query arguments", &self.query.unknown, turn);
            warn("Unknown arguments", &request.unknown(), turn);
        }
        let format = job.accepted.format;
        turn.speak(Speech {
            units: job.script.units.clone(),
            voice: job.voice.name,
            speed_permille: self.query.speed_permille,
            pitch_permille: self.query.pitch_permille,
            volume_permille: 1000,
            trailing_silence_ms: TRAILING_SILENCE_MS,
            format,
            chunking: Chunking::Millis(chunk_ms(format, self.knobs.number(&knobs::AUDIO_CHUNK))),
        });
        self.phase = Phase::Speaking(Box::new(Speaking {
            script: job.script,
            words: job.words,
            timeline: Timeline::default(),
        }));
    }

    /// Looks at everything that can be wrong with a request, in a fixed order.
    fn judge(&self, request: &Request, turn: &mut Turn<'_>) -> Result<Job, Failure> {
        if let Some(refused) = self.query.refused.first() {
            return Err(refused.failure.clone());
        }
        let Some(voice) = self.query.voice.clone() else {
            unreachable!("a query without a voice is refused for it")
        };
        let empty = request.text.trim().is_empty();
        if empty && self.knobs.is(&knobs::EMPTY_TEXT, "error") {
            return Err(Failure::TextEmpty);
        }
        let accept = match &request.accept {
            Some(accept) => accept,
            None if self.knobs.is(&knobs::MISSING_ACCEPT, "default") => accept::DEFAULT,
            None => return Err(Failure::Missing("accept")),
        };
        let given = Circumstances {
            kind: voice.kind,
            knobs: &self.knobs,
            can_encode: self.can_encode,
        };
        let mut accepted = accept::read(accept, given).map_err(|refused| told(refused, turn))?;
        for finding in accepted.findings.drain(..) {
            turn.report(finding);
        }
        self.check_length(&request.text)
            .map_err(|refused| told(refused, turn))?;
        let mut script = ssml::read(&request.text, &voice, &self.knobs)
            .map_err(|refused| told(refused, turn))?;
        for finding in script.findings.drain(..) {
            turn.report(finding);
        }
        let words = self.words(request.timings, &voice, turn);
        Ok(Job {
            accepted,
            script,
            voice,
            words,
        })
    }

    fn check_length(&self, text: &str) -> Result<(), Refused> {
        let limit = usize::try_from(self.knobs.number(&knobs::TEXT_LIMIT)).unwrap_or(usize::MAX);
        let length = text.len();
        if length <= limit {
            return Ok(());
        }
        let found = format!("{length} bytes");
        let expected = format!("at most {limit} bytes");
        let failure = Failure::TooLong { length, limit };
        Err(Refused::at("text", failure, found, expected))
    }

    /// How words are announced, if they are wanted and the voice has them.
    fn words(&self, wanted: Timings, voice: &Voice, turn: &mut Turn<'_>) -> Option<WordForm> {
        use crate::ibm::clauses::audio::{JAPANESE_TIMINGS, MEREL};
        if wanted == Timings::None {
            return None;
        }
        if !voice.has_words() {
            let clause = match voice.language() {
                "ja-JP" => &JAPANESE_TIMINGS,
                _ => &MEREL,
            };
            let found = format!("[\"words\"] with {}", voice.name);
            let expected = "no timings with this voice";
            turn.report(Finding::at_path(clause, "timings", found, expected));
            return None;
        }
        Some(if self.knobs.is(&knobs::WORD_FORM, "nested") {
            WordForm::Nested
        } else {
            WordForm::Flat
        })
    }

    fn precision(&self) -> Precision {
        if self.knobs.is(&knobs::WORD_FORM, "nested") {
            Precision::Micros
        } else {
            Precision::Millis
        }
    }

    /// Says what is wrong and closes; before other codes than 1011 only if the knob says so.
    fn fail(&mut self, failure: &Failure, turn: &mut Turn<'_>) {
        self.hush(turn);
        let code = failure.close_code();
        if code != FAILED_CLOSE && !self.knobs.is_on(&knobs::ERROR_BEFORE_CLOSE) {
            return turn.close(code, "");
        }
        let blanks = if self.knobs.is(&knobs::MIMETYPE_BLANKS, "two") {
            Blanks::Two
        } else {
            Blanks::One
        };
        send(&ServerMessage::Error(failure.text(blanks)), turn);
        turn.close(code, REASON);
    }

    /// Ends the session without a word: nothing more is spoken or waited for.
    fn hush(&mut self, turn: &mut Turn<'_>) {
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Waiting => turn.disarm(FIRST_MESSAGE),
            Phase::Speaking(_) => turn.act(Action::StopSpeaking),
            Phase::Over => {}
        }
    }

    /// A message that does not belong where it came: ignored, or answered if the knob says so.
    fn misplaced(&mut self, form: Form, turn: &mut Turn<'_>) {
        let (knob, failure) = match form {
            Form::Binary => (&knobs::CLIENT_BINARY, Failure::ClientBinary),
            Form::Text => (&knobs::SECOND_MESSAGE, Failure::SecondMessage),
        };
        if self.knobs.is(knob, "error") {
            self.fail(&failure, turn);
        }
    }
}

impl Protocol for Synthesis {
    type Message = ClientMessage;

    fn decode(&self, form: Form, payload: &Bytes) -> Decoded<ClientMessage> {
        let mut decoded = ClientMessage::decode(form, payload);
        if !matches!(self.phase, Phase::Waiting) {
            // A message that is ignored as a whole need not have the members of a request.
            decoded.findings.clear();
        }
        decoded
    }

    fn open(&mut self, turn: &mut Turn<'_>) {
        let ms = self.knobs.number(&knobs::FIRST_MESSAGE_TIMEOUT);
        if ms > 0 {
            turn.arm(FIRST_MESSAGE, Duration::from_millis(u64::from(ms)));
        }
    }

    fn receive(&mut self, message: ClientMessage, _step: Step, turn: &mut Turn<'_>) {
        let form = message.form();
        match (&self.phase, message) {
            (Phase::Over, _) => {}
            (Phase::Speaking(_), _) | (Phase::Waiting, ClientMessage::Binary(_)) => {
                self.misplaced(form, turn);
            }
            (Phase::Waiting, ClientMessage::Request(request)) => {
                turn.disarm(FIRST_MESSAGE);
                self.start(&request, turn);
            }
            (Phase::Waiting, ClientMessage::Invalid(failure)) => {
                let earlier = self.query.refused.first().map(|r| r.failure.clone());
                self.fail(&earlier.unwrap_or(failure), turn);
            }
            (Phase::Waiting, ClientMessage::Malformed(_)) => {
                if self.knobs.is(&knobs::MALFORMED_JSON, "drop") {
                    self.hush(turn);
                    turn.act(Action::Abort);
                } else {
                    self.fail(&Failure::NotJson, turn);
                }
            }
        }
    }

    fn spoken(&mut self, event: SpeechEvent, turn: &mut Turn<'_>) {
        let precision = self.precision();
        let all_first = self.knobs.is(&knobs::TIMING_ORDER, "first");
        let Phase::Speaking(speaking) = &mut self.phase else {
            return;
        };
        match event {
            SpeechEvent::Planned(plan) => {
                let words = speaking.words;
                speaking.timeline = Timeline::new(&speaking.script, &plan, words, precision);
                if all_first {
                    for message in speaking.timeline.rest(precision) {
                        send(&message, turn);
                    }
                }
            }
            SpeechEvent::Audio {
                bytes,
                until_us,
                last,
            } => {
                let due = if last {
                    speaking.timeline.rest(precision)
                } else {
                    speaking.timeline.before(until_us, precision)
                };
                for message in due {
                    send(&message, turn);
                }
                // Only a fault makes a chunk of nothing, and wants it sent.
                if bytes.is_empty() && !last {
                    send(&ServerMessage::Audio(Bytes::new()), turn);
                }
                for piece in pieces(bytes) {
                    send(&ServerMessage::Audio(piece), turn);
                }
                if last {
                    self.phase = Phase::Over;
                    turn.close(NORMAL_CLOSE, "");
                }
            }
        }
    }

    fn timer(&mut self, timer: &'static str, turn: &mut Turn<'_>) {
        if timer == FIRST_MESSAGE && matches!(self.phase, Phase::Waiting) {
            let ms = self.knobs.text(&knobs::FIRST_MESSAGE_TIMEOUT);
            let found = format!("no request for {ms} ms");
            turn.report(Finding::whole(&clauses::IDLE, found, "a request"));
            self.fail(&Failure::Idle, turn);
        }
    }

    fn broken(&mut self, code: u16, turn: &mut Turn<'_>) {
        let failure = Failure::of_close(code);
        if code == failure.close_code() {
            let text = failure.text(Blanks::One);
            let expected = "frames of RFC 6455 within the limits";
            turn.report(Finding::whole(failure.clause(), text, expected));
            if !matches!(self.phase, Phase::Over) {
                return self.fail(&failure, turn);
            }
        }
        self.hush(turn);
        turn.close(code, "");
    }

    fn deviate(&mut self, deviation: &Deviation, turn: &mut Turn<'_>) -> bool {
        match wanted(deviation) {
            None => return false,
            // An answer that is over fails all the same: its last messages may still be on
            // their way.
            Some(Wanted::Fail(failure)) => self.fail(&failure, turn),
            Some(Wanted::Say(oddity)) => {
                let (kind, data) = oddity.message(&mut self.ids);
                turn.send(kind, data);
            }
        }
        true
    }
}

fn send(message: &ServerMessage, turn: &mut Turn<'_>) {
    turn.send(message.kind(), message.encode());
}

fn warn(what: &str, names: &[impl AsRef<str>], turn: &mut Turn<'_>) {
    if !names.is_empty() {
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        let text = format!("{what}: {}.", names.join(", "));
        send(&ServerMessage::Warnings(text), turn);
    }
}

fn told(refused: Refused, turn: &mut Turn<'_>) -> Failure {
    turn.report(*refused.finding);
    refused.failure
}

/// Audio in messages of at most [`LARGEST_AUDIO`].
fn pieces(mut bytes: Bytes) -> Vec<Bytes> {
    let mut pieces = Vec::new();
    while !bytes.is_empty() {
        let length = bytes.len().min(LARGEST_AUDIO);
        pieces.push(bytes.split_to(length));
    }
    pieces
}

/// As much sound as was asked for, or as fits into an audio message with room for a header.
fn chunk_ms(format: AudioFormat, wanted_ms: u32) -> u32 {
    const ROOM: u32 = 60_000;
    let bytes_per_second = match format.encoding {
        Encoding::Mp3(_) | Encoding::OggOpus | Encoding::WebmOpus => 40_000,
        Encoding::Wav | Encoding::Flac => format.rate_hz.saturating_mul(2),
        Encoding::Pcm(_) | Encoding::Mulaw | Encoding::Alaw => {
            format.bytes_per_second().unwrap_or(format.rate_hz)
        }
    };
    let fitting = ROOM.saturating_mul(1000) / bytes_per_second.max(1);
    wanted_ms.min(fitting).max(1)
}

/// The largest audio message, in bytes.
pub const LARGEST_AUDIO: usize = 64 * 1024;
/// There is sound in every answer, also if there is nothing to say.
pub(in crate::ibm) const TRAILING_SILENCE_MS: u32 = 200;
const NORMAL_CLOSE: u16 = 1000;
const FAILED_CLOSE: u16 = 1011;
