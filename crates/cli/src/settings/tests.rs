use rstest::rstest;

use super::*;

#[rstest]
#[case("real", Some(ClockMode::Times(1)))]
#[case("x1", Some(ClockMode::Times(1)))]
#[case("x50", Some(ClockMode::Times(50)))]
#[case("manual", Some(ClockMode::Manual))]
#[case("x0", None)]
#[case("x", None)]
#[case("x+5", None)]
#[case("x0.5", None)]
#[case("x4294967296", None)]
#[case("50", None)]
#[case("Real", None)]
#[case("", None)]
fn a_clock_is_a_word_or_a_factor(#[case] text: &str, #[case] mode: Option<ClockMode>) {
    assert_eq!(Clock::of(text).map(|clock| clock.0), mode);
}

#[rstest]
#[case("burst", Some(Pace::Burst))]
#[case("realtime", Some(Pace::Times(1)))]
#[case("x4", Some(Pace::Times(4)))]
#[case("x0", None)]
#[case("real", None)]
fn a_pace_is_a_word_or_a_factor(#[case] text: &str, #[case] pace: Option<Pace>) {
    assert_eq!(Speed::of(text).map(|speed| speed.0), pace);
}

#[test]
fn a_refusal_says_what_is_taken() {
    let refused: Result<Listen, NotTaken> = "localhost".parse();
    insta::assert_snapshot!(refused.unwrap_err(), @r#"takes an address and a port such as 127.0.0.1:7070 or [::1]:7070, not "localhost""#);
    let refused: Result<Whole<1, 9>, NotTaken> = "10".parse();
    insta::assert_snapshot!(refused.unwrap_err(), @"takes a whole number from 1 to 9, not 10");
    let refused: Result<Whole<0, { u64::MAX }>, NotTaken> = "-1".parse();
    insta::assert_snapshot!(refused.unwrap_err(), @r#"takes a whole number from 0, not "-1""#);
}

#[test]
fn the_default_is_that_of_the_server_but_for_the_port() {
    let options = Settings::default().into_options();
    let default = Options::default();
    assert_eq!(options.listen, DEFAULT_LISTEN);
    assert_eq!(options.guards, default.guards);
    assert_eq!(options.clock, default.clock);
    assert_eq!(options.pace, default.pace);
    assert_eq!(options.seed, default.seed);
}

#[rstest]
#[case("", None)]
#[case("tls = true", Some((None, 0)))]
#[case("ca_dir = 'ca'", Some((Some("ca"), 0)))]
#[case("tls_name = 'mock'", Some((None, 1)))]
#[case("connect_proxy = true", Some((None, 0)))]
#[case("connect_proxy = false", None)]
#[case("tls = false\nca_dir = 'ca'", None)]
fn what_needs_tls_implies_it(#[case] file: &str, #[case] tls: Option<(Option<&str>, usize)>) {
    let file: Settings = toml::from_str(file).unwrap();
    let chosen = Settings::default().over(file).tls();
    let chosen = chosen.map(|tls| (tls.folder, tls.names.len()));
    let expected = tls.map(|(folder, names)| (folder.map(PathBuf::from), names));
    assert_eq!(chosen, expected);
}

#[test]
fn the_command_line_wins_over_the_file() {
    let file: Settings = toml::from_str(
        "seed = 1\nclock = 'x2'\ntranscript = ['a', 'b']\n[guards]\nconnections = 3",
    )
    .unwrap();
    let line = Settings {
        seed: Some(Whole(7)),
        transcript: vec!["c".to_owned()],
        ..Settings::default()
    };
    let options = line.over(file).into_options();
    assert_eq!(options.seed, 7);
    assert_eq!(options.clock, ClockMode::Times(2));
    assert_eq!(options.transcripts, ["c"]);
    assert_eq!(options.guards.connections, 3);
}
