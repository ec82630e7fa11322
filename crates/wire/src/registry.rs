//! Every vendor, and which endpoint serves a path.

use std::cmp::Reverse;

use crate::endpoint::{Endpoint, Prefix, Vendor};
use crate::handshake::RequestHead;
use crate::side::Service;

/// Every vendor that is served. A further vendor is a folder and one line here.
pub const VENDORS: &[&Vendor] = &[
    &crate::huawei::VENDOR,
    &crate::ibm::VENDOR,
    &crate::volcengine::VENDOR,
];

/// Every endpoint, in the order of the vendors.
pub fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    VENDORS
        .iter()
        .flat_map(|vendor| vendor.endpoints.iter().copied())
}

/// The endpoint with this name or at this path.
#[must_use]
pub fn find(name: &str) -> Option<&'static Endpoint> {
    let by_name = endpoints().find(|endpoint| endpoint.name == name);
    by_name.or_else(|| {
        let path = name.starts_with('/').then(|| segments_of(name))?;
        endpoints().find(|endpoint| serves(endpoint, &path) || endpoint.paths.contains(&name))
    })
}

/// The vendor with this name.
#[must_use]
pub fn vendor(name: &str) -> Option<&'static Vendor> {
    VENDORS.iter().copied().find(|vendor| vendor.name == name)
}

/// The vendor of an endpoint.
#[must_use]
pub fn vendor_of(endpoint: &Endpoint) -> Option<&'static Vendor> {
    let (name, _) = endpoint.name.split_once('/')?;
    vendor(name)
}

/// Where a path leads.
#[derive(Clone, Copy, Debug)]
pub enum Route {
    /// An endpoint serves it.
    Served(&'static Endpoint),
    /// Nothing serves it; this path of this vendor's endpoint is near it.
    Near(&'static Vendor, &'static Endpoint, &'static str),
    /// Nothing serves it, and nothing is near it.
    Nowhere,
}

/// Where the path of a request leads.
#[must_use]
pub fn route(head: &RequestHead) -> Route {
    let path = head.segments();
    if let Some(endpoint) = endpoints().find(|endpoint| serves(endpoint, &path)) {
        return Route::Served(endpoint);
    }
    let candidates = VENDORS.iter().flat_map(|vendor| {
        let paths = vendor
            .endpoints
            .iter()
            .flat_map(|endpoint| endpoint.paths.iter().map(move |path| (*endpoint, *path)));
        paths.map(move |(endpoint, pattern)| (*vendor, endpoint, pattern))
    });
    candidates
        .filter_map(|(vendor, endpoint, pattern)| {
            let segments = segments_of(pattern);
            let miss = distance(&segments, &path)?;
            // A name that is written right says more than a parameter, which takes anything.
            let key = (miss, Reverse(named(&segments, &path)));
            Some((key, Route::Near(vendor, endpoint, pattern)))
        })
        .min_by_key(|(key, _)| *key)
        .map_or(Route::Nowhere, |(_, route)| route)
}

/// The service beside the endpoints that a request is for.
#[must_use]
pub fn side(head: &RequestHead) -> Option<&'static Service> {
    let path = head.segments();
    let mut services = VENDORS
        .iter()
        .flat_map(|vendor| vendor.side.iter().copied());
    services.find(|service| {
        let is_twin = service
            .paths
            .iter()
            .any(|path| service.endpoint.paths.contains(path));
        serves_at(service.paths, service.prefix, &path) && !(is_twin && head.asks_for_upgrade())
    })
}

/// How many names of a pattern stand at their place in a path.
fn named(pattern: &[String], path: &[String]) -> usize {
    pattern.iter().zip(path).filter(|(p, s)| p == s).count()
}

fn segments_of(path: &str) -> Vec<String> {
    split(path).map(str::to_owned).collect()
}

fn split(path: &str) -> std::str::Split<'_, char> {
    path.trim_start_matches('/').split('/')
}

fn serves(endpoint: &Endpoint, path: &[String]) -> bool {
    serves_at(endpoint.paths, endpoint.prefix, path)
}

fn serves_at(paths: &[&str], prefix: Prefix, path: &[String]) -> bool {
    paths.iter().any(|pattern| {
        // Every request is held against every pattern: nothing is collected.
        let length = split(pattern).count();
        let tail = match prefix {
            Prefix::None => Some(path),
            Prefix::Any => path
                .len()
                .checked_sub(length)
                .and_then(|skip| path.get(skip..)),
        };
        tail.is_some_and(|tail| {
            tail.len() == length && split(pattern).zip(tail).all(|(p, s)| matches(p, s))
        })
    })
}

