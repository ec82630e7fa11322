//! `mynah test`: exit codes, totals and `run.json`.

use mock_server::Server;
use rstest::rstest;
use serde_json::Value;

use crate::support::{err, out, run};

fn tested(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = run(&[&["test"], arguments].concat(), b"");
    (output.status.code(), out(&output), err(&output))
}

#[test]
fn the_mock_passes_and_the_run_is_written() {
    let server = Server::start_blocking().unwrap();
    let url = format!("ws://{}", server.address());
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("deep/er");
    let shown = place.to_str().unwrap();
    let arguments = [
        "server",
        &url,
        "--out",
        shown,
        "--shuffle",
        "--seed",
        "7",
        "--token",
        "t0ken",
    ];
    let (code, output, errors) = tested(&arguments);
    assert_eq!((code, errors.as_str()), (Some(0), ""), "{output}");
    let text = std::fs::read_to_string(place.join("run.json")).unwrap();
    assert!(!text.contains("t0ken"));
    let run: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&run["schema"], &run["seed"]), (&"run/1".into(), &7.into()));
    assert_eq!(run["subject"]["name"], url);
    assert_eq!(run["as_expected"], true);
    let cases = run["cases"].as_array().unwrap();
    let checks = cases
        .iter()
        .flat_map(|case| case["checks"].as_array().unwrap());
    let passed = checks.filter(|check| check["verdict"] == "pass").count();
    assert_eq!(run["totals"]["pass"], passed);
    assert!(
        output.contains(&format!("checks: {passed} pass · 0 fail")),
        "{output}"
    );
    for case in cases {
        assert!(!case["clauses"].as_array().unwrap().is_empty());
        assert_eq!(case["verdict"], "pass", "{case}");
    }
}

#[test]
fn a_splitting_of_one_case_is_counted_and_judged() {
    let server = Server::start_blocking().unwrap();
    let url = format!("ws://{}", server.address());
    let endpoint = wire::registry::endpoints().next().unwrap().name;
    let library = conformance::case::Library::embedded().unwrap();
    let mut cases = library.cases.iter();
    let is_plain = |case: &&conformance::case::Case| {
        case.endpoint == endpoint && case.kind == conformance::case::Kind::Plain
    };
    let case = cases.find(is_plain).unwrap();
    let arguments = ["server", &url, "--case", &case.id, "--cuts", "frames:4"];
    let (code, output, errors) = tested(&arguments);
    assert_eq!(code, Some(0), "{output}");
    let announced =
        "cuts: 1 of 1 cases are repeated under one splitting, at most 1 sessions more\n";
    assert_eq!(errors, announced);
    let (code, more, _) = tested(&["server", &url, "--case", &case.id]);
    assert_eq!(code, Some(0));
    let passed = |text: &str| -> usize {
        let (_, rest) = text.split_once("checks: ").unwrap();
        rest.split(' ').next().unwrap().parse().unwrap()
    };
    assert_eq!(passed(&output), passed(&more) + 1);
}

#[rstest]
#[case::profile(&["--profile", "strict"], "documented, parity, robust or sdk:NAME")]
#[case::nobodys_sdk(&["--profile", "sdk:nobody"], "the names behind sdk: are ")]
#[case::cuts(&["--cuts", "some"], "all, random:N, or one splitting")]
#[case::no_cuts(&["--cuts", "random:0"], "random:N is with N from 1")]
fn a_name_that_there_is_not_is_refused_with_those_that_there_are(
    #[case] options: &[&str],
    #[case] says: &str,
) {
    let (code, output, errors) = tested(&[&["server", "ws://127.0.0.1:9"], options].concat());
    assert_eq!((code, output.as_str()), (Some(2), ""));
    assert!(
        errors.contains(says) && errors.lines().count() == 1,
        "{errors}"
    );
}

/// A folder with one case, which asks the mock for what it does not do.
fn wrong_cases() -> tempfile::TempDir {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance");
    let endpoint = wire::registry::endpoints().next().unwrap().name;
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join(endpoint);
    std::fs::create_dir_all(&home).unwrap();
    let shared = format!("{root}/{endpoint}/endpoint.toml");
    std::fs::copy(shared, home.join("endpoint.toml")).unwrap();
    let plain = std::fs::read_to_string(format!("{root}/{endpoint}/plain.toml")).unwrap();
    let wrong = plain.replace("reason = \"NORMAL\"", "reason = \"OTHER\"");
    assert_ne!(plain, wrong);
    std::fs::write(home.join("plain.toml"), wrong).unwrap();
    folder
}

#[test]
fn a_case_that_differs_exits_1_and_names_check_and_reason() {
    let server = Server::start_blocking().unwrap();
    let url = format!("ws://{}", server.address());
    let folder = wrong_cases();
    let (code, output, errors) =
        tested(&["server", &url, "--cases", folder.path().to_str().unwrap()]);
    assert_eq!(code, Some(1));
    assert!(
        output.contains("/ends [")
            && output.contains("value: reason: \"NORMAL\", expected \"OTHER\""),
        "{output}"
    );
    assert!(errors.starts_with("error: not as expected"), "{errors}");
}

