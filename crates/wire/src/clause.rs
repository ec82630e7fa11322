//! Clauses: the sentences that stand in for a specification.
//!
//! The emulated services have no RFC. What is known about them is kept as
//! clauses, each with a permanent id, a paraphrase, where it was read and how
//! much it weighs. Every rule, error code and limit in this crate names one.

use std::fmt;

/// How much a clause weighs, and where its knowledge comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Documented by the vendor as required.
    Must,
    /// Documented by the vendor as recommended.
    Should,
    /// Documented by the vendor as allowed.
    May,
    /// Seen on the real service.
    Observed,
    /// Undocumented, but a named client breaks without it.
    SdkRelied,
    /// Our reading; nobody has documented it. Never scored, always switchable or harmless.
    Assumed,
}

impl Level {
    /// Every level, in order of weight.
    pub const ALL: [Self; 6] = [
        Self::Must,
        Self::Should,
        Self::May,
        Self::Observed,
        Self::SdkRelied,
        Self::Assumed,
    ];

    /// The level's name in output and files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::May => "may",
            Self::Observed => "observed",
            Self::SdkRelied => "sdk-relied",
            Self::Assumed => "assumed",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where a clause was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// The document and section, or the client and version.
    pub page: &'static str,
    /// The date of the text that was read, `YYYY-MM-DD` or as precise as it is known.
    pub read: &'static str,
}

/// One sentence of a vendor's documented or observed behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Permanent id: a three-letter protocol prefix and four base32 characters, `HSR-7K3M`.
    pub id: &'static str,
    /// How much it weighs.
    pub level: Level,
    /// Where it was read.
    pub source: Source,
    /// The behaviour in our words. Where sources disagree, it says so.
    pub text: &'static str,
    /// Why the mock does not hold to it, if it does not.
    pub gap: Option<&'static str>,
}

impl Clause {
    /// A clause that the mock holds to.
    #[must_use]
    pub const fn new(id: &'static str, level: Level, source: Source, text: &'static str) -> Self {
        Self {
            id,
            level,
            source,
            text,
            gap: None,
        }
    }

    /// The same clause, with the reason why the mock does not hold to it.
    #[must_use]
    pub const fn gap(mut self, why: &'static str) -> Self {
        self.gap = Some(why);
        self
    }
}

/// How many clauses of `register` have the level.
#[must_use]
pub fn count(register: &[&Clause], level: Level) -> usize {
    register
        .iter()
        .filter(|clause| clause.level == level)
        .count()
}

/// What is wrong with a register: ill-formed or repeated ids, empty texts.
///
/// An empty answer means that the register is sound.
#[must_use]
pub fn lint(register: &[&Clause]) -> Vec<String> {
    let mut problems = Vec::new();
    for (index, clause) in register.iter().enumerate() {
        if !is_well_formed(clause.id) {
            problems.push(format!("{}: the id is not AAA-XXXX in base32", clause.id));
        }
        if register
            .iter()
            .take(index)
            .any(|other| other.id == clause.id)
        {
            problems.push(format!("{}: the id is used twice", clause.id));
        }
        if clause.text.is_empty() || clause.source.page.is_empty() || clause.source.read.is_empty()
        {
            problems.push(format!("{}: text, page or date is empty", clause.id));
        }
    }
    problems
}

/// Whether an id is three capital letters, a hyphen and four RFC 4648 base32 characters.
fn is_well_formed(id: &str) -> bool {
    let Some((prefix, rest)) = id.split_once('-') else {
        return false;
    };
    prefix.len() == 3
        && prefix.bytes().all(|byte| byte.is_ascii_uppercase())
        && rest.len() == 4
        && rest
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: Source = Source {
        page: "page",
        read: "2026-01-01",
    };

    #[test]
    fn repeated_and_ill_formed_ids_are_reported() {
        let good = Clause::new("ABC-D2E7", Level::Must, SOURCE, "text");
        let bad = Clause::new("abc-1", Level::Must, SOURCE, "text");
        assert_eq!(lint(&[&good]), Vec::<String>::new());
        assert_eq!(lint(&[&good, &bad, &good]).len(), 2);
    }
}
