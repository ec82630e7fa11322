//! Embeds the case files and fixtures: a table of names and texts.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../..");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let mut table = String::new();
    for (name, folder, extension) in [
        ("CASES", "conformance", "toml"),
        ("COVERAGE", "conformance", "jsonl"),
        ("FIXTURES", "fixtures", "jsonl"),
    ] {
        let folder = root.join(folder);
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut files = Vec::new();
        collect(&folder, extension, &mut files)?;
        files.sort();
        let _ = writeln!(table, "pub(super) const {name}: &[(&str, &str)] = &[");
        for file in files {
            let short = file.strip_prefix(&folder).unwrap_or(&file);
            let short = short.to_string_lossy().replace('\\', "/");
            let path = file.canonicalize()?;
            let _ = writeln!(table, "    ({short:?}, include_str!({path:?})),");
        }
        table.push_str("];\n");
    }
    fs::write(out.join("embedded.rs"), table)
}

/// All files below a folder that have the extension, but for those of the real clients and their adapters, which
/// have rules and dependencies of their own.
fn collect(folder: &Path, extension: &str, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if path
                .file_name()
                .is_some_and(|name| name != "clients" && name != "adapters")
            {
                collect(&path, extension, files)?;
            }
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    Ok(())
}
