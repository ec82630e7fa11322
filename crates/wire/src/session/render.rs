//! A table as a drawing.

use super::table::{Conduct, Table};

/// The table as a Mermaid state diagram.
#[must_use]
pub fn mermaid(table: &Table) -> String {
    let mut lines = vec!["stateDiagram-v2".to_owned()];
    if let Some(initial) = table.states.first() {
        lines.push(format!("    [*] --> {}", initial.name));
    }
    for state in table.states {
        lines.push(format!("    {}: {}", state.name, state.text));
    }
    for rule in table.rules {
        let misuse = match rule.conduct {
            Conduct::Legal => "",
            Conduct::Misuse => " (misuse)",
        };
        for state in table.states.iter().filter(|s| rule.holds_in(s.name)) {
            lines.push(format!(
                "    {} --> {}: {} {}{misuse} [{}]",
                state.name,
                rule.to.unwrap_or(state.name),
                rule.side.name(),
                rule.kind,
                rule.clause.id,
            ));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}
