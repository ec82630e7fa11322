//! Which cases are run, and in which order.

use std::collections::BTreeSet;

use wire::id::Ids;

use crate::case::{Case, Kind, Library, Need, Role, Status};
use crate::cut::Cuts;
use crate::verdict::Profile;

/// What was chosen on the command line.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Endpoints by name; none named means all.
    pub endpoints: Vec<String>,
    /// Cases by id or slug; none named means all.
    pub cases: Vec<String>,
    /// Which levels are scored.
    pub profile: Profile,
    /// Decides the order of a shuffled run, and everything that the mock draws.
    pub seed: u64,
    /// Whether the order is shuffled.
    pub shuffle: bool,
    /// How each case is repeated with messages split, ours to a server or the mock's to a client.
    pub cuts: Cuts,
    /// What the subject offers beside its endpoints. A case that needs more is left out, unless
    /// it is named.
    pub offers: Vec<Need>,
}

/// A name that no case has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectError {
    /// No case has it.
    #[error("no case {name:?}; the nearest is {nearest}")]
    Unknown {
        /// The name.
        name: String,
        /// The case whose id or slug is most like it.
        nearest: String,
    },
    /// No case is left.
    #[error("no case judges a {0} there; leave --endpoint or --case away")]
    Nothing(&'static str),
}

impl Selection {
    /// The chosen cases for subjects of this kind, in the order in which they are run: plain
    /// cases first, since others mean something only if these pass.
    ///
    /// # Errors
    /// If a name is that of no case, or nothing is left.
    pub fn cases<'l>(
        &self,
        library: &'l Library,
        role: Role,
    ) -> Result<Vec<&'l Case>, SelectError> {
        for name in &self.cases {
            if library.find(name).is_none() {
                return Err(unknown(name, library));
            }
        }
        let names = |case: &Case, chosen: &[String]| {
            chosen.is_empty()
                || chosen
                    .iter()
                    .any(|name| *name == case.id || *name == case.slug)
        };
        let judged: Vec<&Case> = library
            .cases
            .iter()
            .filter(|case| case.has_role(role))
            .filter(|case| self.endpoints.is_empty() || self.endpoints.contains(&case.endpoint))
            .collect();
        let mut chosen: Vec<&Case> = judged
            .iter()
            .copied()
            .filter(|case| names(case, &self.cases))
            .filter(|case| !self.cases.is_empty() || self.is_offered(case))
            .collect();
        if chosen.is_empty() {
            return Err(SelectError::Nothing(role.name()));
        }
        if self.shuffle {
            shuffle(&mut chosen, self.seed);
        }
        // What an error case needs runs with it, chosen or not.
        let needed: BTreeSet<&str> = chosen.iter().map(|case| case.endpoint.as_str()).collect();
        let (mut plain, rest): (Vec<&Case>, Vec<&Case>) = chosen
            .into_iter()
            .partition(|case| case.kind == Kind::Plain);
        for case in judged {
            let is_there = plain.iter().any(|known| known.id == case.id);
            if case.kind == Kind::Plain && needed.contains(case.endpoint.as_str()) && !is_there {
                plain.push(case);
            }
        }
        plain.extend(rest);
        Ok(plain)
    }
}

impl Selection {
    fn is_offered(&self, case: &Case) -> bool {
        case.needs.iter().all(|need| self.offers.contains(need))
    }
}

/// Whether a case counts.
#[must_use]
pub fn is_scored(case: &Case) -> bool {
    case.status != Status::Draft
}

fn unknown(name: &str, library: &Library) -> SelectError {
    let distance = |known: &&str| wire::registry::edit_distance(name, known);
    let ids = library
        .cases
        .iter()
        .flat_map(|case| [&*case.id, &*case.slug]);
    let nearest = ids.min_by_key(distance).unwrap_or_default();
    SelectError::Unknown {
        name: name.to_owned(),
        nearest: nearest.to_owned(),
    }
}

/// Fisher and Yates.
fn shuffle(cases: &mut [&Case], seed: u64) {
    let mut ids = Ids::new(seed);
    for last in (1..cases.len()).rev() {
        let choices = u64::try_from(last + 1).unwrap_or(u64::MAX);
        let chosen = usize::try_from(ids.bits() % choices).unwrap_or(0);
        cases.swap(last, chosen);
    }
}
