use rstest::rstest;

use super::*;

fn token(secret: &str) -> Configured {
    Configured::new("v", Secret::Token(secret.to_owned()))
}

fn store(configured: Vec<Configured>) -> Credentials {
    Credentials {
        check: Check::Strict,
        configured,
        seed: 7,
        began_s: 1000,
    }
}

fn claims() -> Claims {
    Claims {
        vendor: "v".to_owned(),
        credential: Some(0),
        subject: "someone".to_owned(),
        id: "1".to_owned(),
        issued_s: 1000,
        expires_s: 2000,
        selector: Some("lane=a;scenario=x:at=audio/2".to_owned()),
        ..Claims::default()
    }
}

#[rstest]
#[case::good(None, None, 1000, Ok(()))]
#[case::last_second(Some(10), None, 1009, Ok(()))]
#[case::expired(Some(10), None, 1010, Err(Denial::Expired(1010)))]
#[case::revoked(None, Some(5), 1005, Err(Denial::Revoked(1005)))]
#[case::not_yet_revoked(None, Some(5), 1004, Ok(()))]
#[case::both(Some(1), Some(5), 1005, Err(Denial::Revoked(1005)))]
fn a_configured_token_is_good_for_its_time(
    #[case] ttl_s: Option<u64>,
    #[case] revoke_after_s: Option<u64>,
    #[case] now_s: u64,
    #[case] expected: Result<(), Denial>,
) {
    let store = store(vec![Configured {
        ttl_s,
        revoke_after_s,
        ..token("good")
    }]);
    let is = |secret: &Secret| *secret == Secret::Token("good".to_owned());
    assert_eq!(store.find("v", now_s, is).map(|_| ()), expected);
    assert_eq!(store.find("w", now_s, is), Err(Denial::Unknown));
}

#[rstest]
fn an_issued_token_comes_back_as_it_was(#[values(Form::Jwt, Form::Opaque)] form: Form) {
    let store = store(vec![token("good")]);
    let issued = claims().issue(form, store.seed);
    let (opened, configured) = store.redeem("v", &issued, 1999).unwrap();
    assert_eq!(opened, claims());
    assert_eq!(configured, store.configured.first());
    assert_eq!(store.redeem("v", &issued, 2000), Err(Denial::Expired(2000)));
    assert_eq!(store.redeem("w", &issued, 1000), Err(Denial::Unknown));
    assert_eq!(Claims::open(&issued, 8), None);
    for at in 0..issued.len() {
        let mut changed = issued.clone().into_bytes();
        changed[at] ^= 1;
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(Claims::open(&changed, 7), None, "{changed}");
    }
}

#[rstest]
fn a_selector_comes_back_inside_the_token(#[values(Form::Jwt, Form::Opaque)] form: Form) {
    let issued = claims().issue(form, 7);
    assert_eq!(selector_in(&issued), claims().selector);
    let is_shown = issued.contains("mynah:lane=a;scenario=x:at=audio/2");
    assert_eq!(is_shown, form == Form::Opaque);
    let none = Claims {
        selector: None,
        ..claims()
    };
    assert_eq!(selector_in(&none.issue(form, 7)), None);
    let foreign = Claims {
        selector: Some("lane=ü".to_owned()),
        ..claims()
    };
    assert_eq!(selector_in(&foreign.issue(form, 7)), foreign.selector);
    assert!(foreign.issue(form, 7).is_ascii());
}

#[rstest]
#[case::plain("mynah:lane=a", Some("lane=a"))]
#[case::blanks("  mynah:lane=a ", Some("lane=a"))]
#[case::empty("mynah:", None)]
#[case::other("token", None)]
#[case::inside("x mynah:lane=a", None)]
#[case::foreign_jwt("eyJhbGciOiJub25lIn0.e30.x", None)]
#[case::cut("MIIMYNAH", None)]
#[case::cut_header("eyJhbGciOiJIUzI1NiIsImtpZCI6Im15bmFoIiwidHlwIjoiSldUIn0", None)]
fn a_selector_is_found_where_it_is_one(#[case] text: &str, #[case] expected: Option<&str>) {
    assert_eq!(selector_in(text).as_deref(), expected);
}

#[rstest]
fn issued_tokens_are_blanked_anywhere(#[values(Form::Jwt, Form::Opaque)] form: Form) {
    let quiet = Claims {
        selector: None,
        ..claims()
    };
    let issued = quiet.issue(form, 7);
    let text = format!("a {issued}, {issued}\" b");
    assert_eq!(blank_issued(&text, |_| "***".to_owned()), "a ***, ***\" b");
    assert_eq!(blank_issued("nothing", |_| "***".to_owned()), "nothing");
}

#[test]
fn secrets_do_not_show_in_debug_output() {
    let login = Secret::Login {
        user: "planted-user".to_owned(),
        password: "planted-password".to_owned(),
        domain: None,
    };
    let configured = Configured {
        secret: login,
        ..token("")
    };
    let shown = format!("{:?}", store(vec![configured, token("planted-token")]));
    assert!(!shown.contains("planted"), "{shown}");
}

#[test]
fn as_many_issued_tokens_as_there_are_are_blanked() {
    let quiet = Claims {
        selector: None,
        ..claims()
    };
    let [jwt, opaque] = [Form::Jwt, Form::Opaque].map(|form| quiet.issue(form, 7));
    let text = format!("{jwt} é {opaque}, ").repeat(500);
    let shown = blank_issued(&text, |token| format!("<{}>", token.len()));
    let expected = format!("<{}> é <{}>, ", jwt.len(), opaque.len());
    assert!(shown == expected.repeat(500), "{}", &shown[..200]);
}
