//! What a correct server answers.

mod deviate;

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;

use super::front_end;
use super::message::{self, Message, Refused};
use super::policy::Policy;
use super::request::{Operation, Request};
use super::table;
use crate::credentials::Grant;
use crate::dialect::Deviation;
use crate::endpoint::Opening;
use crate::finding::Finding;
use crate::id;
use crate::knob::Knobs;
use crate::session::{Action, Data, Decoded, Form, Protocol, Step, Turn};
use crate::speech::{Plan, SpeechEvent, Unit};
use crate::volcengine::auth::Credential;
use crate::volcengine::clauses::{exchange, fault};
use crate::volcengine::error::{Aftermath, ServiceError, Shape};
use crate::volcengine::frame::{Compression, Frame, Kind, Position, Serialization};
use crate::volcengine::knobs;

/// The server's side of one link.
#[derive(Debug)]
pub struct Reply {
    knobs: Knobs,
    policy: Policy,
    credential: Credential,
    grant: Grant,
    work: Work,
    /// The compression of the client's last message, for errors that answer none.
    compression: Compression,
    /// The id of the client's last request, and when what is spoken: a fault may come when the
    /// request itself is over.
    reqid: String,
    said: Option<Said>,
}

/// What a request has made the server say.
#[derive(Debug)]
struct Said {
    units: Vec<Unit>,
    plan: Plan,
}

/// What the server is doing.
#[derive(Debug)]
enum Work {
    /// Nothing.
    Waiting(History),
    /// Answering a request.
    Answering(Box<Job>),
    /// Nothing any more: the link is being closed.
    Closing,
}

/// Whether a request of this link has been answered to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum History {
    None,
    Answered,
}

/// A request that is being answered.
#[derive(Debug)]
struct Job {
    request: Request,
    compression: Compression,
    /// Audio frames sent so far.
    sent: i32,
    /// Front-end frames that have not been sent.
    front_ends: Vec<String>,
    /// What was before it.
    history: History,
}

const IDLE: &str = "idle";
pub(in crate::volcengine) const REQID: &str = "volcengine reqid";
const NORMAL: u16 = 1000;
/// What the default receive limit of Python's `websockets` lets through.
const MEBIBYTE: usize = 1024 * 1024;

impl Reply {
    /// A link that has just been opened.
    #[must_use]
    pub fn new(opening: Opening) -> Self {
        Self {
            policy: Policy::of(&opening.knobs, opening.can_encode),
            credential: Credential::of(&opening.head),
            grant: opening.grant,
            knobs: opening.knobs,
            work: Work::Waiting(History::None),
            compression: Compression::None,
            reqid: String::new(),
            said: None,
        }
    }

    /// Begins to answer a request.
    fn begin(&mut self, request: Request, compression: Compression, turn: &mut Turn<'_>) {
        let Work::Waiting(history) = self.work else {
            unreachable!("only a waiting server begins to answer")
        };
        let is_new = turn.memory.is_new(REQID, &remembered(&request.reqid));
        let refuses_reuse = self.knobs.is(&knobs::REQID_REUSE, "refuse");
        if !is_new {
            turn.report(repeated());
        }
        self.arm_idle(turn);
        let outside = request.outside(&self.grant).map(|(error, finding)| {
            turn.report(finding);
            error
        });
        let refusal = if outside.is_some() {
            outside
        } else if history == History::Answered && self.knobs.is(&knobs::SINGLE, "refuse") {
            Some(ServiceError::InvalidRequest)
        } else if self.credential == Credential::WrongBearer
            && self.knobs.is(&knobs::WRONG_BEARER, "frame")
        {
            Some(ServiceError::UnknownGrant)
        } else if !is_new && refuses_reuse {
            Some(ServiceError::Interrupted)
        } else {
            None
        };
        if let Some(error) = refusal {
            self.fail(table::ERROR, error, &request.reqid, compression, turn);
            return;
        }
        turn.disarm(IDLE);
        if request.operation == Operation::Submit && self.knobs.is_on(&knobs::ACK) {
            let ack = Frame::new(Kind::AudioOnlyServer, Serialization::Raw, Bytes::new());
            send(table::ACK, &ack, turn);
        }
        turn.speak(request.speech(self.knobs.number(&knobs::CHUNK_MS)));
        self.work = Work::Answering(Box::new(Job {
            request,
            compression,
            sent: 0,
            front_ends: Vec::new(),
            history,
        }));
    }

