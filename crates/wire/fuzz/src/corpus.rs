//! What `scripts/fuzz` needs beside the fuzzer: the list of targets, seeds as files, what is kept as text, and
//! mutation without a fuzzer where there is no C++ compiler.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs, io};

use wire_fuzz::oracle::mutate::{Chance, scramble};
use wire_fuzz::oracle::target::{LONGEST, Target, bytes_of};

const USAGE: &str = "corpus list | seeds TARGET FOLDER | keep TARGET FOLDER | blind TARGET SECONDS";

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["list"] => {
            for target in Target::all() {
                println!("{}", target.name());
            }
            Ok(())
        }
        ["seeds", name, folder] => seeds(target(name)?, Path::new(folder)),
        ["keep", name, folder] => keep(target(name)?, Path::new(folder)),
        ["blind", name, seconds] => {
            let seconds = seconds.parse().map_err(io::Error::other)?;
            blind(target(name)?, Duration::from_secs(seconds))
        }
        _ => Err(io::Error::other(USAGE)),
    }
}

fn target(name: &str) -> io::Result<Target> {
    let found = Target::all().into_iter().find(|it| it.name() == name);
    found.ok_or_else(|| io::Error::other(format!("there is no target {name}")))
}

/// Writes seeds and what is kept, a file each.
fn seeds(target: Target, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let inputs = target.seeds().into_iter().chain(target.kept());
    for (n, input) in inputs.enumerate() {
        fs::write(folder.join(format!("seed-{n:04}")), input)?;
    }
    Ok(())
}

/// Keeps the inputs of a folder that are not seeds, instead of those that were kept; but what stands behind a
/// comment stays.
fn keep(target: Target, folder: &Path) -> io::Result<()> {
    let file = target.kept_file();
    let text = fs::read_to_string(&file).unwrap_or_default();
    let mut known = target.seeds();
    let (mut stays, mut is_said) = (String::new(), false);
    for line in text.lines() {
        if line.starts_with('#') || is_said {
            writeln!(stays, "{line}").map_err(io::Error::other)?;
        }
        if is_said && !line.starts_with('#') {
            known.insert(bytes_of(line.trim()));
        }
        is_said = line.starts_with('#');
    }
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        found.insert(fs::read(entry?.path())?);
    }
    let new = found.difference(&known);
    let mut new: Vec<_> = new
        .filter(|it| it.len() <= MOST_KEPT && !it.is_empty())
        .collect();
    // The shortest say most for their length.
    new.sort_by_key(|it| it.len());
    let mut text = stays;
    for input in new {
        if text.len() + 2 * input.len() > MOST_TEXT {
            break;
        }
        for byte in input {
            write!(text, "{byte:02x}").map_err(io::Error::other)?;
        }
        text.push('\n');
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&file, text)?;
    println!("{}: {} inputs", file.display(), target.kept().len());
    Ok(())
}

/// Mutates seeds without knowing what they reach.
fn blind(target: Target, time: Duration) -> io::Result<()> {
    let seeds: Vec<Vec<u8>> = target.seeds().into_iter().chain(target.kept()).collect();
    let begin = Instant::now();
    let mut number = 0;
    while begin.elapsed() < time {
        for seed in &seeds {
            number += 1;
            let mut chance = Chance::new(number);
            let mut plain = |bytes: &mut Vec<u8>, max| scramble(&mut chance, bytes, max);
            let input = target.mutate(seed, LONGEST, number, &mut plain);
            let outcome = std::panic::catch_unwind(|| target.run(&input));
            if outcome.is_err() {
                let hex: Vec<String> = input.iter().map(|byte| format!("{byte:02x}")).collect();
                return Err(io::Error::other(format!("breaks a law: {}", hex.concat())));
            }
        }
    }
    println!("{}: {number} inputs, none breaks a law", target.name());
    Ok(())
}

/// Longer ones are no reading matter.
const MOST_KEPT: usize = 1024;

/// How much is kept of a target: the corpus is in every clone.
const MOST_TEXT: usize = 64 << 10;
