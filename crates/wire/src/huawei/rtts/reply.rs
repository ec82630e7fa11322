//! What a correct server answers in real-time synthesis.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use super::knobs;
use super::message::{Message, Start, decode};
use super::response::Response;
use super::rules::Rules;
use super::subtitle::{Sentence, sentences};
use crate::dialect::Deviation;
use crate::endpoint::Opening;
use crate::huawei::error::{
    Answer, Problem, Service, Severity, What, answer, chosen_failure, fatal_close,
};
use crate::huawei::fault::{Oddity, Traced, Wanted, is_harmless, wanted};
use crate::huawei::knobs::{ERROR_TRACE_ID, IDLE_MS};
use crate::huawei::response::{Common, Failure, Reason};
use crate::id::Ids;
use crate::knob::Knobs;
use crate::session::{Action, Data, Decoded, Form, Protocol, Step, Turn};
use crate::speech::{Chunking, Speech, SpeechEvent, units_of};

/// The server's side of one connection to `huawei/rtts`.
#[derive(Debug)]
pub struct Synthesis {
    knobs: Knobs,
    rules: Rules,
    ids: Ids,
    task: Option<Task>,
    link: Link,
}

/// Whether the server still talks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    Up,
    /// It has closed: what still comes is not answered.
    Closed,
}

/// The one synthesis of the connection.
#[derive(Debug)]
struct Task {
    trace_id: String,
    start: Start,
    progress: Progress,
    /// Sentences whose `RESULT` is still to be sent.
    due: VecDeque<Sentence>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Speaking,
    Done,
}

impl Synthesis {
    /// The server's side of a connection that has just been upgraded.
    #[must_use]
    pub fn new(opening: Opening) -> Self {
        Self {
            rules: Rules::of(&opening.knobs, opening.can_encode),
            knobs: opening.knobs,
            ids: Ids::new(opening.seed),
            task: None,
            link: Link::Up,
        }
    }

    fn start(&mut self, start: Result<Start, Problem>, turn: &mut Turn<'_>) {
        if self.task.is_some() {
            return self.refuse(&Problem::about(What::SecondTask, "command"), turn);
        }
        let start = match start {
            Ok(start) => start,
            Err(problem) => return self.refuse(&problem, turn),
        };
        if let Some(failure) = chosen_failure(&knobs::FAIL_START, &self.knobs) {
            return self.error(Severity::Error, failure, turn);
        }
        turn.disarm(IDLE);
        let task = Task {
            trace_id: self.ids.uuid(),
            start,
            progress: Progress::Speaking,
            due: VecDeque::new(),
        };
        send(&Common::Start, Some(&task.trace_id), turn);
        turn.speak(self.speech(&task.start));
        self.task = Some(task);
    }

    fn speech(&self, start: &Start) -> Speech {
        Speech {
            units: units_of(&start.text),
            voice: start.property.clone(),
            speed_permille: scale(start.speed),
            pitch_permille: scale(start.pitch),
            volume_permille: u32::try_from(start.volume * 20).unwrap_or_default(),
            trailing_silence_ms: self.knobs.number(&knobs::TAIL_MS),
            format: start.audio(),
            chunking: Chunking::Millis(self.knobs.number(&knobs::CHUNK_MS)),
        }
    }

    fn audio(&mut self, bytes: Bytes, until_us: u64, last: bool, turn: &mut Turn<'_>) {
        let Some(task) = &mut self.task else { return };
        if task.progress == Progress::Done {
            return;
        }
        while let Some(sentence) = task.due.front()
            && (last || sentence.start_us < until_us)
            && let Some(sentence) = task.due.pop_front()
        {
            let result = Response::Result(sentence.entries);
            let text = result.encode(Some(&task.trace_id));
            turn.send(result.kind(), Data::text(text));
        }
        turn.send("audio", Data::binary(bytes));
        let failure = chosen_failure(&knobs::FAIL_SYNTHESIS, &self.knobs);
        let reason = match (&failure, last) {
            (Some(_), _) => Reason::Error,
            (None, true) => Reason::Normal,
            (None, false) => return,
        };
        if let Some(failure) = failure {
            turn.act(Action::StopSpeaking);
            self.error(Severity::Error, failure, turn);
        }
        self.end(reason, turn);
    }

    /// Ends the task, if there is one.
    fn end(&mut self, reason: Reason, turn: &mut Turn<'_>) {
        let Some(task) = &mut self.task else { return };
        task.progress = Progress::Done;
        send(&Common::End(reason), Some(&task.trace_id), turn);
        if self.knobs.is_on(&knobs::IDLE_AFTER_END) {
            self.arm_idle(turn);
        }
    }

