//! Why a command failed, in the one line that standard error gets.

use std::process::ExitCode;

/// A failure and its exit code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    /// The command line or the configuration is wrong; exit 2. The text says what would be right.
    #[error("error: {0}")]
    Usage(String),
    /// The command was right, but could not be carried out; exit 1. The text says what to do.
    #[error("error: {0}")]
    Operation(String),
    /// `hear` read the file, and there are no words in it; exit 1.
    #[error("{line}")]
    NothingHeard {
        /// What was heard instead.
        line: String,
        /// What standard output gets.
        output: String,
    },
    /// `test` found a difference, exit 1; was wrong itself, exit 3; or had no subject, exit 4.
    #[error("{line}")]
    Judged {
        /// The exit code.
        code: u8,
        /// What there is to do.
        line: String,
        /// What standard output gets.
        output: String,
    },
    /// The input of `decode` is not what it should be; exit 1.
    #[error("{line}")]
    Malformed {
        /// Where it is wrong and how: `byte 8: payload size: …`.
        line: String,
        /// The same for programs, with `--json`.
        json: Option<String>,
    },
}

impl Failure {
    /// The exit code of the process.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Judged { code, .. } => ExitCode::from(*code),
            Self::Operation(_) | Self::Malformed { .. } | Self::NothingHeard { .. } => {
                ExitCode::from(1)
            }
        }
    }

    /// What standard output gets in spite of the failure.
    pub(crate) fn output(&self) -> &str {
        match self {
            Self::Malformed {
                json: Some(json), ..
            } => json,
            Self::NothingHeard { output, .. } | Self::Judged { output, .. } => output,
            Self::Usage(_) | Self::Operation(_) | Self::Malformed { json: None, .. } => "",
        }
    }
}
