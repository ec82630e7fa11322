//! One script against one server, step by step.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;
use wire::endpoint::Endpoint;
use wire::id::Ids;
use wire::json::{Style, Value};
use wire::session::{Form, Machine, Side, Standing};

use super::handshake::{self, Answer, HandshakeError, Response};
use super::peer::{Incoming, Peer, Shape};
use super::target::Target;
use crate::case::{Case, Connect, EndpointFile, Http, Json, Step};
use crate::cut::Cut;
use crate::matcher::{self, Matcher};
use crate::message::{Outgoing, Received, Scope, receive};
use crate::run::Judge;
use crate::run::trace::{Comparison, MessageRef, Recorder, SignsIn, Trace};
use crate::verdict::Ending;

/// One script at work.
pub(super) struct Dialogue<'c> {
    pub(super) case: &'c Case,
    pub(super) endpoint: &'static Endpoint,
    pub(super) shared: &'c EndpointFile,
    pub(super) target: &'c Target,
    pub(super) scope: Scope,
    pub(super) judge: Judge<'c>,
    pub(super) deadline: Instant,
    /// How messages are split that the case does not split itself.
    pub(super) cutting: Option<(Cut, Ids)>,
    connection: Option<Connection>,
    ending: Ending,
    /// What crossed its connections, in order.
    recorders: Vec<Recorder>,
    token: String,
}

/// An open connection.
struct Connection {
    peer: Peer,
    /// What came and was not yet asked for.
    waiting: VecDeque<Received>,
    /// What is legal on it.
    machine: Machine,
    /// Whether a message out of order was reported; the first one counts.
    is_out_of_order: bool,
    /// How many text and binary messages have come.
    received: usize,
}

/// Whether the script goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Go,
    Stop,
}

/// What a step finds when it asks for the next message.
pub(super) enum Next {
    Message(Received),
    Ended(Ending, String),
    Silence,
}

/// How long a script that has said everything waits for the close to be answered.
const FAREWELL: Duration = Duration::from_secs(2);

impl<'c> Dialogue<'c> {
    pub(super) fn new(
        case: &'c Case,
        shared: &'c EndpointFile,
        target: &'c Target,
        token: &str,
        judge: Judge<'c>,
    ) -> Self {
        Self {
            case,
            endpoint: crate::case::endpoint_of(case),
            shared,
            target,
            scope: Scope::new(token),
            judge,
            deadline: Instant::now() + Duration::from_millis(case.budget_ms),
            cutting: None,
            connection: None,
            ending: Ending::None,
            recorders: Vec::new(),
            token: token.to_owned(),
        }
    }

    /// The same dialogue with its messages split.
    pub(super) fn split(self, cutting: Option<(Cut, Ids)>) -> Self {
        Self { cutting, ..self }
    }

    /// Carries out the script; answers the score sheet, how the last session ended, and what
    /// crossed the connections.
    pub(super) async fn run(mut self) -> (Judge<'c>, Ending, Trace) {
        let script = &self.case.script;
        let opens_itself = matches!(
            script.first(),
            Some(Step::Connect(_) | Step::Refused(_) | Step::Http(_))
        );
        let mut flow = Flow::Go;
        if !opens_itself {
            flow = self.connect(&Connect::default()).await;
        }
        for (number, step) in script.iter().enumerate() {
            self.judge.at_step(number + 1);
            if flow == Flow::Stop {
                break;
            }
            flow = self.step(step).await;
        }
        self.part().await;
        let signs_in = match script.iter().any(|step| matches!(step, Step::Http(_))) {
            true => SignsIn::Yes,
            false => SignsIn::No,
        };
        let trace = Trace::of(&self.recorders, &self.token, signs_in);
        (self.judge, self.ending, trace)
    }

    /// Opens a connection in place of the one that there was.
    pub(super) async fn connect(&mut self, request: &Connect) -> Flow {
        self.part().await;
        let id = request.check.as_deref().unwrap_or("opens");
        let clauses = request.clauses.as_slice();
        match self.handshake(request).await {
            Ok(Answer::Opened(peer, response)) => {
                self.connection = Some(Connection {
                    peer: *peer,
                    waiting: VecDeque::new(),
                    machine: Machine::new(self.endpoint.table),
                    is_out_of_order: false,
                    received: 0,
                });
                self.ending = Ending::LeftOpen;
                self.judge_opening(request, &response);
                Flow::Go
            }
            Ok(Answer::Refused(response)) => {
                self.ending = Ending::Refused(response.status);
                let detail = format!(
                    "the handshake is answered {} {}, expected 101",
                    response.status,
                    excerpt(&self.scope.redact(&response.text()))
                );
                self.judge.differ(id, clauses, "refused", detail);
                Flow::Stop
            }
            Err(error) => {
                self.lament(id, clauses, &error);
                Flow::Stop
            }
        }
    }

