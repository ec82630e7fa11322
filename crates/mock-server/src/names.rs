//! Which names say that a value is a credential.

const SECRET_ENDINGS: &[&str] = &["token", "key", "secret", "password", "appid"];

/// Whether a query parameter or JSON member of this name holds a credential.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let name = name.as_bytes();
    SECRET_ENDINGS.iter().any(|ending| {
        let tail = name.len().checked_sub(ending.len());
        tail.and_then(|tail| name.get(tail..))
            .is_some_and(|tail| tail.eq_ignore_ascii_case(ending.as_bytes()))
    })
}

/// Whether a header of this name holds a credential.
pub(crate) fn is_secret_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(
        name.as_str(),
        "authorization" | "proxy-authorization" | "cookie" | "x-api-key"
    ) || name.starts_with("x-") && name.ends_with("-token")
}
