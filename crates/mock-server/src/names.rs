//! Which names say that a value is a credential.

const SECRET_ENDINGS: &[&str] = &["token", "key", "secret", "password", "appid"];

const SECRET_HEADERS: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
];

/// Whether a query parameter or JSON member of this name holds a credential.
pub(crate) fn is_secret_name(name: &str) -> bool {
    SECRET_ENDINGS.iter().any(|ending| ends(name, ending))
}

/// Whether a header of this name holds a credential.
pub(crate) fn is_secret_header(name: &str) -> bool {
    let is = |known: &&str| name.eq_ignore_ascii_case(known);
    let begins = name.as_bytes().first_chunk::<2>();
    let begins = begins.is_some_and(|it| it.eq_ignore_ascii_case(b"x-"));
    SECRET_HEADERS.iter().any(is) || begins && ends(name, "-token")
}

fn ends(name: &str, ending: &str) -> bool {
    let name = name.as_bytes();
    let tail = name.len().checked_sub(ending.len());
    tail.and_then(|tail| name.get(tail..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(ending.as_bytes()))
}
