//! What the services answer to a mistake: one table of codes, texts and consequences.
//!
//! ```text
//!   place of failure ──▶ Problem (what, about which member) ──ROWS──▶ code · text · severity
//! ```
//!
//! A place of failure says what is wrong; only this table knows what the service calls it.

use std::borrow::Cow;

use super::knobs::FATAL_CLOSE;
use super::response::Failure;
use super::rtts::knobs::{BAD_FORMAT_CODE, IDLE_CODE};
use crate::knob::{Knob, Knobs};

/// Which of the two services answers: they have codes of their own for the same mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Real-time synthesis, `rtts`.
    Synthesis,
    /// Real-time recognition, `rasr`.
    Recognition,
}

/// A kind of mistake, or a reason to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A text message that is not a JSON object.
    NotJson,
    /// A binary message where only text has a meaning.
    Binary,
    /// A mandatory member is absent.
    Missing,
    /// A member has a value that it does not take.
    Invalid,
    /// A text is longer than it may be.
    TooLong,
    /// A member that the service does not know.
    UnknownMember,
    /// The model is for another rate than the audio.
    RateMismatch,
    /// There is no such hot-word table.
    UnknownVocabulary,
    /// A second synthesis on one connection.
    SecondTask,
    /// A command that is not due.
    Order,
    /// A binary message that is too small or too large.
    FrameSize,
    /// Audio where no session is.
    NoSession,
    /// More audio than the mode takes.
    TooMuchAudio,
    /// The client has been silent for too long.
    Idle,
}

/// A mistake and the member that it is about; empty if it is about none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The kind of mistake.
    pub what: What,
    /// The member's name, without the object around it.
    pub member: Cow<'static, str>,
}

/// What follows from a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// `ERROR`: the session is over, the connection stays.
    Error,
    /// `FATAL_ERROR`: the server closes.
    Fatal,
}

/// A code of the service and what it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// `SIS.0032`.
    pub code: &'static str,
    /// What it stands for, in our words.
    pub meaning: &'static str,
}

/// What the service answers to a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether the server closes.
    pub severity: Severity,
    /// Code and text.
    pub failure: Failure,
}

impl Problem {
    /// A problem that is about no member.
    #[must_use]
    pub const fn new(what: What) -> Self {
        Self::about(what, "")
    }

    /// A problem with a member.
    #[must_use]
    pub const fn about(what: What, member: &'static str) -> Self {
        Self {
            what,
            member: Cow::Borrowed(member),
        }
    }
}

/// What `service` answers to `problem`.
#[must_use]
pub fn answer(service: Service, problem: &Problem, knobs: &Knobs) -> Answer {
    let Some(row) = ROWS
        .iter()
        .find(|row| row.fits(service, problem) && row.is_chosen(knobs))
    else {
        unreachable!("a test looks up every problem for every service")
    };
    Answer {
        severity: row.severity,
        failure: Failure {
            code: row.code.to_owned(),
            text: row.text.replace("{}", &problem.member),
        },
    }
}

/// A failure that a knob asks for by its code; `None` for `none`.
#[must_use]
pub fn chosen_failure(knob: &Knob, knobs: &Knobs) -> Option<Failure> {
    let code = CODES
        .iter()
        .find(|code| code.code == knobs.text(knob))
        .copied()?;
    Some(Failure {
        code: code.code.to_owned(),
        text: code.meaning.to_owned(),
    })
}

/// Whether the server closes after a code of its own accord.
#[must_use]
pub(super) fn severity_of(code: &str) -> Severity {
    let row = ROWS.iter().find(|row| row.code == code);
    row.map_or(Severity::Error, |row| row.severity)
}

/// The close code after a fatal error; `None` drops the connection without a close frame.
#[must_use]
pub fn fatal_close(knobs: &Knobs) -> Option<u16> {
    knobs
        .text(&FATAL_CLOSE)
        .parse()
        .ok()
        .filter(|code| *code != 1006)
}

/// One row: the first that fits counts.
struct Row {
    what: What,
    /// `None` for both services.
    service: Option<Service>,
    /// `None` for any member.
    member: Option<&'static str>,
    /// Counts only if the knob has the value.
    when: Option<(&'static Knob, &'static str)>,
    severity: Severity,
    code: &'static str,
    /// `{}` stands for the member.
    text: &'static str,
}

impl Row {
    const fn error(
        what: What,
        service: Option<Service>,
        code: &'static str,
        text: &'static str,
    ) -> Self {
        Self {
            what,
            service,
            member: None,
            when: None,
            severity: Severity::Error,
            code,
            text,
        }
    }

