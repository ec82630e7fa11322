//! What a correct server answers in real-time recognition.

use std::time::Duration;

use bytes::Bytes;

use super::clauses::stream;
use super::knobs;
use super::message::{Choice, End, Message, Rules, Start, decode};
use super::mode::{Events, Mode};
use super::response::{Event, Recognised, Response, Segment, Word};
use crate::dialect::Deviation;
use crate::endpoint::Opening;
use crate::finding::Finding;
use crate::hearing::{self, HeardEvent, Interim, Listen, Punctuation};
use crate::huawei::error::{
    Answer, Problem, Service, Severity, What, answer, chosen_failure, fatal_close,
};
use crate::huawei::fault::{Oddity, Traced, Wanted, wanted};
use crate::huawei::knobs::{ERROR_TRACE_ID, IDLE_MS};
use crate::huawei::response::{Common, Failure, Reason};
use crate::id::Ids;
use crate::knob::Knobs;
use crate::session::{Action, Data, Decoded, Form, Protocol, Step, Turn};

/// The server's side of one connection to one of the modes.
#[derive(Debug)]
pub struct Recognition {
    mode: &'static Mode,
    knobs: Knobs,
    rules: Rules,
    ids: Ids,
    active: Option<Active>,
    /// The id of the session that has ended last, until the next one.
    ended: Option<String>,
    past: Past,
}

/// What has become of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Past {
    /// It has had no session yet.
    Fresh,
    /// It has had one.
    Used,
    /// The server has closed it: what still comes is not answered.
    Closed,
}

/// The session of the moment.
#[derive(Debug)]
struct Active {
    trace_id: String,
    start: Start,
    phase: Phase,
    ear: Ear,
    /// Bytes of audio so far, a WAV header not counted.
    heard_bytes: u64,
    /// A message that is too small unless END comes next.
    held: Option<Bytes>,
    voice_started: Once,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Listening,
    Ending,
}

/// Whether audio still counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ear {
    /// Nothing has come yet.
    Fresh,
    /// It counts.
    Open,
    /// The sentence is over, or there was too much: it is ignored.
    Deaf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Once {
    NotYet,
    Sent,
}

impl Recognition {
    /// The server's side of a connection that has just been upgraded.
    #[must_use]
    pub fn new(mode: &'static Mode, opening: Opening) -> Self {
        Self {
            mode,
            rules: Rules::of(&opening.knobs),
            knobs: opening.knobs,
            ids: Ids::new(opening.seed),
            active: None,
            ended: None,
            past: Past::Fresh,
        }
    }

    fn start(&mut self, start: Result<Start, Problem>, turn: &mut Turn<'_>) {
        if self.active.is_some() {
            return self.refuse(&Problem::about(What::Order, "START"), turn);
        }
        let start = match start {
            Ok(start) => start,
            Err(problem) => return self.refuse(&problem, turn),
        };
        if let Some(failure) = chosen_failure(&knobs::FAIL_START, &self.knobs) {
            return self.fail(failure, turn);
        }
        let trace_id = self.ids.uuid();
        send(&Response::Common(Common::Start), Some(&trace_id), turn);
        turn.listen(Listen {
            format: start.format.audio,
            segmentation: self.mode.segmentation(&start, self.head_ms(&start)),
            interim: match start.interim_results {
                Choice::Yes => Interim::On,
                Choice::No => Interim::Off,
            },
            punctuation: match start.add_punc {
                Choice::Yes => Punctuation::Keep,
                Choice::No => Punctuation::Strip,
            },
        });
        self.past = Past::Used;
        self.ended = None;
        self.active = Some(Active {
            trace_id,
            start,
            phase: Phase::Listening,
            ear: Ear::Fresh,
            heard_bytes: 0,
            held: None,
            voice_started: Once::NotYet,
        });
    }

    fn head_ms(&self, start: &Start) -> u32 {
        match u32::try_from(start.vad_head_ms) {
            Ok(0) | Err(_) if self.knobs.is(&knobs::VAD_HEAD_ZERO, "never") => u32::MAX,
            Ok(0) | Err(_) => 60_000,
            Ok(ms) => ms,
        }
    }

