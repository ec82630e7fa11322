//! The AK/SK signature of a handshake, `SDK-HMAC-SHA256`.
//!
//! ```text
//!   method · path/ · query · headers · names · hash of the body  ──SHA-256──▶ hash
//!   SDK-HMAC-SHA256 · X-Sdk-Date · hash ──HMAC-SHA256 with the secret key──▶ signature
//!   Authorization: SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature=…
//! ```
//!
//! Pure arithmetic: which keys exist, and whether the date is near enough, is decided
//! elsewhere. Source: clause `HSA-MJM5`.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::handshake::RequestHead;

/// What an `Authorization` header of this scheme says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// The access key.
    pub access: String,
    /// The names of the signed headers, in lower case and in order.
    pub signed_headers: Vec<String>,
    /// The signature in hexadecimal.
    pub signature: String,
}

impl Authorization {
    /// Reads a header; `None` if it is of another scheme or lacks a part.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        let parts = header.trim().strip_prefix(ALGORITHM)?.strip_prefix(' ')?;
        let part = |name: &str| {
            let mut parts = parts
                .split(',')
                .filter_map(|part| part.trim().split_once('='));
            let found = parts.find(|(key, _)| *key == name);
            found.map(|(_, value)| value.to_owned())
        };
        Some(Self {
            access: part("Access")?,
            signed_headers: part("SignedHeaders")?
                .split(';')
                .map(str::to_ascii_lowercase)
                .collect(),
            signature: part("Signature")?,
        })
    }

    /// Whether the signature is that of `secret` over this handshake. `X-Sdk-Date` must be signed.
    #[must_use]
    pub fn is_by(&self, secret: &str, head: &RequestHead) -> bool {
        let Some(date) = head.filled_header(DATE) else {
            return false;
        };
        let canonical = canonical_request(head, &self.signed_headers);
        let expected = sign(secret, &string_to_sign(date, &canonical));
        self.is_dated() && expected.eq_ignore_ascii_case(&self.signature)
    }

    /// Whether the date is signed, as it must be.
    #[must_use]
    pub fn is_dated(&self) -> bool {
        self.signed_headers.iter().any(|name| name == "x-sdk-date")
    }
}

/// The canonical form of a request without a body.
#[must_use]
pub fn canonical_request(head: &RequestHead, signed_headers: &[String]) -> String {
    let mut path: String = head
        .segments()
        .iter()
        .map(|segment| format!("/{}", percent_encode(segment)))
        .collect();
    if !path.ends_with('/') {
        path.push('/');
    }
    let mut pairs: Vec<(String, String)> = head
        .query_pairs()
        .into_iter()
        .map(|(name, value)| (percent_encode(&name), percent_encode(&value)))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut names = signed_headers.to_vec();
    names.sort();
    // Named a thousand times, a header is still signed once: its value is not repeated.
    names.dedup();
    let headers: String = names
        .iter()
        .map(|name| {
            let value = head.header(name).unwrap_or_default().trim();
            format!("{name}:{value}\n")
        })
        .collect();
    let body = match head.filled_header("X-Sdk-Content-Sha256") {
        Some(hash) => hash.to_owned(),
        None => sha256(""),
    };
    [
        head.method.as_str(),
        &path,
        &pairs.join("&"),
        &headers,
        &names.join(";"),
        &body,
    ]
    .join("\n")
}

/// What is signed: algorithm, date and the hash of the canonical request.
#[must_use]
pub fn string_to_sign(date: &str, canonical: &str) -> String {
    format!("{ALGORITHM}\n{date}\n{}", sha256(canonical))
}

/// The signature in hexadecimal.
#[must_use]
pub fn sign(secret: &str, string: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        unreachable!("HMAC takes keys of any length")
    };
    mac.update(string.as_bytes());
    hex(&mac.finalize().into_bytes())
}

/// The SHA-256 of a text in hexadecimal.
pub(super) fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let Ok(()) = write!(text, "{byte:02x}") else {
            unreachable!("writing to a string does not fail")
        };
        text
    })
}

/// Percent-encodes everything but the unreserved characters of RFC 3986.
pub(super) fn percent_encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let Ok(()) = write!(encoded, "%{byte:02X}") else {
                unreachable!("writing to a string does not fail")
            };
        }
        encoded
    })
}

const ALGORITHM: &str = "SDK-HMAC-SHA256";

