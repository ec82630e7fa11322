//! `mynah test matrix`: the runs of several subjects side by side.

use std::path::{Component, Path, PathBuf};

use conformance::expect::Date;
use conformance::report::matrix::{Entry, Matrix, matrix_html, matrix_text};

use super::expect::{parse_date, today};
use crate::failure::Failure;

/// The options of `mynah test matrix`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The run.json of each subject, as --out has written it; NAME=FILE names the row
    #[arg(required = true, value_name = "[NAME=]RUN.json")]
    runs: Vec<String>,
    /// Write the page into this file; it links to the report.html beside each run.json
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The day from which ages are counted [default: today in UTC]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_date)]
    date: Option<Date>,
}

/// Prints the matrix, and writes the page if that is asked for.
pub(super) fn run(args: &Args) -> Result<String, Failure> {
    let mut entries = Vec::new();
    for told in &args.runs {
        entries.push(entry(told, args.out.as_deref())?);
    }
    let matrix = Matrix::new(entries, args.date.unwrap_or_else(today));
    let matrix = matrix.map_err(|error| Failure::Usage(error.to_string()))?;
    if let Some(path) = &args.out {
        std::fs::write(path, matrix_html(&matrix)).map_err(|error| {
            Failure::Operation(format!("cannot write {}: {error}", path.display()))
        })?;
    }
    Ok(matrix_text(&matrix))
}

fn entry(told: &str, out: Option<&Path>) -> Result<Entry, Failure> {
    // A file may have an equals sign in its name, too.
    let (name, file) = match told.split_once('=') {
        Some((name, file)) if !Path::new(told).exists() => (Some(name), file),
        _ => (None, told),
    };
    let text = std::fs::read_to_string(file).map_err(|error| {
        Failure::Usage(format!(
            "cannot read {file}: {error}; --out DIR writes run.json"
        ))
    })?;
    let mut entry = Entry::parse(file, &text).map_err(|error| Failure::Usage(error.to_string()))?;
    if let Some(name) = name.filter(|name| !name.is_empty()) {
        name.clone_into(&mut entry.name);
    }
    let beside = Path::new(file).with_file_name("report.html");
    entry.report = out
        .filter(|_| beside.is_file())
        .and_then(|page| link(page, &beside));
    Ok(entry)
}

/// How a page says where a file is: relative, so that the folder can be moved as a whole.
fn link(page: &Path, file: &Path) -> Option<String> {
    let folder = match page.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let (from, to) = (folder.canonicalize().ok()?, file.canonicalize().ok()?);
    let shared = from.components().zip(to.components());
    let shared = shared.take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| "..".to_owned());
    let down = to.components().skip(shared).map(|part| match part {
        Component::Normal(name) => encoded(&name.to_string_lossy()),
        other => encoded(&other.as_os_str().to_string_lossy()),
    });
    Some(up.chain(down).collect::<Vec<_>>().join("/"))
}

/// A segment of a URL's path.
fn encoded(segment: &str) -> String {
    let mut encoded = String::new();
    for byte in segment.bytes() {
        match byte {
            b if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) => encoded.push(char::from(b)),
            b => encoded = format!("{encoded}%{b:02X}"),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_finds_reports_beside_and_above_it() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("runs/a #1");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::create_dir(home.path().join("pages")).unwrap();
        let file = folder.join("report.html");
        std::fs::write(&file, "").unwrap();
        let linked = |page: &str| link(&home.path().join(page), &file);
        assert_eq!(
            linked("m.html").as_deref(),
            Some("runs/a%20%231/report.html")
        );
        assert_eq!(
            linked("pages/m.html").as_deref(),
            Some("../runs/a%20%231/report.html")
        );
        assert_eq!(linked("nowhere/m.html"), None);
    }
}