    fn audio(&mut self, bytes: Bytes, turn: &mut Turn<'_>) {
        let Some(active) = &mut self.active else {
            // After END and ERROR audio that was on its way is ignored whatever is chosen.
            if self.past == Past::Fresh && self.knobs.is(&knobs::OUTSIDE, "error") {
                self.refuse(&Problem::new(What::NoSession), turn);
            }
            return;
        };
        if active.phase == Phase::Ending || active.ear == Ear::Deaf {
            return;
        }
        if let Some(failure) = chosen_failure(&knobs::FAIL_SESSION, &self.knobs) {
            return self.fail(failure, turn);
        }
        let limits = active.start.format.message_bytes();
        let sizes = self.knobs.text(&knobs::FRAME_SIZE);
        let expected = format!("{} to {} bytes", limits.start(), limits.end());
        let found = format!("audio of {} bytes", bytes.len());
        let finding = if let Some(held) = active.held.take() {
            let found = format!("audio of {} bytes before more audio", held.len());
            Finding::whole(&stream::FRAME_SIZE, found, expected)
        } else if sizes == "off" || limits.contains(&bytes.len()) {
            return self.hear(bytes, turn);
        } else if bytes.len() > *limits.end() {
            Finding::at_offset(&stream::FRAME_SIZE, *limits.end(), found, expected)
        } else if sizes == "tolerate-last" {
            active.held = Some(bytes);
            return;
        } else {
            Finding::at_offset(&stream::FRAME_SIZE, bytes.len(), found, expected)
        };
        turn.report(finding);
        self.refuse(&Problem::new(What::FrameSize), turn);
    }

    /// Takes audio of the right size, as far as the mode takes so much.
    fn hear(&mut self, mut bytes: Bytes, turn: &mut Turn<'_>) {
        let most_s = match self.knobs.number(&knobs::MAX_AUDIO_S) {
            0 => self.mode.longest_s,
            seconds => seconds,
        };
        let Some(active) = &mut self.active else {
            return;
        };
        let mut length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let format = active.start.format;
        let headed = active.ear == Ear::Fresh && format.may_have_header();
        if headed && bytes.starts_with(b"RIFF") {
            length = length.saturating_sub(WAV_HEADER_BYTES);
        }
        active.ear = Ear::Open;
        let most = u64::from(most_s) * format.bytes_per_second();
        let room = most.saturating_sub(active.heard_bytes);
        active.heard_bytes += length;
        if length <= room {
            // Without limits of size a message of nothing is taken, and there is nothing to recognise.
            if !bytes.is_empty() {
                turn.act(Action::Hear(bytes));
            }
            return;
        }
        let found = format!("{} bytes of audio", active.heard_bytes);
        let expected = format!("at most {most} bytes, {most_s} s");
        turn.report(Finding::whole(&stream::MAX_AUDIO, found, expected));
        if self.knobs.is(&knobs::EXCEEDED_AUDIO, "error") {
            return self.refuse(&Problem::new(What::TooMuchAudio), turn);
        }
        active.ear = Ear::Deaf;
        bytes.truncate(usize::try_from(room).unwrap_or(usize::MAX));
        if !bytes.is_empty() {
            turn.act(Action::Hear(bytes));
        }
        self.event(Event::ExceededAudio, u64::from(most_s) * 1000, turn);
    }

    fn end(&mut self, end: Result<End, Problem>, turn: &mut Turn<'_>) {
        let due = self
            .active
            .as_ref()
            .is_some_and(|active| active.phase == Phase::Listening);
        if !due {
            return self.refuse(&Problem::about(What::Order, "END"), turn);
        }
        match end {
            Err(problem) => self.refuse(&problem, turn),
            Ok(End::Cancel) => {
                turn.act(Action::StopHearing);
                self.finish(Reason::Cancel, turn);
            }
            Ok(End::Finish) => {
                let held = self.active.as_mut().and_then(|active| active.held.take());
                if let Some(held) = held.filter(|held| !held.is_empty()) {
                    self.hear(held, turn);
                }
                // The last message may have been too much, and have ended the session.
                if let Some(active) = &mut self.active {
                    active.phase = Phase::Ending;
                    turn.act(Action::FinishHearing);
                }
            }
        }
    }

