//! What to think of the clients, all in all.

use crate::journal::guard;
use crate::options::Strict;
use crate::server::Shared;

/// Whether the clients did right, and what speaks against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether they pass. With [`Strict::Warn`] they do whatever was found.
    pub passed: bool,
    /// What was found, a line each, without credentials.
    pub reasons: Vec<String>,
}

impl Shared {
    /// The verdict on one lane, or on all.
    pub(crate) fn verdict(&self, lane: Option<&str>) -> Verdict {
        if self.options.strict == Strict::Ignore {
            return Verdict {
                passed: true,
                reasons: Vec::new(),
            };
        }
        let mut reasons = Vec::new();
        for record in self.journal.sessions() {
            let mut record = guard(&record);
            if lane.is_none_or(|lane| lane == record.lane()) {
                reasons.extend(record.reasons());
            }
        }
        // Numbers are kept when records are not.
        let shown = u64::try_from(reasons.len()).unwrap_or(u64::MAX);
        let found = self.lanes.tally(lane).scored();
        if found > shown {
            let more = found - shown;
            reasons.push(format!(
                "{more} more findings, which the journal does not hold"
            ));
        }
        for lane in self.lanes.chosen(lane) {
            let unfired = lane.unfired().into_iter();
            reasons.extend(
                unfired.map(|fault| format!("lane {}: fault {fault} never fired", lane.name)),
            );
        }
        Verdict {
            passed: reasons.is_empty() || self.options.strict == Strict::Warn,
            reasons,
        }
    }
}