#[test]
fn known_differences_are_expected_until_their_day() {
    let server = Server::start_blocking().unwrap();
    let url = format!("ws://{}", server.address());
    let folder = wrong_cases();
    let (cases, known) = (folder.path(), folder.path().join("known.txt"));
    let (cases, file) = (cases.to_str().unwrap(), known.to_str().unwrap());
    let out = folder.path().join("out");
    let out = out.to_str().unwrap();
    let with = |more: &[&str]| {
        let arguments = ["server", &url, "--cases", cases, "--expect", file];
        tested(&[&arguments, more].concat())
    };
    let (code, _, errors) = with(&[]);
    assert_eq!(code, Some(2), "{errors}");
    std::fs::write(&known, "# Ours.\n").unwrap();
    let (code, output, errors) = with(&[]);
    assert_eq!(code, Some(1), "{output}");
    assert!(
        output.contains("/ends: fail (value), and no line expects it"),
        "{output}"
    );
    assert!(
        errors.starts_with("error: not as the file of --expect says"),
        "{errors}"
    );
    assert_eq!(with(&["--bless"]).0, Some(0));
    let blessed = std::fs::read_to_string(&known).unwrap();
    let (comment, line) = blessed.split_once('\n').unwrap();
    assert_eq!(comment, "# Ours.");
    let words: Vec<&str> = line.split_whitespace().collect();
    assert!(words[0].ends_with("/ends"), "{line}");
    assert_eq!(words[1..], ["fail", "reason=value"]);
    let (code, output, _) = with(&["--out", out]);
    assert_eq!(code, Some(0), "{output}");
    for name in ["run.json", "junit.xml", "summary.md", "report.html"] {
        assert!(folder.path().join("out").join(name).is_file(), "{name}");
    }
    stands_in_a_matrix(&folder.path().join("out"));
    std::fs::write(
        &known,
        blessed.trim_end().to_owned() + " until=2026-06-01\n",
    )
    .unwrap();
    assert_eq!(with(&["--date", "2026-06-01"]).0, Some(0));
    let (code, output, _) = with(&["--date", "2026-06-02"]);
    assert_eq!(code, Some(1));
    assert!(output.contains("line 2: "), "{output}");
    assert!(output.contains("was expected until 2026-06-01"), "{output}");
    std::fs::write(&known, "nonsense\n").unwrap();
    let (code, _, errors) = with(&[]);
    assert_eq!(code, Some(2));
    assert!(
        errors.contains("known.txt: line 1, column 9: a verdict is missing"),
        "{errors}"
    );
}

/// The run in a folder beside itself under another name, and beside one of single cases.
fn stands_in_a_matrix(out: &std::path::Path) {
    let run = out.join("run.json");
    let named = format!("other={}", run.display());
    let page = out.join("matrix.html");
    let (code, output, errors) = tested(&[
        "matrix",
        run.to_str().unwrap(),
        &named,
        "--out",
        page.to_str().unwrap(),
    ]);
    assert_eq!(code, Some(0), "{errors}");
    assert!(output.contains("\nother "), "{output}");
    assert!(output.contains("0 checks that subjects disagree about"));
    let page = std::fs::read_to_string(&page).unwrap();
    assert!(page.contains("href=\"report.html\""));
    let partial = out.join("partial.json");
    let text = std::fs::read_to_string(&run).unwrap();
    let text = text.replacen("\"complete\":true", "\"complete\":false", 1);
    std::fs::write(&partial, text).unwrap();
    let (code, output, errors) = tested(&["matrix", &named, partial.to_str().unwrap()]);
    assert_eq!((code, output.as_str()), (Some(2), ""));
    assert!(
        errors.contains("partial.json: the run is incomplete"),
        "{errors}"
    );
    assert_eq!(errors.lines().count(), 1, "{errors}");
}

#[rstest]
#[case::nothing_listens(&["server", "ws://127.0.0.1:1"], 4, "error: nothing answers at 127.0.0.1:1")]
#[case::no_program(&["client", "--", "/no/such/program"], 4, "error: cannot start \"/no/such/program\"")]
#[case::nothing_supported(&["client", "--", "sh", "-c", "exit 127"], 4, "error: the program says of everything")]
#[case::failed_probe(&["client", "--", "true"], 1, "error: a probe failed")]
#[case::null(&["client", "--", "false"], 1, "error: not as expected")]
#[case::no_url(&["server", "127.0.0.1:1"], 2, "error: \"127.0.0.1:1\" is not a URL like ws://")]
#[case::no_case(&["server", "ws://127.0.0.1:1", "--case", "nope"], 2, "error: no case \"nope\"; the nearest is ")]
#[case::no_endpoint(&["replay", "--endpoint", "nope"], 2, "error: unknown endpoint \"nope\"; there are ")]
#[case::no_folder(&["replay", "/no/such/folder"], 2, "error: cannot read /no/such/folder")]
#[case::no_command(&["client"], 2, "error: the following required arguments were not provided")]
fn what_cannot_be_judged_is_never_green(
    #[case] arguments: &[&str],
    #[case] code: i32,
    #[case] line: &str,
) {
    let (found, _, errors) = tested(arguments);
    assert_eq!(found, Some(code), "{errors}");
    assert!(errors.starts_with(line), "{errors}");
}