    /// Answers a message that is not a request that can be served now.
    fn object(&mut self, refused: &Refused, turn: &mut Turn<'_>) {
        let Refused {
            error,
            reqid,
            compression,
        } = refused;
        // A request that fails has used its id all the same.
        if !reqid.is_empty() && !turn.memory.is_new(REQID, &remembered(reqid)) {
            turn.report(repeated());
        }
        let kind = match &self.work {
            Work::Answering(_) if self.knobs.is(&knobs::BUSY, "abort") => self.abandon(turn),
            _ => table::OBJECTION,
        };
        self.fail(kind, *error, reqid, *compression, turn);
    }

    /// Stops answering, if that is what the server does, and says what an error is then.
    fn abandon(&mut self, turn: &mut Turn<'_>) -> &'static str {
        let Work::Answering(job) = &self.work else {
            return table::OBJECTION;
        };
        turn.act(Action::StopSpeaking);
        self.work = Work::Waiting(job.history);
        self.arm_idle(turn);
        table::ERROR
    }

    /// Sends an error, and closes if that is what follows it.
    fn fail(
        &mut self,
        kind: &'static str,
        error: ServiceError,
        reqid: &str,
        compression: Compression,
        turn: &mut Turn<'_>,
    ) {
        let shape = match self.knobs.text(&knobs::ERROR_BODY) {
            "plain" => Shape::Plain,
            "backend" => Shape::Backend,
            _ => Shape::Json,
        };
        let compression = match self.knobs.text(&knobs::ERROR_COMPRESSION) {
            "gzip" => Compression::Gzip,
            "none" => Compression::None,
            _ => compression,
        };
        send(kind, &error.frame(reqid, shape, compression), turn);
        let closes = error.row().aftermath == Aftermath::Closed
            || self.knobs.is_on(&knobs::CLOSE_AFTER_ERROR);
        if closes {
            self.close(turn);
        }
    }

    fn planned(&mut self, plan: Plan, turn: &mut Turn<'_>) {
        let Work::Answering(job) = &mut self.work else {
            return;
        };
        let longest_us = u64::from(self.knobs.number(&knobs::LONGEST_MS)) * 1000;
        if plan.total_us > longest_us {
            let found = format!("{} ms of sound", plan.total_us.div_ceil(1000));
            let expected = format!("at most {} ms", longest_us / 1000);
            turn.report(Finding::at_path(
                &exchange::LONGEST,
                "request.text",
                found,
                expected,
            ));
            let (reqid, compression) = (job.request.reqid.clone(), job.compression);
            let kind = self.abandon(turn);
            let error = ServiceError::ProcessingTimeout;
            self.fail(kind, error, &reqid, compression, turn);
            return;
        }
        let Request {
            units,
            times,
            sentences,
            ..
        } = &mut job.request;
        job.front_ends = front_end::payloads(units, &plan, *times, *sentences);
        let units = std::mem::take(units);
        self.said = Some(Said { units, plan });
    }

    fn audio(&mut self, bytes: Bytes, last: bool, turn: &mut Turn<'_>) {
        let Work::Answering(job) = &mut self.work else {
            return;
        };
        job.sent = job.sent.saturating_add(1);
        // Front-end frames come before the last audio, and not before the first if there
        // is a choice.
        let is_first = job.sent == 1;
        if last {
            job.send_front_ends(turn);
        }
        let mut frame = Frame::new(Kind::AudioOnlyServer, Serialization::Raw, bytes);
        frame.sequence = Some(match (last, job.request.operation) {
            (false, _) => job.sent,
            (true, Operation::Submit) => -job.sent,
            (true, Operation::Query) => -1,
        });
        if !last {
            send(table::AUDIO, &frame, turn);
            if is_first {
                job.send_front_ends(turn);
            }
            return;
        }
        frame.position = Position::Last;
        if frame.payload.len() > MEBIBYTE {
            let found = format!("an answer of {} bytes in one frame", frame.payload.len());
            let expected = "at most 1 MiB for clients with the default limit of Python websockets";
            turn.report(Finding::whole(&exchange::QUERY_SIZE, found, expected));
        }
        send(table::LAST_AUDIO, &frame, turn);
        self.work = Work::Waiting(History::Answered);
        self.arm_idle(turn);
        if self.knobs.is_on(&knobs::CLOSE_AFTER_FINAL) || self.knobs.is_on(&knobs::SINGLE) {
            self.close(turn);
        }
    }

    fn close(&mut self, turn: &mut Turn<'_>) {
        if matches!(self.work, Work::Answering(_)) {
            turn.act(Action::StopSpeaking);
        }
        self.work = Work::Closing;
        turn.disarm(IDLE);
        turn.close(NORMAL, "");
    }

    fn arm_idle(&self, turn: &mut Turn<'_>) {
        let ms = self.knobs.number(&knobs::IDLE_MS);
        if ms > 0 && matches!(self.work, Work::Waiting(_)) {
            turn.arm(IDLE, Duration::from_millis(u64::from(ms)));
        }
    }
}

impl Job {
    fn send_front_ends(&mut self, turn: &mut Turn<'_>) {
        for payload in self.front_ends.drain(..) {
            let mut frame = Frame::new(Kind::FrontEnd, Serialization::Json, Bytes::new());
            frame.compression = self.compression;
            frame.payload = self.compression.pack(payload.into_bytes());
            send(table::FRONT_END, &frame, turn);
        }
    }
}

impl Protocol for Reply {
    type Message = Message;

