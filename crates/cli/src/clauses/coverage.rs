//! `mynah clauses --coverage`: how far each clause has got.

use conformance::case::Library;
use conformance::coverage::{Coverage, Covered, State, needs_case};
use wire::clause::Clause;
use wire::json::{Value, object};

use crate::failure::Failure;
use crate::text::{json_line, paragraph, strings, terminal_width};

/// How far these clauses have got, for people or for programs.
pub(super) fn show(clauses: &[&'static Clause], json: bool) -> Result<String, Failure> {
    let broken = |error: String| Failure::Judged {
        code: 3,
        line: format!("error: the data of this program are wrong: {error}"),
        output: String::new(),
    };
    let library = Library::embedded().map_err(|error| broken(error.to_string()))?;
    let coverage = Coverage::embedded().map_err(|error| broken(error.to_string()))?;
    let covered = coverage.of(clauses, &library);
    Ok(match json {
        true => json_line(&to_json(&covered)),
        false => to_text(&covered, terminal_width()),
    })
}

fn to_json(covered: &[Covered]) -> Value {
    let items = covered.iter().map(|covered| {
        let exception = covered
            .exception
            .as_deref()
            .map_or(Value::Null, Value::from);
        object([
            ("id", covered.clause.id.into()),
            ("level", covered.clause.level.name().into()),
            ("state", covered.state.name().into()),
            ("cases", strings(covered.cases.iter().map(String::as_str))),
            (
                "mutants",
                strings(covered.mutants.iter().map(String::as_str)),
            ),
            ("exception", exception),
        ])
    });
    object([("coverage", Value::Array(items.collect()))])
}

/// A line a clause that needs a case, then what is uncovered, then the totals.
fn to_text(covered: &[Covered], width: usize) -> String {
    const INDENT: usize = 35;
    let needing = || covered.iter().filter(|covered| needs_case(covered.clause));
    let mut out = String::new();
    for Covered {
        clause,
        state,
        cases,
        mutants,
        exception,
    } in needing().filter(|covered| covered.state != State::Uncovered)
    {
        let names: Vec<&str> = mutants.iter().chain(cases).map(String::as_str).collect();
        let by = match (exception, &names[..]) {
            (Some(why), []) => why.clone(),
            (_, names) => names.join(" "),
        };
        let (level, state) = (clause.level.name(), state.name());
        let lead = format!("  {:8}  {level:10}  {state:9}  ", clause.id);
        out.push_str(&paragraph(&lead, INDENT, &by, width));
    }
    let uncovered = || needing().filter(|covered| covered.state == State::Uncovered);
    if uncovered().next().is_some() {
        out.push_str("\nuncovered:\n");
    }
    for Covered { clause, .. } in uncovered() {
        let lead = format!("  {:8}  {:10}  ", clause.id, clause.level.name());
        out.push_str(&paragraph(&lead, 24, clause.text, width));
    }
    let totals = State::ALL.map(|state| {
        let count = needing().filter(|covered| covered.state == state).count();
        format!("{count} {}", state.name())
    });
    let all = needing().count();
    out.push('\n');
    let totals = totals.join(", ");
    let line = format!("{all} clauses of level must or sdk-relied: {totals}");
    out.push_str(&paragraph("", 0, &line, width));
    out
}
