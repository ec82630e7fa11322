//! The names under which clients know this server.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::TlsError;

/// This machine, every vendor's hosts in the order of the registry, then the further ones.
pub(super) fn all(further: &[String]) -> Result<Vec<String>, TlsError> {
    let here = [
        "localhost".to_owned(),
        Ipv4Addr::LOCALHOST.to_string(),
        Ipv6Addr::LOCALHOST.to_string(),
    ];
    let hosts = wire::registry::VENDORS.iter().flat_map(|v| v.hosts);
    let hosts = hosts.map(|host| (*host).to_owned());
    let mut names: Vec<String> = Vec::new();
    for name in here.into_iter().chain(hosts) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    for name in further {
        let plain = plain(name);
        if !is_name(&plain) {
            return Err(TlsError::Name(name.clone()));
        }
        if !names.contains(&plain) {
            names.push(plain);
        }
    }
    Ok(names)
}

/// A host as it stands among the names: lower case, no brackets, no dot at the end.
pub(super) fn plain(host: &str) -> String {
    let host = host.trim_start_matches('[').trim_end_matches([']', '.']);
    match host.parse::<IpAddr>() {
        Ok(address) => address.to_string(),
        Err(_) => host.to_ascii_lowercase(),
    }
}

fn is_name(name: &str) -> bool {
    // The first label may be the star of a wildcard.
    let labels = name.strip_prefix("*.").unwrap_or(name);
    let is_label = |label: &str| {
        let inside = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        (1..=63).contains(&label.len())
            && label.chars().all(inside)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.parse::<IpAddr>().is_ok() || (name.len() <= 253 && labels.split('.').all(is_label))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn every_host_of_every_vendor_is_a_name() {
        let names = all(&[]).unwrap();
        assert_eq!(names[..3], ["localhost", "127.0.0.1", "::1"]);
        for vendor in wire::registry::VENDORS {
            assert!(!vendor.hosts.is_empty(), "{}", vendor.name);
            for host in vendor.hosts {
                assert!(names.iter().any(|name| name == host), "{host}");
                assert!(is_name(host), "{host}");
            }
        }
    }

    #[rstest]
    #[case("Mock.Example", Some("mock.example"))]
    #[case("[FE80::1]", Some("fe80::1"))]
    #[case("10.0.0.7", Some("10.0.0.7"))]
    #[case("*.svc.local", Some("*.svc.local"))]
    #[case("speech_mock", Some("speech_mock"))]
    #[case("", None)]
    #[case("a..b", None)]
    #[case("a b", None)]
    #[case("mock:7070", None)]
    #[case("語.example", None)]
    fn a_further_name_is_a_host_or_an_address(#[case] name: &str, #[case] taken: Option<&str>) {
        let names = all(&[name.to_owned()]);
        assert_eq!(names.ok().and_then(|mut n| n.pop()).as_deref(), taken);
    }

    #[test]
    fn a_name_that_is_there_already_is_not_repeated() {
        let names = all(&["LOCALHOST.".to_owned(), "[::1]".to_owned()]).unwrap();
        assert_eq!(names, all(&[]).unwrap());
    }
}
