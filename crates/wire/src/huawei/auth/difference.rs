//! Where a client's canonical request differs from ours, as far as its signature tells.
//!
//! A signature says nothing of what was signed. But mistakes are few and well known: each is
//! made on purpose here, and the one whose signature is the client's is the one it made.

use super::signature::{Authorization, canonical_request, sha256, sign, string_to_sign};
use crate::handshake::RequestHead;

/// The first place where what the client signed differs from what we computed, in words.
pub(super) fn explain(
    authorization: &Authorization,
    secret: &str,
    date: &str,
    head: &RequestHead,
) -> String {
    let canonical = canonical_request(head, &authorization.signed_headers);
    let is_signed = |text: &str, secret: &str| {
        sign(secret, &string_to_sign(date, text)).eq_ignore_ascii_case(&authorization.signature)
    };
    let found = variants(&canonical, authorization, head)
        .into_iter()
        .find(|(_, variant)| is_signed(variant, secret));
    if let Some((what, variant)) = found {
        return first_difference(&canonical, &variant, what);
    }
    if is_signed(&canonical, secret.trim()) || is_signed(&canonical, &format!("SDK{secret}")) {
        return "the request is the same; the client signs with a key that is the secret key \
                with something added"
            .to_owned();
    }
    let undated = sign(secret, &sha256(&canonical));
    if undated.eq_ignore_ascii_case(&authorization.signature) {
        return "the request is the same; the string to sign lacks algorithm and date".to_owned();
    }
    "cannot be told from the signature: no usual mistake gives it, so the secret key is another \
     one, or several things differ"
        .to_owned()
}

/// Canonical requests with one usual mistake each.
fn variants(
    canonical: &str,
    authorization: &Authorization,
    head: &RequestHead,
) -> Vec<(&'static str, String)> {
    let lines: Vec<&str> = canonical.split('\n').collect();
    let with = |index: usize, line: String| {
        let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        if let Some(slot) = lines.get_mut(index) {
            *slot = line;
        }
        lines.join("\n")
    };
    let last = lines.len().saturating_sub(1);
    let path = lines.get(1).copied().unwrap_or_default();
    let host = head.header("Host").unwrap_or_default().trim();
    let mut variants = vec![
        ("the method", with(0, "POST".to_owned())),
        (
            "the path without its last slash",
            with(1, path.trim_end_matches('/').to_owned()),
        ),
        ("the path is left out", with(1, "/".to_owned())),
        (
            "the path is encoded once more",
            with(1, path.replace('%', "%25")),
        ),
        ("the query is left out", with(2, String::new())),
        (
            "the query as it was sent",
            with(2, head.query.clone().unwrap_or_default()),
        ),
        ("the hash of the body", with(last, String::new())),
        (
            "the hash of the body",
            with(last, "UNSIGNED-PAYLOAD".to_owned()),
        ),
        (
            "the names of the signed headers, unsorted",
            with(
                last.saturating_sub(1),
                authorization.signed_headers.join(";"),
            ),
        ),
    ];
    // An empty line closes the headers.
    if let Some(empty) = lines.iter().skip(3).position(|line| line.is_empty()) {
        let mut lines = lines.clone();
        lines.remove(empty + 3);
        variants.push(("the empty line after the headers", lines.join("\n")));
    }
    let (name, port) = host.rsplit_once(':').unwrap_or((host, ""));
    let hosts = [
        ("the host without its port", name.to_owned()),
        ("the host with a port", format!("{host}:443")),
        ("the host with a port", format!("{host}:80")),
        ("the host by its other name", format!("localhost:{port}")),
        ("the host by its other name", format!("127.0.0.1:{port}")),
    ];
    if let Some(at) = lines.iter().position(|line| line.starts_with("host:")) {
        for (what, other) in hosts {
            variants.push((what, with(at, format!("host:{other}"))));
        }
    }
    variants
}

/// `line 2, the path without …: the client signed "/v1/p/rtts", we "/v1/p/rtts/"`.
fn first_difference(ours: &str, theirs: &str, what: &str) -> String {
    let mut lines = ours.split('\n').zip(theirs.split('\n')).enumerate();
    match lines.find(|(_, (ours, theirs))| ours != theirs) {
        Some((index, (ours, theirs))) => {
            let at = ours.bytes().zip(theirs.bytes());
            let at = at.take_while(|(a, b)| a == b).count();
            format!(
                "line {}, byte {at}, {what}: the client signed {theirs:?}, the server {ours:?}",
                index + 1
            )
        }
        None => format!("at the end, {what}"),
    }
}