    fn judge_opening(&mut self, request: &Connect, response: &Response) {
        let Some(id) = request.check.as_deref() else {
            return;
        };
        let mismatches = self.header_mismatches(response, &request.expect_headers);
        // What RFC 6455 has every server answer is no sign of this one.
        let is_any_servers = |name: &String| {
            let name = name.to_ascii_lowercase();
            ["upgrade", "connection"].contains(&name.as_str()) || name.starts_with("sec-websocket-")
        };
        match mismatches.is_empty() {
            true if request.expect_headers.keys().all(is_any_servers) => {
                self.judge.pass_if_alive(id, &request.clauses);
            }
            true => self.judge.pass(id, &request.clauses),
            false => self
                .judge
                .differ(id, &request.clauses, "header", mismatches.join("; ")),
        }
    }

    pub(super) async fn handshake(&mut self, request: &Connect) -> Result<Answer, HandshakeError> {
        let path = match &request.path {
            Some(path) => self.target.behind_prefix(path),
            None => self.target.path_of(self.endpoint, &self.shared.path),
        };
        let recorder = self.recorder();
        handshake::open(
            self.target,
            &path,
            request,
            self.shared,
            &mut self.scope,
            self.deadline,
            recorder,
        )
        .await
    }

    /// Asks for something over HTTP.
    pub(super) async fn http(&mut self, step: &Http) -> Result<Response, HandshakeError> {
        let usual = &self.shared.path;
        let path = self
            .target
            .behind_prefix(step.request.path.as_ref().unwrap_or(usual));
        let body = match (&step.json, &step.text) {
            (Some(Json(value)), _) => self.scope.fill_json(value).write(Style::Compact),
            (None, text) => self.scope.fill(text.as_deref().unwrap_or_default()),
        };
        let recorder = self.recorder();
        let asked = handshake::ask(
            self.target,
            &path,
            &step.request,
            body,
            &mut self.scope,
            self.deadline,
            recorder,
        );
        asked.await
    }

    /// Hears the next connection.
    fn recorder(&mut self) -> Recorder {
        let recorder = Recorder::new(self.judge.elapsed());
        self.recorders.push(recorder.clone());
        recorder
    }

    /// A handshake without a usable answer.
    pub(super) fn lament(&mut self, id: &str, clauses: &[String], error: &HandshakeError) {
        let detail = self.scope.redact(&error.to_string());
        match error {
            HandshakeError::Target(_) => self.judge.unclear(id, clauses, "unreachable", detail),
            HandshakeError::Timeout => self.judge.differ(id, clauses, "timeout", detail),
            HandshakeError::Ended(_) => self.judge.differ(id, clauses, "ended", detail),
            HandshakeError::Malformed(_) | HandshakeError::Accept(_) => {
                self.judge.differ(id, clauses, "handshake", detail);
            }
        }
    }

    pub(super) fn set_ending(&mut self, ending: Ending) {
        self.ending = ending;
    }

    /// The open connection's peer.
    pub(super) fn peer(&mut self) -> Option<&mut Peer> {
        self.connection
            .as_mut()
            .map(|connection| &mut connection.peer)
    }

    /// Sends a message of the session.
    pub(super) async fn send(
        &mut self,
        message: &Outgoing,
        shape: Shape<'_>,
    ) -> Result<(), String> {
        let deadline = self.deadline;
        let endpoint = self.endpoint;
        let Some(connection) = &mut self.connection else {
            return Err("there is no connection".to_owned());
        };
        let payload = Bytes::from(message.payload.clone());
        let seen = receive(endpoint, Side::Client, message.form, payload);
        connection.machine.step(Side::Client, seen.kind());
        let peer = &mut connection.peer;
        peer.send(message, shape, deadline).await
    }

    /// The next message that nobody has asked for yet.
    pub(super) async fn next(&mut self) -> Next {
        if let Some(waiting) = self.connection.as_mut().and_then(|c| c.waiting.pop_front()) {
            return Next::Message(waiting);
        }
        loop {
            match self.incoming().await {
                Incoming::Data(form, payload) => {
                    return Next::Message(self.received(form, payload));
                }
                Incoming::Pong(_) => {}
                Incoming::Ended(ending, reason) => return Next::Ended(ending, reason),
                Incoming::Silence => return Next::Silence,
            }
        }
    }

    /// Puts a message back, to be the next one.
    pub(super) fn put_back(&mut self, message: Received) {
        if let Some(connection) = &mut self.connection {
            connection.waiting.push_front(message);
        }
    }

