use rstest::rstest;

use super::{LONGEST_PATH, MOST_REPEATED, MOST_VALUES, Style, Value, object, parse};

#[test]
fn absent_null_and_empty_are_three_things() {
    let value = parse(r#"{"a":null,"b":""}"#).unwrap().value;
    assert_eq!(value.get("a"), Some(&Value::Null));
    assert_eq!(value.get("b"), Some(&Value::from("")));
    assert_eq!(value.get("c"), None);
}

#[test]
fn repeated_members_are_named_by_path_and_the_last_counts() {
    let parsed = parse(r#"{"config":{"speed":1,"speed":2}}"#).unwrap();
    assert_eq!(parsed.repeated, ["config.speed"]);
    let speed = parsed.value.get("config").unwrap().get("speed").unwrap();
    assert_eq!(speed.as_i64(), Some(2));
}

#[rstest]
#[case::top(r#"{"a":1,"b":2,"a":3}"#, &["a"])]
#[case::in_an_array(r#"[0,{"a":1,"a":2}]"#, &["1.a"])]
#[case::below_a_repeated_one(r#"{"a":{"b":1},"a":{"b":1,"b":{"c":1,"c":2}}}"#, &["a", "a.b", "a.b.c"])]
#[case::alike_elsewhere(r#"{"a":{"c":1},"b":{"c":1}}"#, &[])]
fn repeated_members_are_named_wherever_they_stand(#[case] text: &str, #[case] paths: &[&str]) {
    assert_eq!(parse(text).unwrap().repeated, paths);
}

#[test]
fn repeated_members_are_found_among_many() {
    let many: String = (0..100).map(|n| format!("\"m{n}\":0,")).collect();
    for (again, at) in [("m3", "early"), ("m99", "late")] {
        let parsed = parse(&format!("{{{many}\"{again}\":1}}")).unwrap();
        assert_eq!(parsed.repeated, [again], "{at}");
    }
}

#[test]
fn repeated_members_are_named_as_far_as_that_stays_short() {
    let (long, short) = ("é".repeat(1000), "\"a\":0,".repeat(1000));
    let parsed = parse(&format!("{{\"{long}\":{{{short}\"a\":0}}}}")).unwrap();
    assert_eq!(parsed.repeated.len(), MOST_REPEATED);
    let whole = |path: &String| path.len() <= LONGEST_PATH && long.starts_with(path.as_str());
    assert!(parsed.repeated.iter().all(whole));
}

#[rstest]
#[case::cut(r#"{"a":"#, 5)]
#[case::bare_word("hello", 0)]
#[case::trailing("{} x", 3)]
#[case::second_line("{\n  \"a\": ,}", 9)]
#[case::empty("", 0)]
#[case::tab_in_string("{\"a\":\"b\tc\"}", 7)]
#[case::line_break_in_string("{\"a\":\"b\nc\"}", 7)]
#[case::line_break_in_string_later("{\n\"a\":\"b\nc\"}", 8)]
fn bad_text_is_located(#[case] text: &str, #[case] offset: usize) {
    assert_eq!(parse(text).unwrap_err().offset, offset, "{text:?}");
}

#[test]
fn deep_nesting_is_refused_not_followed() {
    assert!(parse(&"[".repeat(100_000)).is_err());
}

#[test]
fn more_values_than_anybody_sends_are_refused_where_they_become_too_many() {
    let array = |items: usize| format!("[{}0]", "0,".repeat(items - 1));
    assert!(parse(&array(MOST_VALUES - 1)).is_ok());
    let error = parse(&array(MOST_VALUES)).unwrap_err();
    assert_eq!(error.problem, "more than 262144 values");
    assert!(error.offset.abs_diff(2 * MOST_VALUES) < 4, "{error}");
}

#[rstest]
#[case::compact(Style::Compact, r#"{"a":1,"b":["x",0.5],"c":{},"d":[]}"#)]
#[case::spaced(Style::Spaced, r#"{"a": 1, "b": ["x", 0.5], "c": {}, "d": []}"#)]
#[case::indented(
    Style::Indented(3),
    "{\n   \"a\": 1,\n   \"b\": [\n      \"x\",\n      0.5\n   ],\n   \"c\": {},\n   \"d\": []\n}"
)]
fn styles_differ_in_white_space_only(#[case] style: Style, #[case] expected: &str) {
    let value = object([
        ("a", Value::from(1_i64)),
        ("b", Value::from(vec![Value::from("x"), Value::from(0.5)])),
        ("c", object::<&str>([])),
        ("d", Value::from(Vec::new())),
    ]);
    assert_eq!(value.write(style), expected);
    assert_eq!(parse(expected).unwrap().value, value);
}

proptest::proptest! {
    #[test]
    fn any_text_parses_or_names_an_offset_inside_it(text in ".{0,64}") {
        if let Err(error) = parse(&text) {
            proptest::prop_assert!(error.offset <= text.len());
        }
    }
}
