//! `mynah check`: whether a file for `--config`, or a scenario's file, is right.

use std::path::PathBuf;

use crate::config;
use crate::failure::Failure;

/// The options of `mynah check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The TOML file
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Says `ok`, or where the file is wrong.
pub(crate) fn run(args: &Args) -> Result<String, Failure> {
    if config::is_scenario(&args.file) {
        config::check_scenario(&args.file)?;
    } else {
        config::load(&args.file)?;
    }
    Ok("ok\n".to_owned())
}

/// Examples for `--help`.
pub(crate) const fn examples() -> &'static str {
    "Examples:\n  mynah check mynah.toml\n  mynah check scenarios/monday.toml\n\n\
     Prints ok, or the first mistake with its line and a caret, and ends with 2.\n\
     The keys are the long options of `mynah serve` with _ for -; `[guards]` and\n\
     [knobs.\"ENDPOINT\"] are tables. A file with a title is a scenario: faults, [[connection]],\n\
     [knobs.\"ENDPOINT\"] and [expect]."
}
