//! What the fuzzer starts from and what it has found, replayed by any toolchain, and a few mutations of
//! each: `crates/wire/fuzz`.

use std::collections::BTreeSet;

use crate::oracle::mutate::{Chance, scramble};
use crate::oracle::target::{LONGEST, Target, corpus};

/// Mutations of each input; the fuzzer makes more.
const MUTATIONS: u64 = 6;

#[test]
fn every_seed_and_everything_kept_keeps_to_the_laws() {
    for target in Target::all() {
        let seeds = target.seeds();
        assert!(!seeds.is_empty(), "{} has no seeds", target.name());
        for input in seeds.iter().chain(&target.kept()) {
            target.run(input);
        }
    }
}

#[test]
fn mutations_inside_and_outside_keep_to_the_laws() {
    for target in Target::all() {
        for (n, seed) in target.seeds().iter().enumerate() {
            for mutation in 0..MUTATIONS {
                let number = n as u64 * MUTATIONS + mutation;
                let mut chance = Chance::new(number);
                let mut plain = |bytes: &mut Vec<u8>, max| scramble(&mut chance, bytes, max);
                let input = if mutation % 3 == 0 {
                    let mut input = seed.clone();
                    plain(&mut input, LONGEST);
                    input
                } else {
                    target.mutate(seed, LONGEST, number, &mut plain)
                };
                target.run(&input);
            }
        }
    }
}

/// Sealing is worth something only if most of what is changed inside is still read.
#[test]
fn what_is_sealed_again_gets_past_the_outer_layers() {
    for target in Target::chosen("decode", "") {
        let Target::Decode(endpoint) = target else {
            continue;
        };
        let (mut read, mut count) = (0, 0);
        for stored in crate::oracle::stored::ALL.iter() {
            if stored.endpoint.name != endpoint.name || stored.payload.len() > LONGEST {
                continue;
            }
            for number in 0..20 {
                let mut chance = Chance::new(number);
                let mut plain = |bytes: &mut Vec<u8>, max| scramble(&mut chance, bytes, max);
                let changed = target.mutate(&stored.payload, LONGEST, number, &mut plain);
                let outcome = (endpoint.decode)(stored.side, stored.form, &changed.into());
                read += usize::from(outcome.is_ok());
                count += 1;
            }
        }
        assert!(read * 3 > count, "{}: {read} of {count}", endpoint.name);
    }
}

#[test]
fn a_script_is_read_as_it_was_written() {
    use crate::oracle::session::Script;
    for target in Target::chosen("session", "") {
        for seed in target.seeds() {
            let script = Script::decode(&seed);
            assert!(script.events.len() >= 2, "{}: {script:?}", target.name());
            assert_eq!(script.encode(), seed);
        }
    }
}

#[test]
fn everything_kept_belongs_to_a_target() {
    let known: BTreeSet<_> = Target::all().iter().map(Target::kept_file).collect();
    let mut folders = vec![corpus()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                assert!(known.contains(&path), "{} is nobody's", path.display());
            }
        }
    }
}
