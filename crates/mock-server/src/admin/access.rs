//! Who gets in: whoever has the token, or without a token whoever is on this machine.

use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{Request, StatusCode};

use super::problem::Problem;

/// Lets a request in, or says why not.
pub(super) fn check<B>(
    token: Option<&str>,
    is_local: bool,
    request: &Request<B>,
) -> Result<(), Problem> {
    let Some(token) = token else {
        return match is_local {
            true => Ok(()),
            false => Err(Problem::new(
                StatusCode::FORBIDDEN,
                "not from here",
                "the admin API answers loopback addresses only; start the server with \
                 --admin-token to let others in",
            )),
        };
    };
    let given = request.headers().get(AUTHORIZATION);
    let given = given.and_then(|value| value.to_str().ok()?.split_once(' '));
    let is_right = given.is_some_and(|(scheme, given)| {
        scheme.eq_ignore_ascii_case("Bearer") && is_same(given.trim(), token)
    });
    if is_right {
        return Ok(());
    }
    let detail = "send Authorization: Bearer TOKEN with the token of --admin-token";
    let problem = Problem::new(StatusCode::UNAUTHORIZED, "no access", detail);
    Err(problem.with_header(WWW_AUTHENTICATE, "Bearer"))
}

/// Compares without telling by its time how much of it is right.
fn is_same(given: &str, token: &str) -> bool {
    let differences = given.bytes().zip(token.bytes()).map(|(a, b)| a ^ b);
    given.len() == token.len() && differences.fold(0, |all, one| all | one) == 0
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::local(None, true, None, true)]
    #[case::remote(None, false, None, false)]
    #[case::right(Some("t"), false, Some("Bearer t"), true)]
    #[case::other_case(Some("t"), true, Some("bearer t"), true)]
    #[case::wrong(Some("t"), true, Some("Bearer u"), false)]
    #[case::longer(Some("t"), true, Some("Bearer tt"), false)]
    #[case::missing(Some("t"), true, None, false)]
    #[case::other_scheme(Some("t"), true, Some("Basic t"), false)]
    fn the_token_decides_or_else_the_place(
        #[case] token: Option<&str>,
        #[case] is_local: bool,
        #[case] header: Option<&str>,
        #[case] gets_in: bool,
    ) {
        let mut request = Request::new(());
        if let Some(header) = header {
            let headers = request.headers_mut();
            headers.insert(AUTHORIZATION, header.parse().unwrap());
        }
        assert_eq!(check(token, is_local, &request).is_ok(), gets_in);
    }
}
