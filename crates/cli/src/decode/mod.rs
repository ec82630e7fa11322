//! `mynah decode`: one message, field by field.
//!
//! ```text
//! file ── input (hex, base64 or raw) ──▶ bytes ── attempt (whose? which side's?) ──▶ dump
//! ```

mod attempt;
mod dump;
mod input;

use std::path::PathBuf;

use bytes::Bytes;
use wire::endpoint::Endpoint;
use wire::error::DecodeError;
use wire::json::{Value, object};
use wire::registry;
use wire::session::Side;

use crate::failure::Failure;
use crate::names;
use crate::text::{json_line, number, plain, terminal_width};

/// The options of `mynah decode`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The message, one whole WebSocket payload; - is standard input
    #[arg(default_value = "-")]
    file: PathBuf,
    /// Whose message, by the endpoint's name or path; otherwise the first that it resembles
    #[arg(long)]
    endpoint: Option<String>,
    /// Who sent it; otherwise whichever fits, the server first
    #[arg(long)]
    from: Option<From>,
    /// How it is written; otherwise hex if all of it is, else base64 if all of it is, else raw
    #[arg(long)]
    input: Option<input::Writing>,
    /// Print one line of JSON; a malformed message is {"error":{"offset","field","problem"}}
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum From {
    Client,
    Server,
}

/// Decodes the message and writes it out.
pub(crate) fn run(args: &Args) -> Result<String, Failure> {
    let named = args.endpoint.as_deref().map(names::endpoint).transpose()?;
    let bytes = input::load(&args.file, args.input)?;
    let candidates = match named {
        Some(endpoint) => vec![endpoint],
        None => resembling(registry::endpoints(), &bytes)?,
    };
    let side = args.from.map(|from| match from {
        From::Client => Side::Client,
        From::Server => Side::Server,
    });
    let decoded =
        attempt::decode(&candidates, side, &bytes).map_err(|error| Failure::Malformed {
            line: plain(&error.to_string()),
            json: args.json.then(|| json_line(&error_to_json(&error))),
        })?;
    Ok(if args.json {
        json_line(&dump::to_json(&decoded))
    } else {
        dump::to_text(&decoded, &bytes, terminal_width())
    })
}

/// Examples for `--help`.
pub(crate) fn examples() -> String {
    format!(
        "Examples:\n  mynah decode message.bin\n  pbpaste | mynah decode --endpoint {} --from client\n  \
         printf '7b 22 61 22 3a 31 7d' | mynah decode --json\n\n\
         Exit status: 0 if the whole input was decoded, 1 if it is malformed; then standard\n\
         error names the byte: `byte 8: payload size: 4096 bytes declared, 120 remain`.",
        names::example_endpoint()
    )
}

fn resembling(
    endpoints: impl Iterator<Item = &'static Endpoint>,
    bytes: &Bytes,
) -> Result<Vec<&'static Endpoint>, Failure> {
    let all: Vec<&Endpoint> = endpoints.collect();
    let alike: Vec<&Endpoint> = all
        .iter()
        .copied()
        .filter(|endpoint| (endpoint.resembles)(bytes))
        .collect();
    if alike.is_empty() {
        let names: Vec<&str> = all.iter().map(|endpoint| endpoint.name).collect();
        return Err(Failure::Operation(format!(
            "the input resembles no endpoint's messages; say whose it is with --endpoint: {}",
            names.join(", ")
        )));
    }
    Ok(alike)
}

fn error_to_json(error: &DecodeError) -> Value {
    let members = [
        ("offset", number(error.offset)),
        ("field", error.field.as_str().into()),
        ("problem", error.problem.as_str().into()),
    ];
    object([("error", object(members))])
}

#[cfg(test)]
mod tests {
    use wire::error::ErrorKind;

    use super::*;
    use crate::demo;

    #[test]
    fn input_that_nothing_resembles_asks_for_a_name() {
        let endpoints = || demo::ENDPOINTS.iter().copied();
        let refused = resembling(endpoints(), &Bytes::from_static(b"\x00")).unwrap_err();
        insta::assert_snapshot!(refused, @"error: the input resembles no endpoint's messages; say whose it is with --endpoint: demo/echo, demo/listen");
        let alike = resembling(endpoints(), &Bytes::from_static(b"{")).unwrap();
        assert_eq!(alike.len(), 2);
    }

    #[test]
    fn programs_get_the_error_in_parts() {
        let error = DecodeError::new(ErrorKind::Length, 8, "payload size", "4096 \"declared\"");
        insta::assert_snapshot!(json_line(&error_to_json(&error)), @r#"{"error":{"offset":8,"field":"payload size","problem":"4096 \"declared\""}}"#);
    }
}
