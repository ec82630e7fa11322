//! What a run is held against, and where its reports go: `--expect`, `--bless`, `--out`, `--date`.

use std::io;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use conformance::case::Library;
use conformance::expect::{Date, Existing, Expectations, Outcome, Reruns, Setting, bless, judge};
use conformance::report::{self, CommandLine, Report};
use conformance::run::mutant::Mutant;
use conformance::run::{CaseResult, RunResult};

use crate::failure::Failure;

/// The options of all three commands that are about what comes of a run.
#[derive(Debug, clap::Args)]
pub(super) struct Reporting {
    /// Hold the run against the known differences in this file, a line each: `ID[/check] fail
    /// reason=…`
    #[arg(long, value_name = "FILE")]
    expect: Option<PathBuf>,
    /// Rewrite the file of --expect so that this run is as expected; comments stay
    #[arg(long, requires = "expect", conflicts_with = "case")]
    bless: bool,
    /// The run's date, after which `until=` is over [default: today in UTC]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_date)]
    date: Option<Date>,
    /// Write run.json, junit.xml, summary.md, report.html and repro/ into this folder, made if need
    /// be
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// An expectation file that was read, and the day on which it is read.
pub(super) struct Expecting<'a> {
    options: &'a Reporting,
    file: Option<Expectations>,
    date: Date,
}

/// What came of a run, and what is known about it.
pub(super) struct Ran {
    pub(super) run: RunResult,
    pub(super) library: Option<Library>,
    pub(super) existing: Existing,
    pub(super) command: CommandLine,
    /// What the subject was broken by.
    pub(super) mutant: Option<Mutant>,
    pub(super) reruns: Reruns,
    pub(super) is_filtered: bool,
}

impl Reporting {
    /// Reads the expectation file, before anything is run.
    pub(super) fn open(&self) -> Result<Expecting<'_>, Failure> {
        let file = match &self.expect {
            None => None,
            Some(path) => {
                let shown = path.display();
                let text = match std::fs::read_to_string(path) {
                    Err(error) if self.bless && error.kind() == io::ErrorKind::NotFound => {
                        String::new()
                    }
                    read => read.map_err(|error| {
                        let hint = "--bless writes it";
                        Failure::Usage(format!("cannot read {shown}: {error}; {hint}"))
                    })?,
                };
                let parsed = Expectations::parse(&text);
                Some(parsed.map_err(|mistake| Failure::Usage(format!("{shown}: {mistake}")))?)
            }
        };
        Ok(Expecting {
            options: self,
            file,
            date: self.date.unwrap_or_else(today),
        })
    }
}

impl Expecting<'_> {
    /// How often which cases are to be run again, since they are said to be flaky.
    pub(super) fn reruns(&self, run: &RunResult) -> Vec<(String, usize)> {
        let file = self.file.iter();
        let wanted = file.flat_map(|file| file.reruns(run, &self.setting(run)));
        wanted.map(|(id, times)| (id, times - 1)).collect()
    }

    fn setting<'r>(&self, run: &'r RunResult) -> Setting<'r> {
        Setting {
            today: self.date,
            os: std::env::consts::OS,
            profile: run.profile.name(),
        }
    }

    /// Holds the run against the file, writes the file anew and the reports, if that is asked
    /// for; the exit code follows.
    pub(super) fn conclude(&self, ran: &Ran) -> Result<String, Failure> {
        let outcome = match &self.file {
            None => None,
            Some(file) => Some(self.hold(file, ran)?),
        };
        let report = Report {
            run: &ran.run,
            library: ran.library.as_ref(),
            date: self.date,
            is_filtered: ran.is_filtered,
            outcome: outcome.as_ref(),
            command: Some(&ran.command),
        };
        if let Some(folder) = &self.options.out {
            report::write(&report, folder).map_err(|error| Failure::Judged {
                code: 3,
                line: format!("error: {error}"),
                output: report::summary(&report),
            })?;
        }
        let concluded = super::conclude(&report);
        match &ran.mutant {
            Some(mutant) => super::mutants::conclude(mutant, &ran.run, concluded),
            None => concluded,
        }
    }

    fn hold(&self, file: &Expectations, ran: &Ran) -> Result<Outcome, Failure> {
        let setting = self.setting(&ran.run);
        let existing = ran.existing.clone().and_of(&ran.run);
        let Some(path) = &self.options.expect else {
            return Ok(Outcome::default());
        };
        let shown = path.display().to_string();
        let mut file = std::borrow::Cow::Borrowed(file);
        if self.options.bless {
            let text = bless(&file, &ran.run, &existing, &setting);
            let text = text.map_err(|error| Failure::Operation(error.to_string()))?;
            write_whole(path, &text)
                .map_err(|error| Failure::Operation(format!("cannot write {shown}: {error}")))?;
            let parsed = Expectations::parse(&text);
            file = std::borrow::Cow::Owned(
                parsed.map_err(|mistake| Failure::Operation(format!("{shown}: {mistake}")))?,
            );
        }
        Ok(Outcome {
            file: shown,
            ..judge(&file, &ran.run, &existing, &ran.reruns, &setting)
        })
    }
}

/// The results of a case in a run.
pub(super) fn of_case(run: RunResult, id: &str) -> Option<CaseResult> {
    run.cases.into_iter().find(|case| case.id == id)
}

/// Replaces a file as a whole, so that a crash leaves the old one.
fn write_whole(path: &std::path::Path, text: &str) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    std::fs::write(&beside, text)?;
    std::fs::rename(&beside, path)
}

pub(super) fn parse_date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "not a day like 2026-06-01".to_owned())
}

pub(super) fn today() -> Date {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    Date::of_unix(since_1970.map_or(0, |time| time.as_secs()))
}
