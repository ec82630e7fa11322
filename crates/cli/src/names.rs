//! Names on the command line: endpoints, vendors, languages, and what to say of unknown ones.

use wire::endpoint::{Endpoint, Vendor};
use wire::registry;

use crate::failure::Failure;

/// A name that nothing has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what} {name:?}; there {}", listed(known))]
pub(crate) struct UnknownName {
    /// What was looked for: `endpoint`.
    pub(crate) what: &'static str,
    /// The name that was given.
    pub(crate) name: String,
    /// The names that exist, the nearest first.
    pub(crate) known: Vec<String>,
}

impl UnknownName {
    /// A name that is none of `known`.
    pub(crate) fn new<'n>(
        what: &'static str,
        name: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) -> Self {
        let mut known: Vec<String> = known.into_iter().map(str::to_owned).collect();
        known.sort_by_key(|candidate| distance(name, candidate));
        Self {
            what,
            name: name.to_owned(),
            known,
        }
    }
}

impl From<UnknownName> for Failure {
    fn from(error: UnknownName) -> Self {
        Self::Usage(error.to_string())
    }
}

/// The endpoint with this name or path.
pub(crate) fn endpoint(name: &str) -> Result<&'static Endpoint, UnknownName> {
    registry::find(name)
        .ok_or_else(|| UnknownName::new("endpoint", name, registry::endpoints().map(|e| e.name)))
}

/// The vendor with this name, or the vendor of the endpoint with this name or path.
pub(crate) fn vendor(name: &str) -> Result<&'static Vendor, UnknownName> {
    let by_endpoint = || registry::find(name).and_then(registry::vendor_of);
    registry::vendor(name)
        .or_else(by_endpoint)
        .ok_or_else(|| UnknownName::new("vendor", name, registry::VENDORS.iter().map(|v| v.name)))
}

/// The named endpoint alone, or all of them if there is no name.
pub(crate) fn endpoints(name: Option<&str>) -> Result<Vec<&'static Endpoint>, UnknownName> {
    match name {
        Some(name) => endpoint(name).map(|endpoint| vec![endpoint]),
        None => Ok(registry::endpoints().collect()),
    }
}

/// A name for examples: the first endpoint that is served.
pub(crate) fn example_endpoint() -> &'static str {
    registry::endpoints().next().map_or("ENDPOINT", |e| e.name)
}

/// A name for examples: the first vendor that is served.
pub(crate) fn example_vendor() -> &'static str {
    registry::VENDORS.first().map_or("VENDOR", |v| v.name)
}

/// How far a name is from one that exists, as a whole or from its last part.
fn distance(name: &str, known: &str) -> usize {
    let name = name.to_lowercase();
    let last = known.rsplit('/').next().unwrap_or(known);
    // A name is what a path ends with, more often than not.
    let end = name.rsplit('/').next().unwrap_or(&name);
    registry::edit_distance(&name, known)
        .min(registry::edit_distance(&name, last))
        .min(registry::edit_distance(end, last))
}

fn listed(known: &[String]) -> String {
    match known {
        [] => "is none".to_owned(),
        [only] => format!("is only {only}"),
        several => format!("are {}", several.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::misspelt("demo/ecko", "demo/echo")]
    #[case::last_part_alone("ekko", "demo/echo")]
    #[case::path_with_a_slip("/v1/x/lissten", "demo/listen")]
    #[case::other_case("DEMO/LISTEN", "demo/listen")]
    fn the_nearest_name_comes_first(#[case] given: &str, #[case] nearest: &str) {
        let error = UnknownName::new("endpoint", given, ["far/away", "demo/echo", "demo/listen"]);
        assert_eq!(error.known.first().map(String::as_str), Some(nearest));
    }

    #[test]
    fn the_line_says_what_exists() {
        let line = |known: &[&'static str]| {
            UnknownName::new("vendor", "dmo", known.iter().copied()).to_string()
        };
        assert_eq!(line(&[]), r#"unknown vendor "dmo"; there is none"#);
        assert_eq!(
            line(&["demo"]),
            r#"unknown vendor "dmo"; there is only demo"#
        );
        assert_eq!(
            line(&["other", "demo"]),
            r#"unknown vendor "dmo"; there are demo, other"#
        );
    }

    #[test]
    fn a_path_is_as_good_as_a_name() {
        for served in registry::endpoints() {
            for path in served.paths {
                let found = endpoint(path).unwrap();
                assert!(found.paths.contains(path), "{path} leads to {}", found.name);
            }
            assert_eq!(endpoint(served.name).unwrap().name, served.name);
            let vendor = vendor(served.name).unwrap();
            assert!(served.name.starts_with(vendor.name), "{}", served.name);
        }
    }
}
