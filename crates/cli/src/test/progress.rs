//! A run while it lasts: a line for each case that has ended and, on a terminal, how far it is.

use std::cell::Cell;
use std::io::{self, IsTerminal as _, Write as _};

use conformance::case::{Case, Role};
use conformance::cut::Cuts;
use conformance::report;
use conformance::run::CaseResult;

/// Whether anything is shown of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Yes,
    No,
}

/// How far a run is.
pub(super) struct Progress {
    shown: Shown,
    all: usize,
    ended: Cell<usize>,
    is_terminal: bool,
}

impl Progress {
    /// Says how much there is to do, if that is more than the cases themselves.
    pub(super) fn begin(shown: Shown, cases: &[&Case], role: Role, cuts: Cuts) -> Self {
        let (split, sessions) = cuts.cost(cases, role);
        if shown == Shown::Yes && sessions > 0 {
            let ways = cuts.list().len();
            let times = match ways {
                1 => "one splitting".to_owned(),
                ways => format!("{ways} splittings"),
            };
            say(&format!(
                "cuts: {split} of {} cases are repeated under {times}, at most {sessions} sessions \
                 more\n",
                cases.len()
            ));
        }
        let progress = Self {
            shown,
            all: cases.len(),
            ended: Cell::new(0),
            is_terminal: io::stderr().is_terminal(),
        };
        progress.how_far();
        progress
    }

    /// Shows a case as soon as it has ended.
    pub(super) fn show(&self, case: &CaseResult) {
        if self.shown == Shown::No {
            return;
        }
        self.ended.set(self.ended.get() + 1);
        self.clear();
        write_line(case);
        self.how_far();
    }

    /// On a terminal, the number of cases that have ended; it is overwritten.
    fn how_far(&self) {
        if self.shown == Shown::Yes && self.is_terminal && self.ended.get() < self.all {
            say(&format!("{} of {} cases", self.ended.get(), self.all));
        }
    }

    fn clear(&self) {
        if self.is_terminal {
            say("\r\u{1b}[K");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown == Shown::Yes {
            self.clear();
        }
    }
}

/// Writes the line of a case.
pub(super) fn write_line(case: &CaseResult) {
    let mut out = io::stdout().lock();
    // Whoever has closed standard output still wants the verdict.
    let _ = out
        .write_all(report::case_line(case).as_bytes())
        .and_then(|()| out.flush());
}

fn say(text: &str) {
    let mut out = io::stderr().lock();
    // As above.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