#[rstest]
#[case::no_profile(&["server", "ws://127.0.0.1:1", "--profile", "nope"], "--profile")]
#[case::no_auth(&["server", "ws://127.0.0.1:1", "--auth", "nope"], "--auth")]
#[case::no_seed(&["server", "ws://127.0.0.1:1", "--seed", "x"], "--seed")]
#[case::no_token(&["server", "ws://127.0.0.1:1", "--token", ""], "--token")]
#[case::no_date(&["replay", "--date", "tomorrow"], "2026-06-01")]
#[case::no_cases(&["server", "ws://127.0.0.1:1", "--cases", "/no/such/folder"], "/no/such/folder")]
#[case::no_file(&["replay", "--expect", "/no/such/file"], "--bless writes it")]
#[case::no_mutant(&["server", "ws://127.0.0.1:1", "--mutant", "nope"], "`mynah test mutants` lists all")]
#[case::which_mutant(&["server", "ws://127.0.0.1:1", "--mutant", "srv.no-pong"], "say which with --endpoint")]
fn what_is_asked_wrongly_is_usage(#[case] arguments: &[&str], #[case] remedy: &str) {
    let (found, output, errors) = tested(arguments);
    assert_eq!((found, output.as_str()), (Some(2), ""), "{errors}");
    assert!(errors.starts_with("error: "), "{errors}");
    assert!(errors.contains(remedy), "{errors}");
    assert_eq!(errors.lines().count(), 1, "{errors}");
}

/// Mutants that cost no waiting, one an endpoint at least.
const MUTANTS: [&str; 3] = [
    "srv.version-unnamed",
    "srv.http-refusal-status",
    "srv.http-refusal-code",
];

/// Their names, endpoints and clauses, and a case that has to find them.
fn mutants() -> Vec<[String; 4]> {
    let (code, output, _) = tested(&["mutants", "--json"]);
    assert_eq!(code, Some(0));
    let listed: Value = serde_json::from_str(&output).unwrap();
    let all = listed["mutants"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let named = all.map(|mutant| {
        let aim = text(&mutant["caught"][0]);
        let case = aim.split_once('/').unwrap().0.to_owned();
        let [id, endpoint, breaks] = ["id", "endpoint", "breaks"].map(|name| text(&mutant[name]));
        [id, endpoint, breaks, case]
    });
    named
        .filter(|[id, ..]| MUTANTS.contains(&id.as_str()))
        .collect()
}

#[test]
fn a_mutant_makes_a_run_red_at_the_clause_that_it_breaks() {
    let server = Server::start_blocking().unwrap();
    let url = format!("ws://{}", server.address());
    let mutants = mutants();
    assert_eq!(mutants.len(), wire::registry::endpoints().count());
    for [id, endpoint, clause, case] in mutants {
        let mut with = vec!["server", &url, "--endpoint", &endpoint, "--case", &case];
        assert_eq!(tested(&with).0, Some(0));
        with.extend(["--mutant", &id]);
        let (code, output, errors) = tested(&with);
        assert_eq!(code, Some(1), "{id}: {output}");
        let line = format!("error: not as expected: {id} breaks {clause}, and is found by ");
        assert!(errors.starts_with(&line), "{errors}");
        let red = output.lines().filter(|line| line.starts_with("  fail "));
        assert!(red.clone().any(|line| line.contains(&clause)), "{output}");
    }
    let (code, _, errors) = tested(&["server", "wss://127.0.0.1:1", "--mutant", "srv.no-log-id"]);
    assert_eq!(code, Some(2), "{errors}");
    let (code, _, errors) = tested(&["server", "ws://127.0.0.1:1", "--mutant", "srv.no-log-id"]);
    assert_eq!(code, Some(4), "{errors}");
}

#[test]
fn stored_sessions_are_replayed_without_a_network() {
    let (code, output, errors) = tested(&["replay"]);
    assert_eq!((code, errors.as_str()), (Some(0), ""), "{output}");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");
    assert_eq!(
        tested(&["replay", folder]).1.lines().count(),
        output.lines().count()
    );
}

#[test]
fn a_stored_session_out_of_order_fails() {
    let endpoint = wire::registry::endpoints().next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join(endpoint.name);
    std::fs::create_dir_all(&home).unwrap();
    let clause = endpoint.clauses[0].id;
    let session = format!(
        "{{\"provenance\":\"authored\",\"clauses\":[\"{clause}\"]}}\n\
         {{\"dir\":\"server\",\"kind\":\"audio\",\"base64\":\"AAAA\"}}\n"
    );
    std::fs::write(home.join("x.jsonl"), session).unwrap();
    let (code, output, _) = tested(&["replay", folder.path().to_str().unwrap()]);
    assert_eq!(code, Some(1));
    assert!(
        output.contains("out-of-order: line 2: audio in state"),
        "{output}"
    );
}
