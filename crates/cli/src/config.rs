//! The file of `--config`: TOML to [`Settings`], or a line and a caret.

use std::path::Path;

use mock_server::{Diagnostic, Scenario};

use crate::failure::Failure;
use crate::settings::Settings;
use crate::sounds;

/// Reads the settings of a file.
pub(crate) fn load(file: &Path) -> Result<Settings, Failure> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| {
        Failure::Usage(format!(
            "cannot read {name}: {error}; --config takes a readable TOML file"
        ))
    })?;
    let mut settings = parse(&name, &text).map_err(|problem| usage(&problem))?;
    let folder = file.parent().unwrap_or_else(|| Path::new(""));
    settings.loaded = sounds::load(&settings, folder)
        .map_err(|problem| usage(&Diagnostic::at(&name, &text, problem)))?;
    Ok(settings)
}

/// Whether a file is a scenario: every scenario has a title, and no configuration has one.
pub(crate) fn is_scenario(file: &Path) -> bool {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().any(|line| {
        let (key, _) = line.split_once('=').unwrap_or_default();
        key.trim() == "title"
    })
}

/// Checks the file of a scenario.
pub(crate) fn check_scenario(file: &Path) -> Result<(), Failure> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::Usage(format!("cannot read {name}: {error}")))?;
    match Scenario::read(&name, &text) {
        Ok(_) => Ok(()),
        Err(problem) => Err(usage(&Diagnostic::at(&name, &text, problem))),
    }
}

/// The settings of a text; otherwise where it is wrong and how.
fn parse(name: &str, text: &str) -> Result<Settings, Diagnostic> {
    toml::from_str(text).map_err(|error| Diagnostic::of_toml(name, text, &error))
}

