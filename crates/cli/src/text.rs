//! Text for a terminal: wrapped and aligned.

use std::io::IsTerminal as _;

use mock_server::text::columns_of;
pub(crate) use mock_server::text::{columns, plain};
use wire::json::{Style, Value};

/// A table: columns as wide as their cells, but for one that wraps.
pub(crate) struct Grid {
    heads: Vec<&'static str>,
    wrapping: usize,
    rows: Vec<Vec<String>>,
}

impl Grid {
    /// A table with these headings, of which the column `wrapping` takes the room that is left.
    pub(crate) fn new(heads: &[&'static str], wrapping: usize) -> Self {
        Self {
            heads: heads.to_vec(),
            wrapping,
            rows: Vec::new(),
        }
    }

    /// Adds a row, one cell a heading.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows
            .push(cells.into_iter().map(|c| plain(&c)).collect());
    }

    /// The table in so many columns of a terminal, indented.
    pub(crate) fn render(&self, width: usize, indent: usize) -> String {
        let widths = self.widths(width.saturating_sub(indent));
        let heads = self.heads.iter().map(|head| (*head).to_owned()).collect();
        let mut out = String::new();
        for row in std::iter::once(&heads).chain(&self.rows) {
            let cells: Vec<Vec<String>> = row
                .iter()
                .zip(&widths)
                .enumerate()
                .map(|(index, (cell, width))| match index == self.wrapping {
                    true => wrap(cell, *width),
                    false => vec![cell.clone()],
                })
                .collect();
            let height = cells.iter().map(Vec::len).max().unwrap_or_default();
            for line in 0..height {
                let mut text = " ".repeat(indent);
                for (cell, width) in cells.iter().zip(&widths) {
                    let part = cell.get(line).map_or("", String::as_str);
                    text.push_str(part);
                    let pad = (width + GAP).saturating_sub(columns(part));
                    text.extend(std::iter::repeat_n(' ', pad));
                }
                out.push_str(text.trim_end());
                out.push('\n');
            }
        }
        out
    }

    fn widths(&self, width: usize) -> Vec<usize> {
        let mut widths: Vec<usize> = self.heads.iter().map(|head| columns(head)).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = columns(cell).max(*width);
            }
        }
        let others: usize = widths
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != self.wrapping)
            .map(|(_, width)| width + GAP)
            .sum();
        if let Some(wrapping) = widths.get_mut(self.wrapping) {
            *wrapping = (*wrapping).min(width.saturating_sub(others).max(NARROWEST));
        }
        widths
    }
}

/// How many columns of a terminal are written on: as many as it has, from 60 to 120.
pub(crate) fn terminal_width() -> usize {
    let set = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    let measured = || {
        let is_terminal = std::io::stdout().is_terminal();
        let size = is_terminal.then(terminal_size::terminal_size)?;
        size.map(|(width, _)| usize::from(width.0))
    };
    set.or_else(measured).unwrap_or(100).clamp(60, 120)
}

/// Text in lines of at most so many columns.
///
/// Breaks at spaces, and inside a word only if the word alone is too long. No text is no lines.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let used = columns(&line);
        if used > 0 && used + 1 + columns(word) > width {
            lines.push(std::mem::take(&mut line));
        } else if used > 0 {
            line.push(' ');
        }
        let mut used = columns(&line);
        for character in word.chars() {
            let wide = columns_of(character);
            if used + wide > width && used > 0 {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(character);
            used += wide;
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Text wrapped behind a first and a further indent.
pub(crate) fn paragraph(first: &str, further: usize, text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut lead = first.to_owned();
    for line in wrap(&plain(text), width.saturating_sub(further).max(NARROWEST)) {
        out.push_str(&lead);
        out.push_str(&line);
        out.push('\n');
        lead = " ".repeat(further);
    }
    out
}

/// JSON for programs: one line.
pub(crate) fn json_line(value: &Value) -> String {
    let mut line = value.write(Style::Compact);
    line.push('\n');
    line
}

/// A number for JSON.
pub(crate) fn number(count: usize) -> Value {
    Value::from(u64::try_from(count).unwrap_or(u64::MAX))
}

/// A list of strings for JSON.
pub(crate) fn strings<'s>(items: impl IntoIterator<Item = &'s str>) -> Value {
    Value::Array(items.into_iter().map(Value::from).collect())
}

/// Spaces between two columns.
const GAP: usize = 2;

/// The wrapping column is never narrower, even if the terminal then has to wrap.
const NARROWEST: usize = 20;

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing("", 10, &[])]
    #[case::fits("one two", 10, &["one two"])]
    #[case::at_spaces("one two three", 8, &["one two", "three"])]
    #[case::a_long_word("abcdefghijk", 4, &["abcd", "efgh", "ijk"])]
    #[case::a_long_word_behind_a_short_one("a bcdefg", 4, &["a", "bcde", "fg"])]
    #[case::ideographs_take_two_columns("语音合成", 4, &["语音", "合成"])]
    #[case::narrower_than_a_character("语音", 1, &["语", "音"])]
    fn lines_are_wrapped(#[case] text: &str, #[case] width: usize, #[case] lines: &[&str]) {
        assert_eq!(wrap(text, width), lines);
    }

    #[test]
    fn one_column_wraps_and_the_others_stand() {
        let mut grid = Grid::new(&["NAME", "TEXT", "END"], 1);
        grid.row(["a", "one two three four five six seven", "x"].map(str::to_owned));
        grid.row(["语音", "short", "y"].map(str::to_owned));
        insta::assert_snapshot!(grid.render(34, 2), @"
        NAME  TEXT                   END
        a     one two three four     x
              five six seven
        语音  short                  y
        ");
    }
}