    const fn about(mut self, member: &'static str) -> Self {
        self.member = Some(member);
        self
    }

    const fn when(mut self, knob: &'static Knob, value: &'static str) -> Self {
        self.when = Some((knob, value));
        self
    }

    const fn fatal(mut self) -> Self {
        self.severity = Severity::Fatal;
        self
    }

    fn fits(&self, service: Service, problem: &Problem) -> bool {
        self.what == problem.what
            && self.service.is_none_or(|it| it == service)
            && self.member.is_none_or(|it| it == problem.member)
    }

    fn is_chosen(&self, knobs: &Knobs) -> bool {
        self.when.is_none_or(|(knob, value)| knobs.is(knob, value))
    }
}

const SYNTHESIS: Option<Service> = Some(Service::Synthesis);
const RECOGNITION: Option<Service> = Some(Service::Recognition);

/// The texts with quotes are documented; the others are ours, as clients rely on the code.
const ROWS: &[Row] = &[
    Row::error(
        What::NotJson,
        None,
        "SIS.0032",
        "request body is not a json object",
    ),
    Row::error(
        What::Binary,
        None,
        "SIS.0032",
        "request body is not a json object",
    ),
    Row::error(What::Missing, SYNTHESIS, "SIS.0415", "'{}' cannot be empty"),
    Row::error(
        What::Missing,
        RECOGNITION,
        "SIS.0012",
        "'{}' cannot be empty",
    ),
    Row::error(What::Invalid, SYNTHESIS, "SIS.0032", "'{}' is invalid")
        .about("audio_format")
        .when(&BAD_FORMAT_CODE, "SIS.0032"),
    Row::error(What::Invalid, SYNTHESIS, "SIS.0410", "'{}' is invalid").about("audio_format"),
    Row::error(What::Invalid, SYNTHESIS, "SIS.0402", "'{}' is invalid").about("sample_rate"),
    Row::error(What::Invalid, SYNTHESIS, "SIS.0411", "'{}' is invalid").about("property"),
    Row::error(What::Invalid, SYNTHESIS, "SIS.0415", "'{}' is invalid"),
    Row::error(What::Invalid, RECOGNITION, "SIS.0032", "'{}' is invalid").about("audio_format"),
    Row::error(What::Invalid, RECOGNITION, "SIS.0031", "'{}' is invalid"),
    Row::error(What::TooLong, None, "SIS.0415", "'{}' is too long"),
    Row::error(
        What::UnknownMember,
        SYNTHESIS,
        "SIS.0415",
        "'{}' is not supported",
    ),
    Row::error(
        What::UnknownMember,
        RECOGNITION,
        "SIS.0031",
        "'{}' is not supported",
    ),
    Row::error(
        What::RateMismatch,
        None,
        "SIS.0301",
        "'audio_format' is not match model",
    ),
    Row::error(
        What::UnknownVocabulary,
        None,
        "SIS.0201",
        "vocabulary does not exist",
    ),
    Row::error(
        What::SecondTask,
        None,
        "SIS.0418",
        "the connection already has a synthesis task",
    ),
    Row::error(What::Order, None, "SIS.0031", "'{}' is not expected now"),
    Row::error(
        What::FrameSize,
        None,
        "SIS.0032",
        "length of the audio data is invalid",
    ),
    Row::error(
        What::NoSession,
        None,
        "SIS.0032",
        "START is expected before audio",
    ),
    Row::error(
        What::TooMuchAudio,
        None,
        "SIS.0309",
        "audio is longer than the maximum",
    ),
    Row::error(What::Idle, SYNTHESIS, "SIS.0304", "wait voice timeout")
        .when(&IDLE_CODE, "SIS.0304")
        .fatal(),
    Row::error(What::Idle, SYNTHESIS, "SIS.0416", "wait text timeout").fatal(),
    Row::error(What::Idle, RECOGNITION, "SIS.0304", "wait voice timeout").fatal(),
];

