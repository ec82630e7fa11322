//! Rung 1 of the adapter contract: the environment in, a file and an exit code out. With `--lines`
//! rung 2: one process for all cases.

mod lines;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;
use std::{env, fs, io};

use reference_client::{Failure, Operation, Request, run};

/// The program cannot do this.
const UNSUPPORTED: u8 = 127;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let is_long_lived = env::args().any(|word| word == "--lines");
    let outcome = match is_long_lived {
        true => lines::serve().await,
        false => drive().await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Unsupported) => ExitCode::from(UNSUPPORTED),
        Err(Failure::Error(error)) => {
            // Without standard error there is nobody to tell.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

async fn drive() -> Result<(), Failure> {
    let variable = |name: &str| {
        env::var(name).map_err(|_| Failure::Error(format!("{name} is not set: this is an adapter")))
    };
    let wrong = |error: io::Error| Failure::Error(error.to_string());
    let request = Request {
        url: variable("MYNAH_URL")?,
        endpoint: variable("MYNAH_ENDPOINT")?,
        operation: match variable("MYNAH_OP")?.as_str() {
            "synthesize" => Operation::Synthesize,
            "recognize" => Operation::Recognize,
            _ => return Err(Failure::Unsupported),
        },
        token: variable("MYNAH_TOKEN")?,
        input: fs::read(variable("MYNAH_IN")?).map_err(wrong)?,
        format: variable("MYNAH_FORMAT")?,
        rate_hz: variable("MYNAH_RATE")?.parse().unwrap_or(16_000),
        deadline: Duration::from_millis(variable("MYNAH_DEADLINE_MS")?.parse().unwrap_or(20_000)),
    };
    let output = run(&request).await?;
    fs::write(variable("MYNAH_OUT")?, output).map_err(wrong)
}