    fn decode(&self, form: Form, payload: &Bytes) -> Decoded<Message> {
        message::decode(form, payload, &self.policy)
    }

    fn open(&mut self, turn: &mut Turn<'_>) {
        self.arm_idle(turn);
    }

    fn receive(&mut self, message: Message, _: Step, turn: &mut Turn<'_>) {
        let refused = match (message, &self.work) {
            (_, Work::Closing) => return,
            (
                Message::Request {
                    request,
                    compression,
                },
                Work::Waiting(_),
            ) => {
                self.compression = compression;
                self.reqid.clone_from(&request.reqid);
                self.said = None;
                self.begin(*request, compression, turn);
                return;
            }
            (
                Message::Request {
                    request,
                    compression,
                },
                Work::Answering(_),
            ) => Refused {
                error: ServiceError::InvalidRequest,
                reqid: request.reqid,
                compression,
            },
            (Message::Refused(refused), _) => refused,
        };
        self.compression = refused.compression;
        self.reqid.clone_from(&refused.reqid);
        self.arm_idle(turn);
        self.object(&refused, turn);
    }

    fn spoken(&mut self, event: SpeechEvent, turn: &mut Turn<'_>) {
        match event {
            SpeechEvent::Planned(plan) => self.planned(plan, turn),
            SpeechEvent::Audio { bytes, last, .. } => self.audio(bytes, last, turn),
        }
    }

    fn timer(&mut self, _: &'static str, turn: &mut Turn<'_>) {
        if !matches!(self.work, Work::Waiting(_)) {
            return;
        }
        if self.knobs.is(&knobs::IDLE_ANSWER, "3032") {
            let error = ServiceError::AudioTimeout;
            self.fail(table::OBJECTION, error, "", self.compression, turn);
        } else {
            self.close(turn);
        }
    }

    fn deviate(&mut self, deviation: &Deviation, turn: &mut Turn<'_>) -> bool {
        self.deviates(deviation, turn).is_some()
    }
}

/// What is remembered of a reqid: itself, or of an overlong one its length and hash.
pub(in crate::volcengine) fn remembered(reqid: &str) -> Cow<'_, str> {
    const LONGEST: usize = 128;
    if reqid.len() <= LONGEST {
        return Cow::Borrowed(reqid);
    }
    let hash = id::seed_of(0, reqid, 0);
    Cow::Owned(format!("{} bytes, {hash:016x}", reqid.len()))
}

fn repeated() -> Finding {
    let path = "request.reqid";
    Finding::at_path(&fault::REPEATED, path, "a used id", "an id of its own")
}

fn send(kind: &'static str, frame: &Frame, turn: &mut Turn<'_>) {
    turn.send(kind, Data::framed(frame.head(), frame.payload.clone()));
}