    /// The messages that wait.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Received> {
        self.connection
            .iter()
            .flat_map(|connection| &connection.waiting)
    }

    /// Waits for the pong with this payload; messages that come before it wait.
    pub(super) async fn await_pong(&mut self, payload: &str) -> Next {
        loop {
            match self.incoming().await {
                Incoming::Pong(found) if found == payload.as_bytes() => {
                    return Next::Message(Received {
                        form: Form::Binary,
                        payload: found,
                        decoded: Err("a pong".to_owned()),
                        number: 0,
                    });
                }
                Incoming::Pong(_) => {}
                Incoming::Data(form, bytes) => {
                    let message = self.received(form, bytes);
                    if let Some(connection) = &mut self.connection {
                        connection.waiting.push_back(message);
                    }
                }
                Incoming::Ended(ending, reason) => return Next::Ended(ending, reason),
                Incoming::Silence => return Next::Silence,
            }
        }
    }

    async fn incoming(&mut self) -> Incoming {
        let deadline = self.deadline;
        let Some(connection) = &mut self.connection else {
            return Incoming::Ended(Ending::None, String::new());
        };
        let incoming = connection.peer.next(deadline).await;
        if let Incoming::Ended(ending, _) = &incoming {
            self.ending = ending.clone();
        }
        incoming
    }

    /// Decodes a message, and holds it against the session's table.
    fn received(&mut self, form: Form, payload: Bytes) -> Received {
        let mut message = receive(self.endpoint, Side::Server, form, payload);
        if let Some(connection) = &mut self.connection {
            connection.received += 1;
            message.number = connection.received;
        }
        if let Err(problem) = &message.decoded {
            let detail = format!("a message of the server cannot be read: {problem}");
            let detail = self.scope.redact(&detail);
            self.look_at(&message);
            self.judge.differ("decodes", &[], "malformed", detail);
            return message;
        }
        if let Some(connection) = &mut self.connection {
            let step = connection.machine.step(Side::Server, message.kind());
            if step.standing != Standing::Legal && !connection.is_out_of_order {
                connection.is_out_of_order = true;
                let detail = format!("{} in state {}", message.kind(), step.from);
                let clause = [step.clause.id.to_owned()];
                self.look_at(&message);
                self.judge.differ("legal", &clause, "out-of-order", detail);
            }
        }
        message
    }

    /// Closes what is open, politely and without judging.
    async fn part(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        let deadline = Instant::now() + FAREWELL;
        if connection.peer.close(1000, deadline).await.is_err() {
            return;
        }
        loop {
            match connection.peer.next(deadline).await {
                Incoming::Ended(ending, _) => {
                    if self.ending == Ending::LeftOpen {
                        self.ending = ending;
                    }
                    return;
                }
                Incoming::Silence => return,
                Incoming::Data(..) | Incoming::Pong(_) => {}
            }
        }
    }

    /// The next verdict is about this message of the open connection.
    pub(super) fn look_at(&mut self, message: &Received) {
        self.judge.look_at(MessageRef {
            connection: self.recorders.len(),
            side: Side::Server,
            index: message.number,
        });
    }

    /// The next verdict is about what the server answers to the handshake.
    pub(super) fn look_at_answer(&mut self) {
        self.judge.look_at(MessageRef {
            connection: self.recorders.len(),
            side: Side::Server,
            index: 0,
        });
    }

    /// The next verdict is about this value, too.
    pub(super) fn compare(&mut self, path: &str, value: Option<&Value>, wanted: &Matcher) {
        let compared = matcher::compare(path, value, wanted, &mut self.scope);
        for comparison in compared {
            self.judge.compare(Comparison {
                expected: self.scope.redact(&comparison.expected),
                found: self.scope.redact(&comparison.found),
                ..comparison
            });
        }
    }

    /// The headers of a response that are not as they should be, in words.
    pub(super) fn header_mismatches(
        &mut self,
        response: &Response,
        wanted: &std::collections::BTreeMap<String, Matcher>,
    ) -> Vec<String> {
        let mut lines = Vec::new();
        for (name, matcher) in wanted {
            let value = response.header(name).map(Value::from);
            self.compare(name, value.as_ref(), matcher);
            let found = matcher::check(name, value.as_ref(), matcher, &mut self.scope);
            lines.extend(found.iter().map(|mismatch| line(mismatch, &self.scope)));
        }
        lines
    }
}

/// A mismatch in a line, without the credential.
pub(super) fn line(mismatch: &matcher::Mismatch, scope: &Scope) -> String {
    let path = match mismatch.path.as_str() {
        "" => "the value",
        path => path,
    };
    let text = format!("{path}: {}, expected {}", mismatch.found, mismatch.expected);
    scope.redact(&text)
}

/// The start of a text, in one line.
pub(super) fn excerpt(text: &str) -> String {
    let line: String = text
        .chars()
        .take(120)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    line.trim().to_owned()
}
