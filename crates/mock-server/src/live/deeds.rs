//! What faults make a session do.

use bytes::Bytes;
use wire::dialect::Deviation;
use wire::session::{Action, Data, Form, Side};
use wire::ws::Opcode;

use super::{Closing, Live};
use crate::fault::{Aftermath, Body, CloseBody, Deed, Engine, Frame, Leave, Next, Outgoing, Plan};
use crate::journal::EntryKind;

impl Live<'_> {
    /// Arms the faults of a plan; none is as if there were none.
    pub(super) fn arm(&mut self, plan: Plan, start: crate::fault::Start) {
        let (faults, rests_idle) = (plan.armed, plan.rests_idle);
        let recorder = self.around.recorder;
        recorder.write(|record| record.faults.arm(plan.notes, &plan.fired));
        self.rested = match rests_idle {
            true => self.around.endpoint.dialect.idle_timers,
            false => &[],
        };
        for timer in self.rested {
            self.timers.disarm(timer);
        }
        self.engine = (!faults.is_empty()).then(|| {
            let engine = Engine::new(faults, self.around.endpoint, self.opened, start);
            Box::new(engine)
        });
    }

    /// Does what the faults have brought about, and lets go out what they let through.
    pub(super) fn run_faults(&mut self) {
        while let Some(engine) = &mut self.engine {
            let now = self.around.clock.now();
            let next = engine.next(now, self.packer.as_deref_mut());
            let fired = engine.take_fired();
            if !fired.is_empty() {
                let at = self.elapsed();
                self.around
                    .recorder
                    .write(|record| record.faults.fire(&fired, at));
            }
            self.slice();
            match next {
                Next::Deed(deed) => self.perform(deed),
                Next::Abort => self.abort(),
                Next::Rest => break,
            }
        }
        self.slice();
    }

    /// Cuts what is sent from now on as the faults want it. What they wanted last still holds
    /// when the session is over.
    fn slice(&mut self) {
        if let Some(engine) = &self.engine {
            self.outbox.slice(engine.slicing());
        }
    }

    fn perform(&mut self, deed: Deed) {
        match deed {
            Deed::Send(message, frames) => self.send_outgoing(message, frames),
            // Nothing follows a close frame.
            Deed::Ping(_) | Deed::Pong(_) if self.closing != Closing::No => {}
            Deed::Ping(payload) => {
                self.record(Side::Server, EntryKind::Ping, payload.clone());
                self.outbox.ping(payload);
            }
            Deed::Pong(payload) => {
                self.record(Side::Server, EntryKind::Pong, payload.clone());
                self.outbox.pong(payload);
            }
            Deed::Frames(frames) => self.send_frames(frames),
            Deed::Deviate(deviation, aftermath, fault) => {
                self.deviate(&deviation, aftermath, fault);
            }
            Deed::Leave(how) => self.leave(how),
            Deed::Pass(_) | Deed::Wait(_) | Deed::Release => {
                unreachable!("the engine keeps these to itself")
            }
        }
    }

    fn deviate(&mut self, deviation: &Deviation, aftermath: Option<Aftermath>, fault: usize) {
        let (can, mut actions) = self.ask(|session, turn| session.deviate(deviation, turn));
        if !can {
            return;
        }
        if let Some(aftermath) = aftermath {
            let mut reason = String::new();
            actions.retain_mut(|action| match action {
                Action::Close { reason: own, .. } => {
                    reason = std::mem::take(own);
                    false
                }
                Action::Abort => false,
                _ => true,
            });
            if let Aftermath::Closed(code) = aftermath {
                actions.push(Action::Close { code, reason });
            }
        }
        self.deviated(fault, actions);
    }

    /// What a deviation sends goes out at once; what it does otherwise is done as usual. If it
    /// ends what is being said, what is still in the line is not said any more.
    fn deviated(&mut self, fault: usize, actions: Vec<Action>) {
        let now = self.around.clock.now();
        let Some(engine) = &mut self.engine else {
            return;
        };
        let (mut messages, mut others) = (Vec::new(), Vec::new());
        let gives_up = actions.iter().any(gives_up);
        for action in actions {
            match action {
                Action::Send { kind, data } => messages.push(engine.outgoing(kind, data)),
                Action::Close { code, reason } => messages.push(Outgoing {
                    part: wire::dialect::Part::Other,
                    body: Body::Close(CloseBody::new(code, &reason)),
                }),
                other => others.push(other),
            }
        }
        if gives_up || messages.iter().any(|message| message.part.is_end()) {
            engine.overtake();
        }
        engine.deviated(fault, messages, now);
        for action in others {
            self.act(action);
        }
    }

    fn send_outgoing(&mut self, message: Outgoing, frames: Option<Vec<Frame>>) {
        match message.body {
            Body::Data(_, data) => match frames {
                None => self.send(&data),
                Some(frames) => {
                    self.record_data(&data);
                    self.send_frames(frames);
                }
            },
            Body::Close(close) => {
                let frames = frames.unwrap_or_default();
                self.close_with(&close, frames);
            }
        }
    }

    fn send_frames(&mut self, frames: Vec<Frame>) {
        for frame in frames {
            if frame.head.opcode == Opcode::Ping {
                self.record(Side::Server, EntryKind::Ping, frame.payload.clone());
            }
            self.outbox.frame(frame);
        }
    }

    /// Sends a close frame whatever is in it. A second one changes nothing else.
    fn close_with(&mut self, close: &CloseBody, frames: Vec<Frame>) {
        let reason = String::from_utf8_lossy(&close.reason).into_owned();
        self.note_ending(close.code, &reason, Side::Server);
        let payload = close.payload();
        self.record(Side::Server, EntryKind::Close, payload.clone());
        match frames.is_empty() {
            true => self.outbox.raw_close(payload),
            false => self.send_frames(frames),
        }
        if self.closing == Closing::No {
            let now = self.around.clock.now();
            self.closed.get_or_insert(now);
            self.closing = self.after_our_close();
        }
        self.speaker = None;
        if let Some(engine) = &mut self.engine {
            engine.hush();
        }
    }

    fn leave(&mut self, how: Leave) {
        // Of a half-open connection the client's end is the end.
        if how != Leave::HalfOpen {
            self.note_ending(1006, "", Side::Server);
        }
        let patience = self.patience();
        self.end(match how {
            Leave::Fin => Closing::Over(patience),
            Leave::Reset => Closing::Reset(patience),
            Leave::HalfOpen => Closing::HalfOpen(patience),
        });
    }

    pub(super) fn record_data(&mut self, data: &Data) {
        let payload = [data.head.clone(), data.body.clone()];
        self.record_pieces(Side::Server, EntryKind::Data(data.form), payload);
    }

    /// A message of the client, before it is answered.
    pub(super) fn tell_faults(&mut self, kind: &'static str, form: Form, payload: &Bytes) {
        let now = self.around.clock.now();
        if let Some(engine) = &mut self.engine {
            let data = Data {
                form,
                head: Bytes::new(),
                body: payload.clone(),
            };
            engine.received(kind, &data, now);
        }
    }
}

/// Whether the session has given up what it was at.
const fn gives_up(action: &Action) -> bool {
    matches!(
        action,
        Action::StopSpeaking | Action::StopHearing | Action::Close { .. } | Action::Abort
    )
}