    /// Answers a mistake; inside a session it costs the session.
    fn refuse(&mut self, problem: &Problem, turn: &mut Turn<'_>) {
        let answer = answer(Service::Recognition, problem, &self.knobs);
        match answer.severity {
            Severity::Error => self.fail(answer.failure, turn),
            Severity::Fatal => {
                let trace_id = self.error_trace_id();
                let message = Response::Common(Common::FatalError(answer.failure));
                send(&message, trace_id.as_deref(), turn);
            }
        }
    }

    fn fail(&mut self, failure: Failure, turn: &mut Turn<'_>) {
        if self.active.is_some() {
            turn.act(Action::StopHearing);
        }
        let trace_id = self.error_trace_id();
        let message = Response::Common(Common::Error(failure));
        send(&message, trace_id.as_deref(), turn);
        self.finish(Reason::Error, turn);
    }

    /// Fails without the client's doing.
    ///
    /// A session that has ended fails all the same: its last messages may still be on their way.
    fn fail_unasked(&mut self, answer: Answer, traced: Traced, turn: &mut Turn<'_>) {
        let active = self.active.as_ref().map(|active| active.trace_id.clone());
        let of_session = active.or_else(|| self.ended.clone());
        let is_traced = traced == Traced::AsUsual && self.knobs.is_on(&ERROR_TRACE_ID);
        let trace_id = of_session.clone().unwrap_or_else(|| self.ids.uuid());
        let trace_id = is_traced.then_some(trace_id);
        let (is_fatal, message) = match answer.severity {
            Severity::Error => (false, Common::Error(answer.failure)),
            Severity::Fatal => (true, Common::FatalError(answer.failure)),
        };
        if of_session.is_some() {
            turn.act(Action::StopHearing);
        }
        send(&Response::Common(message), trace_id.as_deref(), turn);
        self.active = None;
        if is_fatal {
            return self.hang_up(turn);
        }
        if let Some(trace_id) = of_session {
            let end = Response::Common(Common::End(Reason::Error));
            send(&end, Some(&trace_id), turn);
            self.ended = Some(trace_id);
        }
    }

    fn say(&mut self, oddity: Oddity, turn: &mut Turn<'_>) {
        let trace_id = self.trace_id();
        let (kind, data) = oddity.message(&trace_id, &mut self.ids);
        turn.send(kind, data);
    }

    /// Ends the session, if there is one.
    fn finish(&mut self, reason: Reason, turn: &mut Turn<'_>) {
        if let Some(active) = self.active.take() {
            let message = Response::Common(Common::End(reason));
            send(&message, Some(&active.trace_id), turn);
            self.ended = Some(active.trace_id);
        }
    }

    /// The session's id, or one of its own for an error outside a session.
    fn error_trace_id(&mut self) -> Option<String> {
        let trace_id = self.trace_id();
        self.knobs.is_on(&ERROR_TRACE_ID).then_some(trace_id)
    }

    fn trace_id(&mut self) -> String {
        match &self.active {
            Some(active) => active.trace_id.clone(),
            None => self.ids.uuid(),
        }
    }

    fn event(&self, event: Event, timestamp_ms: u64, turn: &mut Turn<'_>) {
        let trace_id = self.active.as_ref().map(|active| active.trace_id.as_str());
        let message = Response::Event {
            event,
            timestamp_ms,
        };
        send(&message, trace_id, turn);
    }

    /// An event of voice, in the mode that has them.
    fn voice_event(&mut self, event: Event, at_ms: u32, turn: &mut Turn<'_>) {
        let Some(active) = &mut self.active else {
            return;
        };
        if self.mode.events == Events::None {
            return;
        }
        match event {
            Event::VoiceStart if active.voice_started == Once::Sent => return,
            Event::VoiceStart => active.voice_started = Once::Sent,
            // The sentence is over: what was not due yet is ignored with all that follows.
            _ if active.ear == Ear::Deaf => return,
            _ => {
                active.ear = Ear::Deaf;
                active.held = None;
            }
        }
        self.event(event, u64::from(at_ms), turn);
    }