pub(super) const DATE: &str = "X-Sdk-Date";

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const LOOPBACK: &str = "127.0.0.1:18080";
    const DAY: &str = "20260101T000000Z";

    fn head(path: &str, query: Option<&str>, headers: &[(&str, &str)]) -> RequestHead {
        RequestHead {
            method: "GET".to_owned(),
            path: path.to_owned(),
            query: query.map(str::to_owned),
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    fn path(service: &str) -> String {
        format!("/v1/0123456789abcdef0123456789abcdef/{service}")
    }

    fn names(list: &str) -> Vec<String> {
        list.split(';').map(str::to_owned).collect()
    }

    /// The vector of the vendor's signing guide.
    #[test]
    fn the_published_example_is_signed_as_published() {
        let head = head(
            "/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs",
            Some("limit=2&marker=13551d6b-755d-4757-b956-536f674975c0"),
            &[
                ("Host", "service.region.example.com"),
                ("Content-Type", "application/json"),
                ("X-Sdk-Date", "20191115T033655Z"),
            ],
        );
        let canonical = canonical_request(&head, &names("content-type;host;x-sdk-date"));
        assert_eq!(
            sha256(&canonical),
            "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a"
        );
        let secret = "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc";
        let signature = sign(secret, &string_to_sign("20191115T033655Z", &canonical));
        assert_eq!(
            signature,
            "7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe"
        );
    }

    #[rstest]
    #[case::rtts(
        LOOPBACK,
        "rtts",
        "3ce9fb004d590989db0c98375691d6a3feaf68c9c742aaf6fffbda1c2006e73e"
    )]
    #[case::vendor_host(
        "sis-ext.cn-north-4.myhuaweicloud.com",
        "rtts",
        "35d49edd6198ab00e261c8e7527ba00e9c3f9e88677549832037289a936774b6"
    )]
    #[case::rasr(
        LOOPBACK,
        "rasr/short-stream",
        "e137d4a5a8ef4dd574302f3a75381a72e10def3c14f582070f0d63bd29697b42"
    )]
    fn a_handshake_is_signed_as_the_sdks_sign_it(
        #[case] host: &str,
        #[case] service: &str,
        #[case] signature: &str,
    ) {
        let headers = [("host", host), ("X-Sdk-Date", DAY)];
        let head = head(&path(service), None, &headers);
        let canonical = canonical_request(&head, &names("host;x-sdk-date"));
        assert_eq!(sign("SKTEST", &string_to_sign(DAY, &canonical)), signature);
    }

    #[test]
    fn a_handshake_is_hashed_as_the_sdks_hash_it() {
        let head = head(
            &path("rtts"),
            None,
            &[("Host", LOOPBACK), ("X-Sdk-Date", DAY)],
        );
        assert_eq!(
            sha256(&canonical_request(&head, &names("host;x-sdk-date"))),
            "19f27707eccafda4d7e51cbca37a0bbe648b29e0ff164779824cd7551ba7aefa"
        );
    }

    /// Anybody who has seen an access key gets as far as this, with a head of whatever it may be.
    #[test]
    fn a_header_that_is_named_again_and_again_is_signed_once() {
        let value = "v".repeat(1000);
        let headers = [("Host", LOOPBACK), ("X-Sdk-Date", DAY), ("A", &value)];
        let head = head(&path("rtts"), None, &headers);
        let again = names(&format!("host;x-sdk-date{}", ";a".repeat(1000)));
        let canonical = canonical_request(&head, &again);
        assert_eq!(
            canonical,
            canonical_request(&head, &names("a;host;x-sdk-date"))
        );
        assert!(canonical.len() < 2000, "{} bytes", canonical.len());
    }

    #[test]
    fn a_temporary_key_signs_its_token() {
        let headers = [
            ("Host", LOOPBACK),
            ("X-Sdk-Date", DAY),
            ("X-Security-Token", "sectok"),
        ];
        let head = head(&path("rasr/short-stream"), None, &headers);
        let canonical = canonical_request(&head, &names("host;x-sdk-date;x-security-token"));
        assert_eq!(
            sign("SKTEST", &string_to_sign(DAY, &canonical)),
            "98b4d438f8f777dab2c20dc397db982ddc3addf9cf7875ec65736e93fccd8418"
        );
    }

    #[rstest]
    #[case::right("SKTEST", "20260101T000000Z", true)]
    #[case::wrong_secret("SKTESU", "20260101T000000Z", false)]
    #[case::wrong_date("SKTEST", "20260101T000001Z", false)]
    fn a_signature_is_by_one_secret(
        #[case] secret: &str,
        #[case] date: &str,
        #[case] expected: bool,
    ) {
        let header = "SDK-HMAC-SHA256 Access=AKTEST, SignedHeaders=host;x-sdk-date, \
                      Signature=3ce9fb004d590989db0c98375691d6a3feaf68c9c742aaf6fffbda1c2006e73e";
        let authorization = Authorization::parse(header).unwrap();
        assert_eq!(authorization.access, "AKTEST");
        let headers = [("host", "127.0.0.1:18080"), ("X-Sdk-Date", date)];
        let path = "/v1/0123456789abcdef0123456789abcdef/rtts";
        assert_eq!(
            authorization.is_by(secret, &head(path, None, &headers)),
            expected
        );
    }

    #[rstest]
    #[case::scheme("Bearer x")]
    #[case::no_signature("SDK-HMAC-SHA256 Access=A, SignedHeaders=host")]
    #[case::derived("V11-HMAC-SHA256 Credential=A/i, SignedHeaders=h, Signature=0")]
    fn another_header_is_no_signature(#[case] header: &str) {
        assert_eq!(Authorization::parse(header), None);
    }
}