/// The codes of the service that matter for its WebSocket endpoints.
pub const CODES: &[Code] = &[
    code("SIS.0001", "inner service cannot be reached"),
    code("SIS.0003", "token lacks user information"),
    code("SIS.0012", "field is missing in the request body"),
    code("SIS.0022", "product cannot be bought"),
    code("SIS.0023", "purchase failed"),
    code("SIS.0024", "limit cannot be changed"),
    code("SIS.0031", "parameter is not supported"),
    code("SIS.0032", "request body is not correct"),
    code("SIS.0033", "engine response timeout"),
    code("SIS.0100", "internal error"),
    code("SIS.0101", "token check failed"),
    code("SIS.0102", "authentication information is missing"),
    code("SIS.0103", "real name authentication missing"),
    code("SIS.0201", "vocabulary does not exist"),
    code("SIS.0301", "'audio_format' is not match model"),
    code("SIS.0302", "internal service error"),
    code("SIS.0303", "engine cannot be connected"),
    code("SIS.0304", "wait voice timeout"),
    code("SIS.0305", "recognition error"),
    code("SIS.0306", "recognition engine error"),
    code("SIS.0307", "recognition task error"),
    code("SIS.0309", "audio is longer than the maximum"),
    code("SIS.0312", "concurrency limit exceeded"),
    code("SIS.0401", "synthesis error"),
    code("SIS.0402", "'sample_rate' is invalid"),
    code("SIS.0410", "'audio_format' is invalid"),
    code("SIS.0411", "'property' is invalid"),
    code("SIS.0412", "synthesis engine connection timeout"),
    code("SIS.0413", "synthesis internal error"),
    code("SIS.0414", "wait synthesis timeout"),
    code("SIS.0415", "request body parameter error"),
    code("SIS.0416", "wait text timeout"),
    code("SIS.0417", "synthesis engine error"),
    code("SIS.0418", "the connection already has a synthesis task"),
];

const fn code(code: &'static str, meaning: &'static str) -> Code {
    Code { code, meaning }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{CODES, Problem, ROWS, Service, Severity, What, answer, fatal_close};
    use crate::huawei::rtts::knobs::KNOBS;
    use crate::knob::Knobs;

    const EVERYTHING: [What; 14] = [
        What::NotJson,
        What::Binary,
        What::Missing,
        What::Invalid,
        What::TooLong,
        What::UnknownMember,
        What::RateMismatch,
        What::UnknownVocabulary,
        What::SecondTask,
        What::Order,
        What::FrameSize,
        What::NoSession,
        What::TooMuchAudio,
        What::Idle,
    ];

    #[test]
    fn every_problem_has_an_answer_for_every_service_and_choice() {
        for code in ["SIS.0416", "SIS.0304"] {
            let mut knobs = Knobs::new();
            knobs.set(KNOBS, "idle-code", code).unwrap();
            for what in EVERYTHING {
                for service in [Service::Synthesis, Service::Recognition] {
                    let answer = answer(service, &Problem::about(what, "speed"), &knobs);
                    assert!(answer.failure.code.starts_with("SIS."));
                    assert_eq!(answer.severity == Severity::Fatal, what == What::Idle);
                }
            }
        }
    }

    #[test]
    fn every_code_of_a_row_stands_in_the_table_of_codes() {
        for row in ROWS {
            assert!(
                CODES.iter().any(|code| code.code == row.code),
                "{}",
                row.code
            );
        }
    }

    #[rstest]
    #[case::format(Service::Synthesis, What::Invalid, "audio_format", "SIS.0410")]
    #[case::rate(Service::Synthesis, What::Invalid, "sample_rate", "SIS.0402")]
    #[case::voice(Service::Synthesis, What::Invalid, "property", "SIS.0411")]
    #[case::speed(Service::Synthesis, What::Invalid, "speed", "SIS.0415")]
    #[case::text(Service::Synthesis, What::Missing, "text", "SIS.0415")]
    #[case::task(Service::Synthesis, What::SecondTask, "command", "SIS.0418")]
    #[case::late(Service::Synthesis, What::Idle, "", "SIS.0416")]
    #[case::asr_format(Service::Recognition, What::Invalid, "audio_format", "SIS.0032")]
    #[case::model(Service::Recognition, What::Invalid, "property", "SIS.0031")]
    #[case::missing(Service::Recognition, What::Missing, "property", "SIS.0012")]
    #[case::silent(Service::Recognition, What::Idle, "", "SIS.0304")]
    fn a_mistake_has_the_code_of_its_service(
        #[case] service: Service,
        #[case] what: What,
        #[case] member: &'static str,
        #[case] code: &str,
    ) {
        let problem = Problem::about(what, member);
        assert_eq!(answer(service, &problem, &Knobs::new()).failure.code, code);
    }

    #[test]
    fn a_fatal_error_closes_with_1000_unless_chosen_otherwise() {
        let mut knobs = Knobs::new();
        assert_eq!(fatal_close(&knobs), Some(1000));
        knobs.set(KNOBS, "fatal-close", "1006").unwrap();
        assert_eq!(fatal_close(&knobs), None);
    }
}