fn matches(pattern: &str, segment: &str) -> bool {
    if is_parameter(pattern) {
        !segment.is_empty()
    } else {
        pattern == segment
    }
}

fn is_parameter(pattern: &str) -> bool {
    pattern.starts_with('{')
}

/// How far a path is from a pattern in hundredths of a segment; `None` if it is not near.
///
/// Near is: one segment wrong, missing or too many; or the same first two segments or more.
fn distance(pattern: &[String], path: &[String]) -> Option<u32> {
    const WHOLE: u32 = 100;
    // A parameter that is left out is a smaller slip than a missing name.
    const PARAMETER: u32 = 50;
    let cost = |p: &String| if is_parameter(p) { PARAMETER } else { WHOLE };
    // Edit distance over segments, one row of the table at a time.
    let mut row: Vec<u32> = vec![0];
    for _ in path {
        row.push(row.last().copied().unwrap_or_default() + WHOLE);
    }
    for p in pattern {
        let mut next = vec![row.first().copied().unwrap_or_default() + cost(p)];
        for (s, pair) in path.iter().zip(row.windows(2)) {
            let (diagonal, above) = match pair {
                [diagonal, above] => (*diagonal, *above),
                _ => unreachable!("windows(2) yields pairs"),
            };
            let left = next.last().copied().unwrap_or_default();
            let best = (diagonal + misspelling(p, s))
                .min(above + cost(p))
                .min(left + WHOLE);
            next.push(best);
        }
        row = next;
    }
    let total = row.last().copied().unwrap_or_default();
    let shared = pattern
        .iter()
        .zip(path)
        .take_while(|(p, s)| matches(p, s))
        .count();
    (total <= WHOLE || shared >= 2).then_some(total)
}

/// How far a segment is from a name: 0 for the same, 100 for nothing in common.
fn misspelling(pattern: &str, segment: &str) -> u32 {
    if matches(pattern, segment) {
        return 0;
    }
    let longest = pattern.chars().count().max(segment.chars().count()).max(1);
    let edits = edit_distance(pattern, segment);
    u32::try_from(edits * 100 / longest).unwrap_or(100)
}

/// The number of single-character edits between two words.
#[must_use]
pub fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (y, above) in b.iter().zip(row.iter().skip(1)) {
            let best = (diagonal + usize::from(x != *y))
                .min(above + 1)
                .min(left + 1);
            diagonal = *above;
            left = best;
            next.push(best);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_register_table_and_knob_list_is_sound() {
        for endpoint in endpoints() {
            let name = endpoint.name;
            assert_eq!(crate::clause::lint(endpoint.clauses), [""; 0], "{name}");
            let problems = crate::session::lint(endpoint.table, endpoint.clauses);
            assert_eq!(problems, [""; 0], "{name}");
            assert_eq!(crate::knob::lint(endpoint.knobs), [""; 0], "{name}");
        }
    }

    #[test]
    fn one_id_means_one_clause_everywhere() {
        let mut known = std::collections::BTreeMap::new();
        for clause in endpoints().flat_map(|endpoint| endpoint.clauses.iter()) {
            let text = known.entry(clause.id).or_insert(clause.text);
            assert_eq!(*text, clause.text, "{}", clause.id);
        }
    }

    #[test]
    fn every_host_that_a_recipe_prints_is_listed() {
        let is_host_character = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        for vendor in VENDORS {
            for recipe in vendor.recipes {
                let words = recipe.text.split(|c| !is_host_character(c));
                // Three labels and a public suffix: what else looks so are names of packages.
                let hosts = words.filter(|word| {
                    let suffix = word.rsplit('.').next().unwrap_or_default();
                    word.split('.').count() > 2 && ["com", "cn", "net"].contains(&suffix)
                });
                for host in hosts {
                    assert!(vendor.hosts.contains(&host), "{}: {host}", vendor.name);
                }
            }
        }
    }

    #[test]
    fn no_host_belongs_to_two_vendors() {
        let mut hosts: Vec<&str> = VENDORS.iter().flat_map(|v| v.hosts).copied().collect();
        let count = hosts.len();
        hosts.sort_unstable();
        hosts.dedup();
        assert_eq!(hosts.len(), count);
    }

    #[test]
    fn words_are_compared_by_edits() {
        assert_eq!(edit_distance("kitten", "sitting"), 3);
        assert_eq!(edit_distance("", "abc"), 3);
        assert_eq!(edit_distance("same", "same"), 0);
    }
}
