//! What the server does when a fault wants it.

use bytes::Bytes;

use super::{Reply, Work, front_end, send, table};
use crate::dialect::Deviation;
use crate::json::{self, Style, Value};
use crate::session::{Action, Data, Turn};
use crate::speech::{Plan, Unit};
use crate::volcengine::dialect::{ACK, CODES, ERROR_FRAME, FRONT_END};
use crate::volcengine::error::ServiceError;
use crate::volcengine::frame::{Compression, Frame, Kind, Serialization};
use crate::volcengine::knobs;
use crate::volcengine::tts_v1::request::{Sentences, Times};

impl Reply {
    /// Deviates; `None` if nothing of the kind is known, or nothing is said any more.
    pub(super) fn deviates(&mut self, deviation: &Deviation, turn: &mut Turn<'_>) -> Option<()> {
        if matches!(self.work, Work::Closing) {
            return None;
        }
        match deviation {
            Deviation::Error(None) => self.give_up(ServiceError::InvalidRequest, turn),
            Deviation::Error(Some(code)) => {
                let (_, error) = CODES.iter().find(|(name, _)| name == code)?;
                self.give_up(*error, turn);
            }
            Deviation::Idle => {
                if self.knobs.is(&knobs::IDLE_ANSWER, "3032") {
                    self.give_up(ServiceError::AudioTimeout, turn);
                } else {
                    self.close(turn);
                }
            }
            Deviation::IdleError => self.end_with(ServiceError::AudioTimeout, turn),
            // No page knows a longest session; one request over the maximum is 3030.
            Deviation::Expired => self.end_with(ServiceError::ProcessingTimeout, turn),
            Deviation::Quota => self.end_with(ServiceError::Concurrency, turn),
            Deviation::Untyped => self.tell_untyped(turn),
            Deviation::Unknown => self.tell_unknown(turn),
            Deviation::Own(name) if *name == ERROR_FRAME.name => self.tell_captured(turn),
            Deviation::Own(name) if *name == FRONT_END.name => self.tell_times(turn),
            Deviation::Own(name) if *name == ACK.name => {
                let ack = Frame::new(Kind::AudioOnlyServer, Serialization::Raw, Bytes::new());
                send(table::ACK, &ack, turn);
            }
            Deviation::Own(_) => return None,
        }
        Some(())
    }

    /// Fails as a synthesis fails.
    fn give_up(&mut self, error: ServiceError, turn: &mut Turn<'_>) {
        let (reqid, compression) = self.subject();
        let reqid = reqid.to_owned();
        if !matches!(self.work, Work::Answering(_)) {
            // The last audio may still be on its way: nothing of it comes behind the error.
            turn.act(Action::StopSpeaking);
        }
        let kind = self.abandon(turn);
        self.fail(kind, error, &reqid, compression, turn);
    }

    /// The id and the compression of the request that is being answered, else of the last one.
    fn subject(&self) -> (&str, Compression) {
        match &self.work {
            Work::Answering(job) => (&job.request.reqid, job.compression),
            Work::Waiting(_) | Work::Closing => (&self.reqid, self.compression),
        }
    }

    /// Fails, and closes whatever usually follows the error.
    fn end_with(&mut self, error: ServiceError, turn: &mut Turn<'_>) {
        self.give_up(error, turn);
        if !matches!(self.work, Work::Closing) {
            self.close(turn);
        }
    }

    /// An error as the recognition services write theirs: a full server response whose JSON has
    /// a code. Clients of TTS v1 know the types 0xB, 0xC and 0xF.
    fn tell_untyped(&self, turn: &mut Turn<'_>) {
        let row = ServiceError::Processing.row();
        let text = json::object([
            ("reqid", Value::from(self.subject().0)),
            ("code", Value::from(row.code)),
            ("message", Value::from(row.text)),
        ]);
        let frame = self.json_frame(Kind::FullServerResponse, text.write(Style::Compact));
        send("full-server-response", &frame, turn);
    }

    /// A frame of type 0xD, which nobody has described.
    fn tell_unknown(&self, turn: &mut Turn<'_>) {
        let units = self.said.as_ref().map_or(0, |said| words(&said.units));
        let text = json::object([
            ("reqid", Value::from(self.subject().0)),
            ("usage", json::object([("text_words", Value::from(units))])),
        ]);
        let frame = self.json_frame(Kind::FullServerResponse, text.write(Style::Compact));
        let mut head = frame.head().to_vec();
        if let Some(second) = head.get_mut(1) {
            *second = 0xd << 4 | frame.flags();
        }
        turn.send("unknown", Data::framed(head.into(), frame.payload));
    }

    /// The error frame of the recognition services when they wait too long for audio, to the
    /// byte as it was captured. The session has ended with it.
    fn tell_captured(&mut self, turn: &mut Turn<'_>) {
        let kind = self.abandon(turn);
        let text = json::object([("error", Value::from(CAPTURED))]).write(Style::Compact);
        let error = Kind::Error { code: 45_000_081 };
        send(
            kind,
            &Frame::new(error, Serialization::Json, text.into()),
            turn,
        );
        self.close(turn);
    }

    /// The times of what is being said, or was said last.
    fn tell_times(&self, turn: &mut Turn<'_>) {
        let nothing = Plan::default();
        let (units, plan) = match &self.said {
            Some(said) => (said.units.as_slice(), &said.plan),
            None => (&[] as &[Unit], &nothing),
        };
        for payload in front_end::payloads(units, plan, Times::Words, Sentences::Whole) {
            send(
                table::FRONT_END,
                &self.json_frame(Kind::FrontEnd, payload),
                turn,
            );
        }
    }

    /// A frame of JSON with the compression of the request.
    fn json_frame(&self, kind: Kind, text: String) -> Frame {
        let (_, compression) = self.subject();
        let payload = compression.pack(text.into_bytes());
        let mut frame = Frame::new(kind, Serialization::Json, payload);
        frame.compression = compression;
        frame
    }
}

fn words(units: &[Unit]) -> u64 {
    let words = units
        .iter()
        .filter(|unit| matches!(unit, Unit::Word { .. }));
    u64::try_from(words.count()).unwrap_or(u64::MAX)
}

/// Captured in public, with its length: 153 bytes of JSON.
const CAPTURED: &str = "[Timeout waiting next packet] Handle response: pre-handle: schedule request: allocate session: waiting next packet timeout, session has ended";
