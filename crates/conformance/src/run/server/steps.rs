//! What each step does, and how it is judged.

use super::dialogue::{Dialogue, Flow, Next, excerpt, line};
use super::handshake::Answer;
use super::peer::Shape;
use crate::case::{
    Close, Closed, Collect, Expect, Frame, Http, Ping, Quiet, Refused, Send, Step, Stream,
    Unfragmented,
};
use crate::cut::Split;
use crate::matcher::{self, Matcher, Matchers};
use crate::message::{Outgoing, Received, build, frame, say, unlike};
use crate::verdict::Ending;
use wire::json::Value;
use wire::session::Form;

/// The payload of the pings that prove that nothing came.
const BARRIER: &str = "barrier";

impl Dialogue<'_> {
    /// Carries out one step.
    pub(super) async fn step(&mut self, step: &Step) -> Flow {
        match step {
            Step::Connect(request) => self.connect(request).await,
            Step::Refused(refused) => self.refused(refused).await,
            Step::Http(http) => self.ask(http).await,
            Step::Frame(frame) => self.send_frame(frame).await,
            Step::Send(send) => self.send_message(send).await,
            Step::Stream(stream) => self.stream(stream).await,
            Step::Expect(expect) => self.expect(expect).await,
            Step::Collect(collect) => self.collect(collect).await,
            Step::Ping(ping) => self.ping(ping).await,
            Step::Quiet(quiet) => self.quiet(quiet).await,
            Step::Unfragmented(step) => self.unfragmented(step),
            Step::Closed(closed) => self.closed(closed).await,
            Step::Close(close) => self.close(close).await,
        }
    }

    async fn refused(&mut self, step: &Refused) -> Flow {
        let (id, clauses) = (step.check.as_str(), step.clauses.as_slice());
        let response = match self.handshake(&step.request).await {
            Ok(Answer::Refused(response)) => response,
            Ok(Answer::Opened(..)) => {
                self.set_ending(Ending::LeftOpen);
                let detail = "the handshake is answered 101, expected a refusal".to_owned();
                self.judge.differ(id, clauses, "accepted", detail);
                return Flow::Stop;
            }
            Err(error) => {
                self.lament(id, clauses, &error);
                return Flow::Stop;
            }
        };
        self.set_ending(Ending::Refused(response.status));
        self.look_at_answer();
        let status = Value::from(u32::from(response.status));
        self.compare("status", Some(&status), &step.status);
        self.compare_all(&response.json(), &step.json);
        let mut found = matcher::check("status", Some(&status), &step.status, &mut self.scope);
        found.extend(matcher::check_all(
            &response.json(),
            &step.json,
            &mut self.scope,
        ));
        if let Some(wanted) = &step.body {
            let body = Value::from(response.text());
            self.compare("body", Some(&body), wanted);
            found.extend(matcher::check("body", Some(&body), wanted, &mut self.scope));
        }
        let mut lines: Vec<String> = found.iter().map(|m| line(m, &self.scope)).collect();
        lines.extend(self.header_mismatches(&response, &step.headers));
        self.judge_lines(id, clauses, &lines);
        Flow::Go
    }

    fn compare_all(&mut self, value: &Value, wanted: &Matchers) {
        for (path, matcher) in wanted {
            self.compare(path, matcher::find(value, path), matcher);
        }
    }

    async fn ask(&mut self, step: &Http) -> Flow {
        let (id, clauses) = (step.check.as_str(), step.clauses.as_slice());
        let response = match self.http(step).await {
            Ok(response) => response,
            Err(error) => {
                self.lament(id, clauses, &error);
                return Flow::Stop;
            }
        };
        self.look_at_answer();
        let status = Value::from(u32::from(response.status));
        self.compare("status", Some(&status), &step.status);
        let mut found = matcher::check("status", Some(&status), &step.status, &mut self.scope);
        let json = response.json();
        self.compare_all(&json, &step.answer);
        found.extend(matcher::check_all(&json, &step.answer, &mut self.scope));
        if let Some(wanted) = &step.body {
            let body = Value::from(response.text());
            found.extend(matcher::check("body", Some(&body), wanted, &mut self.scope));
        }
        let mut lines: Vec<String> = found.iter().map(|m| line(m, &self.scope)).collect();
        lines.extend(self.header_mismatches(&response, &step.headers));
        if let Some(wanted) = &step.sound {
            lines.extend(unlike(&response.body, wanted, &mut self.scope));
        }
        self.judge_lines(id, clauses, &lines);
        Flow::Go
    }

    async fn send_frame(&mut self, step: &Frame) -> Flow {
        let bytes = match frame(step, &mut self.scope) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.judge.harness_error("sent", "case", error.to_string());
                return Flow::Stop;
            }
        };
        let split = match &mut self.cutting {
            Some((cut, ids)) if step.cut.is_empty() => cut.split(bytes.len(), ids),
            _ => Split::default(),
        };
        let cut = match step.cut.is_empty() {
            true => &split.cut,
            false => &step.cut,
        };
        let deadline = self.deadline;
        if let Some(peer) = self.peer() {
            // What the server thinks of it, the next step reads.
            let _ = peer.send_bytes(&bytes, cut, deadline).await;
        }
        Flow::Go
    }

    fn judge_lines(&mut self, id: &str, clauses: &[String], lines: &[String]) {
        match lines.is_empty() {
            true => self.judge.pass(id, clauses),
            false => self.judge.differ(id, clauses, "value", lines.join("; ")),
        }
    }

    async fn send_message(&mut self, step: &Send) -> Flow {
        let message = match build(step, self.shared, &mut self.scope) {
            Ok(message) => message,
            Err(error) => {
                self.judge.harness_error("sent", "case", error.to_string());
                return Flow::Stop;
            }
        };
        let shape = Shape {
            fragments: &step.fragments,
            ping_between: step.ping_between,
            cut: &step.cut,
        };
        self.deliver(&message, shape).await;
        Flow::Go
    }

    async fn stream(&mut self, step: &Stream) -> Flow {
        let samples = say(&step.say, step.rate_hz, step.lead_ms, step.tail_ms);
        let bytes: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
        for chunk in bytes.chunks(step.chunk_bytes.max(1)) {
            let message = Outgoing {
                form: Form::Binary,
                payload: chunk.to_vec(),
            };
            self.deliver(&message, Shape::default()).await;
        }
        Flow::Go
    }

    /// A server that takes nothing any more has said why in a message or a close, which the
    /// next step reads and judges; so this alone is no verdict.
    async fn deliver(&mut self, message: &Outgoing, shape: Shape<'_>) {
        let length = message.payload.len();
        let split = match &mut self.cutting {
            Some((cut, ids)) if shape.is_plain() => cut.split(length, ids),
            _ => Split::default(),
        };
        let shape = match shape.is_plain() {
            true => Shape::of(&split),
            false => shape,
        };
        let _ = self.send(message, shape).await;
    }

    async fn expect(&mut self, step: &Expect) -> Flow {
        let (id, clauses) = (step.check.as_str(), step.clauses.as_slice());
        let message = loop {
            match self.next().await {
                Next::Message(message) if step.skip.iter().any(|kind| kind == message.kind()) => {}
                Next::Message(message) => break message,
                Next::Ended(ending, reason) => {
                    return self.cut_off(id, clauses, &step.kind, &ending, &reason);
                }
                Next::Silence => return self.timed_out(id, clauses, &step.kind),
            }
        };
        self.look_at(&message);
        if message.kind() != step.kind {
            let kind = Value::from(message.kind());
            self.compare("kind", Some(&kind), &Matcher::is(step.kind.as_str().into()));
            let detail = format!("{}, expected {}", message.excerpt(), step.kind);
            let detail = self.scope.redact(&detail);
            self.judge.differ(id, clauses, "kind", detail);
            return Flow::Stop;
        }
        let value = message.value();
        self.compare_all(&value, &step.json);
        let found = matcher::check_all(&value, &step.json, &mut self.scope);
        let mut lines: Vec<String> = found.iter().map(|m| line(m, &self.scope)).collect();
        if let Some(wanted) = &step.raw {
            let raw = Value::from(message.raw());
            let found = matcher::check("raw", Some(&raw), wanted, &mut self.scope);
            lines.extend(found.iter().map(|m| line(m, &self.scope)));
        }
        if step.only {
            let more = matcher::unnamed(&value, &step.json);
            lines.extend(
                more.iter()
                    .map(|name| format!("{name}: there, expected nothing")),
            );
        }
        self.judge_lines(id, clauses, &lines);
        Flow::Go
    }

    async fn collect(&mut self, step: &Collect) -> Flow {
        let (id, clauses) = (step.check.as_str(), step.clauses.as_slice());
        let (mut count, mut bytes, mut lines) = (0, 0, Vec::new());
        let (mut audio, mut number) = (Vec::new(), None);
        let (mut last, mut joined) = ("", Vec::new());
        loop {
            match self.next().await {
                Next::Message(message) if step.kinds.iter().any(|kind| kind == message.kind()) => {
                    count += 1;
                    last = message.kind();
                    bytes += message.audio_bytes();
                    if lines.is_empty() {
                        self.judge.forget();
                        self.look_at(&message);
                        self.compare_all(&message.value(), &step.each);
                    }
                    let found = matcher::check_all(&message.value(), &step.each, &mut self.scope);
                    let scope = &self.scope;
                    lines.extend(
                        found
                            .iter()
                            .map(|m| format!("number {count}: {}", line(m, scope))),
                    );
                    if !step.joined.is_empty() {
                        join(&mut joined, &message.value());
                    }
                    if step.sound.is_some() {
                        audio.extend_from_slice(message.audio());
                    }
                    if let Some(path) = &step.counts {
                        let next = matcher::find(&message.value(), path).and_then(Value::as_i64);
                        if let (Some(before), next) = (number, next)
                            && next != Some(before + 1)
                        {
                            lines.push(format!("number {count}: {path} is not {}", before + 1));
                        }
                        number = next;
                    }
                    if step.until.as_deref() == Some(message.kind()) {
                        break;
                    }
                }
                Next::Message(message) => {
                    self.put_back(message);
                    break;
                }
                // What does not come at all proves nothing, even where it may stay away.
                Next::Ended(..) if count >= step.least.max(1) => break,
                Next::Ended(ending, reason) => {
                    return self.cut_off(id, clauses, &step.kinds.join(" or "), &ending, &reason);
                }
                Next::Silence if count >= step.least.max(1) => break,
                Next::Silence => return self.timed_out(id, clauses, &step.kinds.join(" or ")),
            }
        }
        let kinds = step.kinds.join(" and ");
        if count < step.least || step.most.is_some_and(|most| count > most) {
            let most = step
                .most
                .map_or_else(String::new, |most| format!(" to {most}"));
            lines.push(format!("{count} of {kinds}, expected {}{most}", step.least));
        }
        let found = matcher::check_all(&Value::Object(joined), &step.joined, &mut self.scope);
        lines.extend(found.iter().map(|m| line(m, &self.scope)));
        if let Some(wanted) = &step.last
            && wanted != last
        {
            lines.push(format!("the last of them is {last}, expected {wanted}"));
        }
        if bytes < step.least_bytes {
            lines.push(format!(
                "{bytes} bytes in all, expected {} or more",
                step.least_bytes
            ));
        }
        if let Some(unit) = step.multiple_of
            && bytes.checked_rem(unit).unwrap_or(0) != 0
        {
            lines.push(format!(
                "{bytes} bytes in all, expected a multiple of {unit}"
            ));
        }
        if let Some(wanted) = &step.sound {
            lines.extend(unlike(&audio, wanted, &mut self.scope));
        }
        match count == 0 && lines.is_empty() {
            // What may stay away and does says nothing of the server.
            true => self.judge.pass_if_alive(id, clauses),
            false => self.judge_lines(id, clauses, &lines),
        }
        Flow::Go
    }

    async fn ping(&mut self, step: &Ping) -> Flow {
        let id = step.check.as_deref();
        let deadline = self.deadline;
        let sent = match self.peer() {
            Some(peer) => peer.ping(&step.payload, deadline).await,
            None => Err("there is no connection".to_owned()),
        };
        let answer = match sent {
            Ok(()) => self.await_pong(&step.payload).await,
            Err(_) => self.next().await,
        };
        let Some(id) = id else {
            return Flow::Go;
        };
        match answer {
            Next::Message(_) => {
                self.judge.pass_if_alive(id, &step.clauses);
                Flow::Go
            }
            Next::Ended(ending, reason) => {
                self.cut_off(id, &step.clauses, "a pong", &ending, &reason)
            }
            Next::Silence => self.timed_out(id, &step.clauses, "a pong"),
        }
    }

    async fn quiet(&mut self, step: &Quiet) -> Flow {
        let (id, clauses) = (step.check.as_str(), step.clauses.as_slice());
        let deadline = self.deadline;
        if let Some(peer) = self.peer() {
            // If it cannot be sent, its pong does not come.
            let _ = peer.ping(BARRIER, deadline).await;
        }
        let answer = self.await_pong(BARRIER).await;
        let is_meant = |message: &&Received| {
            step.kinds.is_empty() || step.kinds.iter().any(|kind| kind == message.kind())
        };
        let unexpected = self.waiting().find(is_meant).map(Received::excerpt);
        match (unexpected, answer) {
            (Some(found), _) => {
                let detail = self.scope.redact(&format!("{found}, expected nothing"));
                self.judge.differ(id, clauses, "unexpected", detail);
                Flow::Stop
            }
            (None, Next::Message(_)) => {
                self.judge.pass_if_alive(id, clauses);
                Flow::Go
            }
            (None, Next::Ended(ending, reason)) => {
                self.cut_off(id, clauses, "the connection to stay", &ending, &reason)
            }
            (None, Next::Silence) => {
                let detail = "no pong came, so silence proves nothing".to_owned();
                self.judge.unclear(id, clauses, "no-pong", detail);
                Flow::Stop
            }
        }
    }

    fn unfragmented(&mut self, step: &Unfragmented) -> Flow {
        let (id, clauses) = (step.check.as_str(), step.clauses.as_slice());
        let Some(peer) = self.peer() else {
            return Flow::Stop;
        };
        let seen = peer.frames();
        match (seen.whole, seen.parts) {
            (0, 0) => {
                let detail = "no message has come".to_owned();
                self.judge.unclear(id, clauses, "never-connected", detail);
            }
            (_, 0) => self.judge.pass(id, clauses),
            (_, parts) => {
                let detail = format!("{parts} frames are parts of messages, expected none");
                self.judge.differ(id, clauses, "fragmented", detail);
            }
        }
        Flow::Go
    }

    async fn closed(&mut self, step: &Closed) -> Flow {
        let (id, clauses) = (step.check.as_str(), step.clauses.as_slice());
        loop {
            match self.next().await {
                Next::Message(message) if step.skip.iter().any(|kind| kind == message.kind()) => {}
                Next::Message(message) => {
                    let detail = format!("{}, expected the close", message.excerpt());
                    let detail = self.scope.redact(&detail);
                    self.judge.differ(id, clauses, "unexpected", detail);
                    return Flow::Stop;
                }
                Next::Silence => return self.timed_out(id, clauses, "the close"),
                Next::Ended(ending, reason) => {
                    let code = match &ending {
                        Ending::Close { code, .. } => u32::from(*code),
                        _ => 1006,
                    };
                    let code = Value::from(code);
                    self.compare("close code", Some(&code), &step.code);
                    let mut found =
                        matcher::check("close code", Some(&code), &step.code, &mut self.scope);
                    if let Some(wanted) = &step.reason {
                        let reason = Value::from(reason);
                        self.compare("close reason", Some(&reason), wanted);
                        let more =
                            matcher::check("close reason", Some(&reason), wanted, &mut self.scope);
                        found.extend(more);
                    }
                    let lines: Vec<String> = found.iter().map(|m| line(m, &self.scope)).collect();
                    self.judge_lines(id, clauses, &lines);
                    return Flow::Go;
                }
            }
        }
    }

    async fn close(&mut self, step: &Close) -> Flow {
        let deadline = self.deadline;
        if let Some(peer) = self.peer() {
            // If it cannot be sent, the connection has ended, which is read next.
            let _ = peer.close(step.code.unwrap_or(1000), deadline).await;
        }
        let ending = loop {
            match self.next().await {
                // What was under way when we closed may still come.
                Next::Message(_) => {}
                Next::Ended(ending, _) => break Some(ending),
                Next::Silence => break None,
            }
        };
        let Some(id) = &step.check else {
            return Flow::Go;
        };
        match ending {
            Some(Ending::Close { .. }) => self.judge.pass_if_alive(id, &step.clauses),
            Some(other) => {
                let detail = format!("the connection ended ({other}) without a close frame");
                self.judge
                    .differ(id, &step.clauses, "no-close-frame", detail);
            }
            None => return self.timed_out(id, &step.clauses, "the answer to the close frame"),
        }
        Flow::Go
    }

    /// The session ended where more was expected.
    fn cut_off(
        &mut self,
        id: &str,
        clauses: &[String],
        wanted: &str,
        ending: &Ending,
        reason: &str,
    ) -> Flow {
        let reason = match reason {
            "" => String::new(),
            reason => format!(" {:?}", excerpt(reason)),
        };
        let detail = format!("the session ended ({ending}{reason}), expected {wanted}");
        let detail = self.scope.redact(&detail);
        self.judge.differ(id, clauses, "ended", detail);
        Flow::Stop
    }

    fn timed_out(&mut self, id: &str, clauses: &[String], wanted: &str) -> Flow {
        self.set_ending(Ending::LeftOpen);
        let waited = self.case.budget_ms;
        let detail = format!("nothing came within the {waited} ms of the case, expected {wanted}");
        self.judge.differ(id, clauses, "timeout", detail);
        Flow::Stop
    }
}

/// Adds the arrays of a message to those of the messages before it.
fn join(all: &mut Vec<(String, Value)>, message: &Value) {
    for (name, value) in message.members().into_iter().flatten() {
        let Value::Array(items) = value else { continue };
        let known = all.iter_mut().find(|(known, _)| known == name);
        match known {
            Some((_, Value::Array(before))) => before.extend(items.iter().cloned()),
            _ => all.push((name.clone(), value.clone())),
        }
    }
}
