//! The built binary as a child process.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

/// The binary with these arguments, without the caller's settings.
pub(crate) fn mynah(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mynah"));
    command.args(arguments);
    for variable in ["RUST_LOG", "NO_COLOR", "COLUMNS"] {
        command.env_remove(variable);
    }
    command
}

/// What the binary does with these arguments and this standard input.
pub(crate) fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = mynah(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that fails early reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// Standard output as text.
pub(crate) fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Standard error as text.
pub(crate) fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
