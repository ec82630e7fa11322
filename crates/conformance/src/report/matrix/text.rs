//! The matrix for a terminal.

use super::super::html::sign;
use super::super::terminal::shown;
use super::Matrix;
use crate::verdict::Verdict;

/// So many disagreements are shown.
const LINES: usize = 40;

/// The matrix as text: a row a subject, a column an endpoint, then what subjects disagree about.
#[must_use]
pub fn matrix_text(matrix: &Matrix) -> String {
    let mut endpoints: Vec<&str> = Vec::new();
    for area in &matrix.areas {
        if !endpoints.contains(&area.endpoint.as_str()) {
            endpoints.push(&area.endpoint);
        }
    }
    let mut table = vec![
        std::iter::once(matrix.kind.clone())
            .chain(endpoints.iter().map(|name| (*name).to_owned()))
            .chain(["seed", "days"].map(ToOwned::to_owned))
            .collect::<Vec<String>>(),
    ];
    for subject in &matrix.subjects {
        let mut row = vec![shown(&subject.name)];
        for endpoint in &endpoints {
            let mut counts = Verdict::ALL.map(|verdict| (verdict, 0));
            let areas = matrix
                .areas
                .iter()
                .filter(|area| area.endpoint == *endpoint);
            for (verdict, count) in areas.flat_map(|area| matrix.cell(subject, area)) {
                if let Some((_, sum)) = counts.iter_mut().find(|(known, _)| *known == verdict) {
                    *sum += count;
                }
            }
            let counts = counts.iter().filter(|(_, count)| *count > 0);
            let told: Vec<String> = counts
                .map(|(verdict, count)| format!("{}{count}", sign(*verdict)))
                .collect();
            row.push(match told.is_empty() {
                true => "·".to_owned(),
                false => told.join(" "),
            });
        }
        row.extend([
            subject.seed.to_string(),
            subject.age(matrix.today).to_string(),
        ]);
        table.push(row);
    }
    let mut text = aligned(&table);
    let signs = Verdict::ALL.map(|verdict| format!("{} {}", sign(verdict), verdict.name()));
    text.push_str(&line(&format!("\n{}  · not asked", signs.join("  "))));
    let disagreements = matrix.disagreements();
    if matrix.subjects.len() > 1 {
        text.push_str(&line(&format!(
            "{} checks that subjects disagree about",
            disagreements.len()
        )));
    }
    for one in disagreements.iter().take(LINES) {
        let verdicts: Vec<&str> = one
            .verdicts
            .iter()
            .map(|verdict| verdict.as_ref().map_or("·", |(verdict, _)| sign(*verdict)))
            .collect();
        text.push_str(&line(&format!(
            "  {}  {}/{} {}",
            verdicts.join(" "),
            shown(&one.case),
            shown(&one.check),
            shown(&one.slug)
        )));
    }
    if let Some(more @ 1..) = disagreements.len().checked_sub(LINES) {
        text.push_str(&line(&format!(
            "  … and {more} more, which the page of --out has"
        )));
    }
    text
}

fn line(line: &str) -> String {
    format!("{line}\n")
}

fn aligned(table: &[Vec<String>]) -> String {
    let columns = table.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = table.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let lines = table.iter().map(|row| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| {
            let room = width.saturating_sub(cell.chars().count());
            format!("{cell}{}", " ".repeat(room))
        });
        line(cells.collect::<Vec<_>>().join("  ").trim_end())
    });
    lines.collect()
}