fn usage(problem: &Diagnostic) -> Failure {
    Failure::Usage(problem.to_string())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use wire::registry;

    use super::*;

    fn problem(text: &str) -> String {
        parse("mynah.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn every_key_is_taken() {
        let text = "listen = '[::1]:0'\nseed = 5\nscenario = 'close-1011'\nscenarios = 's'\nclock = 'manual'\npace = 'x4'\n\
                    transcript = ['one', 'two']\nknob = []\ntls = false\nca_dir = 'ca'\n\
                    tls_name = ['a', 'b']\nconnect_proxy = true\ndeflate = true\nauth = 'strict'\nlog_level = 'debug'\n\
                    signal = 'tone'\nwav_sizes = 'max'\nwav_list = true\nchunk_jitter = 10\nodd_cuts = true\n\
                    log = 'json'\nstrict = 'error'\njournal = 'off'\n\
                    journal_bytes = 6\njournal_file = 'j.jsonl'\nadmin_token = 't'\n[knobs]\n\
                    [guards]\nhead_bytes = 8192\nhead_ms = 1\ntls_ms = 5\nclose_ms = 2\n\
                    message_bytes = 3\nconnections = 4\njournal_bytes = 0\n";
        let options = parse("mynah.toml", text).unwrap().into_options();
        insta::assert_debug_snapshot!(options, @r#"
        Options {
            listen: [::1]:0,
            seed: 5,
            scenario: Some(
                "close-1011",
            ),
            scenarios: Some(
                "s",
            ),
            clock: Manual,
            pace: Times(
                4,
            ),
            transcripts: [
                "one",
                "two",
            ],
            sound: SoundOptions {
                signal: Tone,
                files: [],
                recordings: [],
                wav_sizes: Max,
                wav_list: true,
                chunk_jitter_percent: 10,
                odd_cuts: true,
            },
            knobs: {},
            tls: None,
            connect_proxy: true,
            deflate: true,
            credentials: Credentials {
                check: Strict,
                configured: [],
                seed: 0,
                began_s: 0,
            },
            guards: Guards {
                head_bytes: 8192,
                head_time: 1ms,
                tls_time: 5ms,
                close_time: 2ms,
                message_bytes: 3,
                connections: 4,
                journal_bytes: 6,
            },
            strict: Error,
            journal: Off,
            journal_file: Some(
                "j.jsonl",
            ),
            admin_token: Some(
                "t",
            ),
        }
        "#);
    }

    #[test]
    fn an_unknown_key_is_shown() {
        insta::assert_snapshot!(problem("seed = 1\nlisten_on = 'x'\n"), @"
        mynah.toml:2:1: unknown key `listen_on`, expected one of `listen`, `seed`, `scenario`, `scenarios`, `clock`, `pace`, `transcript`, `signal`, `wav_sizes`, `wav_list`, `chunk_jitter`, `odd_cuts`, `knob`, `tls`, `ca_dir`, `tls_name`, `connect_proxy`, `deflate`, `auth`, `log_level`, `log`, `strict`, `journal`, `journal_bytes`, `journal_file`, `admin_token`, `knobs`, `credentials`, `guards`, `sounds`, `recordings`
          |
        2 | listen_on = 'x'
          | ^^^^^^^^^
        ");
    }

    #[test]
    fn a_wrong_value_is_shown_with_what_it_takes() {
        insta::assert_snapshot!(problem("seed = 1\n\nclock = \"x0\" # no\n"), @r#"
        mynah.toml:3:9: takes real, manual or xN with a whole N from 1, such as x50, not "x0"
          |
        3 | clock = "x0" # no
          |         ^^^^
        "#);
    }

    #[test]
    fn a_wrong_type_is_shown_with_what_it_takes() {
        insta::assert_snapshot!(problem("pace = 5\n"), @"
        mynah.toml:1:8: invalid type: integer `5`, expected burst, realtime or xN with a whole N from 1, such as x4
          |
        1 | pace = 5
          |        ^
        ");
        insta::assert_snapshot!(problem("seed = -1"), @"
        mynah.toml:1:8: takes a whole number from 0, not -1
          |
        1 | seed = -1
          |        ^^
        ");
        insta::assert_snapshot!(problem("transcript = 1"), @"
        mynah.toml:1:14: invalid type: integer `1`, expected a text, or a list of texts
          |
        1 | transcript = 1
          |              ^
        ");
        insta::assert_snapshot!(problem("guards = 1"), @"
        mynah.toml:1:10: invalid type: integer `1`, expected the table [guards]
          |
        1 | guards = 1
          |          ^
        ");
    }

    #[test]
    fn a_guard_out_of_range_is_shown() {
        insta::assert_snapshot!(problem("[guards]\n\thead_bytes = 100"), @"
        mynah.toml:2:15: takes a whole number from 8192 to 1073741824, not 100
          |
        2 |     head_bytes = 100
          |                  ^^^
        ");
    }

    #[test]
    fn a_credential_that_is_none_is_shown_without_its_secrets() {
        let vendor = registry::VENDORS[0].name;
        let text = format!("[[credentials]]\nvendor = '{vendor}'\naccess_key = 'planted'\n");
        insta::assert_snapshot!(problem(&text), @"
        mynah.toml:1:1: has access_key, but takes one of: token, api_key, access_key + secret_key, user + password + domain, appid + access_token
          |
        1 | [[credentials]]
          | ^^^^^^^^^^^^^^^
        ");
    }

    #[test]
    fn broken_toml_is_shown() {
        insta::assert_snapshot!(problem("seed = \nclock = 'real'"), @"
        mynah.toml:1:8: string values must be quoted, expected literal string
          |
        1 | seed = 
          |        ^
        ");
        insta::assert_snapshot!(problem("transcript = ['语音', 'b]"), @"
        mynah.toml:1:24: unclosed array, expected `]`
          |
        1 | transcript = ['语音', 'b]
          |                          ^
        ");
        insta::assert_snapshot!(problem("seed = 1\nseed = 2"), @"
        mynah.toml:2:1: duplicate key
          |
        2 | seed = 2
          | ^^^^
        ");
    }

    #[test]
    fn an_endpoint_that_is_not_served_is_shown_at_its_name() {
        let text = problem("[knobs.\"no/where\"]\nidle = 1\n");
        assert!(
            text.starts_with("mynah.toml:1:8: unknown endpoint \"no/where\"; there "),
            "{text}"
        );
        assert!(text.ends_with("\n  |        ^^^^^^^^^^"), "{text}");
    }

    #[rstest]
    #[case::name("nonsense = 1", 1, "unknown knob \"nonsense\"")]
    fn an_unknown_knob_is_shown_at_its_name(
        #[case] line: &str,
        #[case] column: usize,
        #[case] message: &str,
    ) {
        for endpoint in registry::endpoints() {
            let text = problem(&format!("[knobs.\"{}\"]\n{line}\n", endpoint.name));
            let lead = format!("mynah.toml:2:{column}: {}: {message}", endpoint.name);
            assert!(text.starts_with(&lead), "{text}");
        }
    }
}