    /// Fails without the client's doing.
    ///
    /// A task that is done fails all the same: its last messages may still be on their way.
    fn fail(&mut self, answer: Answer, traced: Traced, turn: &mut Turn<'_>) {
        let is_harmless = is_harmless(&answer.failure);
        if !is_harmless && let Some(task) = &mut self.task {
            turn.act(Action::StopSpeaking);
            task.progress = Progress::Done;
        }
        match traced {
            Traced::AsUsual => self.error(answer.severity, answer.failure, turn),
            Traced::Never => tell(answer.severity, answer.failure, None, turn),
        }
        match answer.severity {
            Severity::Error if is_harmless => {}
            Severity::Error => self.end(Reason::Error, turn),
            Severity::Fatal => self.hang_up(turn),
        }
    }

    fn hang_up(&mut self, turn: &mut Turn<'_>) {
        self.link = Link::Closed;
        match fatal_close(&self.knobs) {
            Some(code) => turn.close(code, ""),
            None => turn.act(Action::Abort),
        }
    }

    fn say(&mut self, oddity: Oddity, turn: &mut Turn<'_>) {
        let trace_id = self.trace_id();
        let (kind, data) = oddity.message(&trace_id, &mut self.ids);
        turn.send(kind, data);
    }

    /// The session's id, or one of its own before there is a session.
    fn trace_id(&mut self) -> String {
        match &self.task {
            Some(task) => task.trace_id.clone(),
            None => self.ids.uuid(),
        }
    }

    fn refuse(&mut self, problem: &Problem, turn: &mut Turn<'_>) {
        let answer = answer(Service::Synthesis, problem, &self.knobs);
        self.error(answer.severity, answer.failure, turn);
    }

    /// Sends an error under the session's id, or under one of its own before there is a session.
    fn error(&mut self, severity: Severity, failure: Failure, turn: &mut Turn<'_>) {
        let trace_id = self.trace_id();
        let trace_id = self.knobs.is_on(&ERROR_TRACE_ID).then_some(trace_id);
        tell(severity, failure, trace_id.as_deref(), turn);
    }

    fn arm_idle(&self, turn: &mut Turn<'_>) {
        let ms = u64::from(self.knobs.number(&IDLE_MS));
        turn.arm(IDLE, Duration::from_millis(ms));
    }

    fn waits(&self) -> bool {
        match &self.task {
            None => true,
            Some(task) => {
                task.progress == Progress::Done && self.knobs.is_on(&knobs::IDLE_AFTER_END)
            }
        }
    }
}

impl Protocol for Synthesis {
    type Message = Message;

    fn decode(&self, form: Form, payload: &Bytes) -> Decoded<Message> {
        decode(form, payload, &self.rules)
    }

    fn open(&mut self, turn: &mut Turn<'_>) {
        self.arm_idle(turn);
    }

    fn receive(&mut self, message: Message, step: Step, turn: &mut Turn<'_>) {
        if step.from == "closed" || self.link == Link::Closed {
            return;
        }
        if self.waits() {
            self.arm_idle(turn);
        }
        match message {
            Message::Start(start) => self.start(start, turn),
            Message::Refused(problem) => self.refuse(&problem, turn),
            Message::Binary if self.knobs.is(&knobs::BINARY, "ignore") => {}
            Message::Binary => self.refuse(&Problem::new(What::Binary), turn),
        }
    }

    fn spoken(&mut self, event: SpeechEvent, turn: &mut Turn<'_>) {
        match event {
            SpeechEvent::Planned(plan) => {
                let Some(task) = &mut self.task else { return };
                if let Some(level) = task.start.subtitle {
                    task.due = sentences(&units_of(&task.start.text), &plan, level);
                }
            }
            SpeechEvent::Audio {
                bytes,
                until_us,
                last,
            } => self.audio(bytes, until_us, last, turn),
        }
    }

    fn timer(&mut self, timer: &'static str, turn: &mut Turn<'_>) {
        if timer == IDLE && self.link == Link::Up && self.waits() {
            self.refuse(&Problem::new(What::Idle), turn);
            self.hang_up(turn);
        }
    }

    fn deviate(&mut self, deviation: &Deviation, turn: &mut Turn<'_>) -> bool {
        if self.link == Link::Closed {
            return false;
        }
        match wanted(Service::Synthesis, deviation, &self.knobs) {
            None => return false,
            Some(Wanted::Fail(answer, traced)) => self.fail(answer, traced, turn),
            Some(Wanted::Say(oddity)) => self.say(oddity, turn),
        }
        true
    }
}

fn tell(severity: Severity, failure: Failure, trace_id: Option<&str>, turn: &mut Turn<'_>) {
    let message = match severity {
        Severity::Error => Common::Error(failure),
        Severity::Fatal => Common::FatalError(failure),
    };
    send(&message, trace_id, turn);
}

fn send(message: &Common, trace_id: Option<&str>, turn: &mut Turn<'_>) {
    turn.send(message.kind(), Data::text(message.encode(trace_id)));
}

/// -500, 0 and 500 as half, once and twice, in a straight line on either side of 0.
fn scale(value: i32) -> u32 {
    let permille = if value < 0 {
        1000 + value
    } else {
        1000 + 2 * value
    };
    u32::try_from(permille).unwrap_or(1000)
}

/// The timer of a client that says nothing.
const IDLE: &str = "idle";