    fn result(&self, heard: hearing::Segment, is_final: bool, turn: &mut Turn<'_>) {
        let Some(active) = &self.active else { return };
        let score = if is_final || self.knobs.is_on(&knobs::LIVE_SCORE) {
            f64::from(heard.score_permille) / 1000.0
        } else {
            0.0
        };
        let words = (active.start.need_word_info == Choice::Yes).then(|| {
            let words = heard.words.into_iter().map(|word| Word {
                start_ms: u64::from(word.start_ms),
                end_ms: u64::from(word.end_ms),
                word: word.text,
            });
            words.collect()
        });
        let segment = Segment {
            start_ms: u64::from(heard.start_ms),
            end_ms: u64::from(heard.end_ms),
            is_final,
            result: Some(Recognised {
                text: heard.text,
                score,
                words,
            }),
        };
        let message = Response::Result(vec![segment]);
        send(&message, Some(&active.trace_id), turn);
    }

    fn hang_up(&mut self, turn: &mut Turn<'_>) {
        self.past = Past::Closed;
        if self.active.take().is_some() {
            turn.act(Action::StopHearing);
        }
        match fatal_close(&self.knobs) {
            Some(code) => turn.close(code, ""),
            None => turn.act(Action::Abort),
        }
    }

    fn arm_idle(&self, turn: &mut Turn<'_>) {
        let ms = u64::from(self.knobs.number(&IDLE_MS));
        turn.arm(IDLE, Duration::from_millis(ms));
    }
}

impl Protocol for Recognition {
    type Message = Message;

    fn decode(&self, form: Form, payload: &Bytes) -> Decoded<Message> {
        decode(form, payload, &self.rules)
    }

    fn open(&mut self, turn: &mut Turn<'_>) {
        self.arm_idle(turn);
        let seconds = u64::from(self.knobs.number(&knobs::AGE_S));
        turn.arm(AGE, Duration::from_secs(seconds));
    }

    fn receive(&mut self, message: Message, _: Step, turn: &mut Turn<'_>) {
        if self.past == Past::Closed {
            return;
        }
        self.arm_idle(turn);
        match message {
            Message::Start(start) => self.start(start, turn),
            Message::Audio(bytes) => self.audio(bytes, turn),
            Message::End(end) => self.end(end, turn),
            Message::Refused(problem) => self.refuse(&problem, turn),
        }
    }

    fn heard(&mut self, event: HeardEvent, turn: &mut Turn<'_>) {
        let Some(active) = &self.active else { return };
        match event {
            HeardEvent::VoiceStart { at_ms } => self.voice_event(Event::VoiceStart, at_ms, turn),
            HeardEvent::VoiceEnd { at_ms } => self.voice_event(Event::VoiceEnd, at_ms, turn),
            HeardEvent::TooMuchSilence { at_ms } => {
                self.voice_event(Event::ExceededSilence, at_ms, turn);
            }
            HeardEvent::Interim(segment) => {
                if active.start.interim_results == Choice::Yes {
                    self.result(segment, false, turn);
                }
            }
            HeardEvent::Final(segment) => self.result(segment, true, turn),
            HeardEvent::Done => {
                if active.phase == Phase::Ending {
                    self.finish(Reason::Normal, turn);
                }
            }
        }
    }

    fn timer(&mut self, timer: &'static str, turn: &mut Turn<'_>) {
        if self.past == Past::Closed {
            return;
        }
        match timer {
            IDLE => {
                self.refuse(&Problem::new(What::Idle), turn);
                self.hang_up(turn);
            }
            AGE => self.hang_up(turn),
            _ => {}
        }
    }

    fn deviate(&mut self, deviation: &Deviation, turn: &mut Turn<'_>) -> bool {
        if self.past == Past::Closed {
            return false;
        }
        match wanted(Service::Recognition, deviation, &self.knobs) {
            None => return false,
            Some(Wanted::Fail(answer, traced)) => self.fail_unasked(answer, traced, turn),
            Some(Wanted::Say(oddity)) => self.say(oddity, turn),
        }
        true
    }
}

fn send(message: &Response, trace_id: Option<&str>, turn: &mut Turn<'_>) {
    turn.send(message.kind(), Data::text(message.encode(trace_id)));
}

/// The timer of a client that says nothing.
const IDLE: &str = "idle";

/// The timer of a connection that lives too long.
const AGE: &str = "age";

/// What precedes the samples of a plain WAV file.
const WAV_HEADER_BYTES: u64 = 44;
