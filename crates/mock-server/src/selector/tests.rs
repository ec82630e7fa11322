use rstest::rstest;

use super::*;

fn lane(name: &str) -> Selector {
    Selector {
        lane: Some(name.to_owned()),
        ..Selector::default()
    }
}

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

fn taken(mut head: RequestHead) -> (Selector, RequestHead) {
    let as_sent = head.clone();
    let (chosen, sent) = take(&mut head);
    assert_eq!(sent.unwrap_or_else(|| head.clone()), as_sent);
    assert_eq!(chosen.error, None);
    (chosen.whole(), head)
}

#[rstest]
#[case::plain("/~lane=a/v1/x", "lane=a", "/v1/x")]
#[case::doubled_slash("/~lane=a//v1/x", "lane=a", "/v1/x")]
#[case::encoded("/~lane%3Da%3Bseed%3d5/v1/x", "lane=a;seed=5", "/v1/x")]
#[case::plus_is_plus("/~scenario=a%2Bb+c/x", "scenario=a+b+c", "/x")]
#[case::slash_inside(
    "/~scenario=half-open:at=audio/2/v1/x",
    "scenario=half-open:at=audio/2",
    "/v1/x"
)]
#[case::two_slashes_inside(
    "/~scenario=a:at=audio/2+b:at=result/1;lane=c/v1/x",
    "scenario=a:at=audio/2+b:at=result/1;lane=c",
    "/v1/x"
)]
#[case::encoded_slash("/~scenario=a:at=audio%2F2/v1/x", "scenario=a:at=audio/2", "/v1/x")]
#[case::no_path("/~lane=a", "lane=a", "/")]
#[case::empty("/~/v1/x", "", "/v1/x")]
fn a_path_is_split_where_the_selector_is_complete(
    #[case] path: &str,
    #[case] selector: &str,
    #[case] rest: &str,
) {
    assert_eq!(
        split_path(path),
        Some((selector.to_owned(), rest.to_owned()))
    );
}

#[test]
fn a_vendors_path_has_no_selector() {
    assert_eq!(split_path("/v1/~lane=a"), None);
}

#[rstest]
#[case::token(&[("x-auth-token", "mynah:lane=a")])]
#[case::bearer(&[("authorization", "Bearer mynah:lane=a")])]
#[case::odd_bearer(&[("authorization", "Bearer; mynah:lane=a")])]
#[case::odd_bearer_without_space(&[("Authorization", "Bearer;mynah:lane=a")])]
#[case::no_scheme(&[("authorization", "mynah:lane=a")])]
#[case::api_key(&[("x-api-key", "mynah:lane=a")])]
#[case::basic_password(&[("authorization", "Basic YXBpa2V5Om15bmFoOmxhbmU9YQ==")])]
#[case::basic_user_and_password(&[("authorization", "Basic bXluYWg6bGFuZT1h")])]
#[case::basic_user(&[("authorization", "Basic bXluYWg6bGFuZT1hOnB3")])]
#[case::basic_user_alone(&[("authorization", "Basic bXluYWg6bGFuZT1hOg==")])]
#[case::signature(&[("authorization", "SDK-HMAC-SHA256 Access=mynah:lane=a, SignedHeaders=h, Signature=0")])]
fn a_credential_can_be_a_selector(#[case] headers: &[(&str, &str)]) {
    let (selector, head) = taken(head("/x", None, headers));
    assert_eq!(selector, lane("a"));
    assert_eq!(head.headers.len(), 1, "the vendor sees its credential");
}

#[rstest]
#[case::ours("mynah=lane%3Da", None)]
#[case::ours_plain("mynah=lane=a", None)]
#[case::among_others("v=1&mynah=lane=a&w=2", Some("v=1&w=2"))]
#[case::token("access_token=mynah:lane=a", Some("access_token=mynah:lane=a"))]
#[case::encoded_token("legacy-token=mynah%3alane%3Da", Some("legacy-token=mynah%3alane%3Da"))]
fn a_query_can_carry_a_selector(#[case] query: &str, #[case] rest: Option<&str>) {
    let (selector, head) = taken(head("/x", Some(query), &[]));
    assert_eq!(selector, lane("a"));
    assert_eq!(head.query.as_deref(), rest);
}

#[test]
fn the_first_carrier_wins_key_by_key() {
    let headers = [("x-auth-token", "mynah:lane=b;seed=2")];
    let (selector, _) = taken(head(
        "/~lane=a/x",
        Some("mynah=lane=c;seed=3;scenario=none"),
        &headers,
    ));
    assert_eq!(selector.lane.as_deref(), Some("a"));
    assert_eq!(selector.seed, Some(2));
    assert_eq!(selector.scenario.unwrap(), "none");
}

#[rstest]
#[case("", "the selector is empty")]
#[case("lane", "\"lane\" is not key=value")]
#[case("lanes=a", "unknown key \"lanes\"; did you mean \"lane\"?")]
#[case("lane=a;lane=b", "lane is given twice")]
#[case("lane=", "lane \"\": ")]
#[case("lane=a b", "lane \"a b\": ")]
#[case("seed=-1", "seed \"-1\" is not")]
#[case("seed=+1", "seed \"+1\" is not")]
#[case("scenario=", "a scenario is empty")]
fn what_is_wrong_is_said(#[case] text: &str, #[case] problem: &str) {
    let error = Selector::parse(text).unwrap_err().to_string();
    assert!(error.starts_with(problem), "{error}");
}
