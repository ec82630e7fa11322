//! The journal's bounds.

use super::*;
use crate::lane::Lanes;
use wire::session::Form;

fn info() -> SessionInfo {
    SessionInfo {
        lane: "test".to_owned(),
        connection: 1,
        endpoint: None,
        status: 101,
        request: "GET /".to_owned(),
        scenario: None,
    }
}

fn entry(bytes: usize) -> Entry {
    Entry {
        side: Side::Client,
        at: Duration::ZERO,
        kind: EntryKind::Data(Form::Binary),
        payload: [Bytes::new(), Bytes::from(vec![0; bytes])],
        length: bytes,
        state: "open",
    }
}

fn journal(limit: usize) -> (Journal, Arc<Lane>) {
    let journal = Journal::new(limit, JournalMode::On, None).unwrap();
    (journal, Lanes::new(&[]).enter("test").unwrap())
}

#[test]
fn the_oldest_payloads_go_first_and_it_is_said() {
    let (journal, lane) = journal(10_000);
    let recorder = journal.open(info(), Redactor::default(), lane);
    for _ in 0..12 {
        recorder.message(entry(1000));
    }
    let detail = recorder.write(Record::detail);
    let messages = detail["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 13, "messages stay, payloads go");
    assert_eq!(messages[12]["bytes"], 1000);
    let dropped = detail["dropped_bytes"].as_u64().unwrap();
    assert!((4000..=8000).contains(&dropped), "{dropped}");
    assert!(journal.bytes() <= 10_000);
    recorder.write(|record| {
        assert!(record.entries[0].is_bare());
        assert!(!record.entries[11].is_bare());
    });
}

#[test]
fn messages_without_payload_count_as_well() {
    let (journal, lane) = journal(100_000);
    let recorder = journal.open(info(), Redactor::default(), lane);
    for number in 1..=10_000 {
        assert_eq!(recorder.message(entry(0)), number);
    }
    assert!(journal.bytes() <= 100_000);
    let summary = recorder.write(Record::summary);
    assert!(summary["dropped_messages"].as_u64().unwrap() > 9_000);
    recorder.write(|record| record.set_state(10_000, "late"));
    let last = recorder.write(Record::detail);
    let last = last["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["n"], &last["state"]),
        (&10_000.into(), &"late".into())
    );
}

#[test]
fn a_forgotten_lane_frees_its_memory() {
    let (journal, lane) = journal(100_000);
    let recorder = journal.open(info(), Redactor::default(), lane);
    recorder.message(entry(5000));
    journal.forget_lane("test");
    assert_eq!((journal.bytes(), journal.sessions().len()), (0, 0));
    recorder.message(entry(5000));
    assert_eq!(journal.bytes(), 0);
}

#[test]
fn a_file_goes_on_behind_a_line_that_was_cut() {
    let path = std::env::temp_dir().join(format!("mynah-journal-{}.jsonl", std::process::id()));
    std::fs::write(&path, "{\"event\":\"end\"}\n{\"eve").unwrap();
    let journal = Journal::new(1 << 20, JournalMode::Off, Some(&path)).unwrap();
    let lane = Lanes::new(&[]).enter("test").unwrap();
    let recorder = journal.open(info(), Redactor::default(), lane);
    for _ in 0..3 {
        recorder.message(entry(10));
    }
    drop(recorder);
    assert!(journal.sessions().is_empty());
    journal.finish();
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let events: Vec<String> = text
        .lines()
        .skip(2)
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            line["event"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(
        events,
        ["session", "message", "message", "message", "message", "end"]
    );
}

#[test]
fn sessions_that_say_nothing_count_as_well() {
    let (journal, lane) = journal(100_000);
    for _ in 0..1000 {
        let recorder = journal.open(info(), Redactor::default(), Arc::clone(&lane));
        recorder.heads(Heads {
            request: vec![b'x'; 5000],
            answer: Vec::new(),
        });
    }
    assert!(journal.bytes() <= 100_000, "{}", journal.bytes());
    let kept = journal.sessions().len();
    assert!((50..=100).contains(&kept), "{kept}");
    assert_eq!(lane.tally().closed, 1000);
}

#[test]
fn findings_and_request_lines_count_as_well() {
    let (journal, lane) = journal(200_000);
    let clause = wire::registry::endpoints().next().unwrap().table.order;
    let mut asked = info();
    asked.request = "x".repeat(5000);
    let recorder = journal.open(asked, Redactor::default(), Arc::clone(&lane));
    assert!(journal.bytes() > 5000);
    for number in 0..900 {
        recorder.message(entry(0));
        let finding = Finding::whole(clause, "y".repeat(50), "z".repeat(50));
        recorder.find(Some(number), finding);
    }
    let before = journal.bytes();
    assert!(before <= 200_000, "{before}");
    let summary = recorder.write(Record::summary);
    assert_eq!(summary["findings"], 900, "they are all counted");
    let kept = recorder.write(|record| record.findings.len());
    assert!((10..900).contains(&kept), "{kept} are kept");
    drop(recorder);
    journal.forget_lane("test");
    assert_eq!(journal.bytes(), 0);
}

/// What would take long to be searched for credentials is hidden instead when memory is short.
#[test]
fn a_heavy_message_is_let_go_without_being_searched_and_hides_its_session() {
    let (journal, lane) = journal(200_000);
    let recorder = journal.open(info(), Redactor::default(), Arc::clone(&lane));
    let text = format!(r#"{{"x":"{}","token":"planted"}}"#, "y".repeat(150_000));
    recorder.message(Entry {
        kind: EntryKind::Data(Form::Text),
        length: text.len(),
        payload: [Bytes::new(), text.into()],
        ..entry(0)
    });
    let clause = wire::registry::endpoints().next().unwrap().table.order;
    recorder.find(Some(1), Finding::whole(clause, "planted", "z"));
    let other = journal.open(info(), Redactor::default(), lane);
    other.message(entry(150_000));
    assert!(journal.bytes() <= 200_000);
    assert!(recorder.write(|record| record.redactor.hides_all()));
    let shown = recorder.write(Record::findings);
    assert!(!format!("{shown:?}").contains("planted"));
    assert!(!other.write(|record| record.redactor.hides_all()));
}

#[test]
fn a_long_run_ends_with_whole_sessions_and_not_with_hulls_of_old_ones() {
    let (journal, lane) = journal(400_000);
    let going_on = journal.open(info(), Redactor::default(), Arc::clone(&lane));
    for number in 0..2000 {
        let recorder = journal.open(info(), Redactor::default(), Arc::clone(&lane));
        recorder.message(entry(5000));
        recorder.message(entry(0));
        if number % 10 == 0 {
            going_on.message(entry(10));
        }
    }
    assert!(journal.bytes() <= 400_000, "{}", journal.bytes());
    let sessions = journal.sessions();
    let whole = |record: &&Arc<Mutex<Record>>| guard(record).has_payloads();
    let newest: Vec<bool> = sessions
        .iter()
        .rev()
        .take(10)
        .map(|it| whole(&it))
        .collect();
    assert_eq!(newest, [true; 10], "of {}", sessions.len());
    assert!(sessions.len() > 100, "{}", sessions.len());
    drop(sessions);
    drop(going_on);
    journal.forget_lane("test");
    assert_eq!((journal.bytes(), journal.sessions().len()), (0, 0));
}

#[test]
fn what_went_on_for_long_is_forgotten_once_it_is_over() {
    let (journal, lane) = journal(100_000);
    let first = journal.open(info(), Redactor::default(), Arc::clone(&lane));
    let mut others: Vec<_> = (0..20)
        .map(|_| journal.open(info(), Redactor::default(), Arc::clone(&lane)))
        .collect();
    let pass_by = |count: usize| {
        for _ in 0..count {
            let recorder = journal.open(info(), Redactor::default(), Arc::clone(&lane));
            recorder.message(entry(5000));
        }
        let known = journal.sessions();
        known.iter().filter(|it| guard(it).id() <= 21).count()
    };
    assert_eq!(pass_by(500), 21, "they go on");
    others.clear();
    assert_eq!(pass_by(500), 1, "but for the first they are over");
    drop(first);
    assert_eq!(pass_by(500), 0);
}

#[test]
fn what_goes_on_behind_the_marks_makes_room_again() {
    let (journal, lane) = journal(100_000);
    let open: Vec<_> = (0..5)
        .map(|_| journal.open(info(), Redactor::default(), Arc::clone(&lane)))
        .collect();
    for _ in 0..200 {
        for recorder in &open {
            recorder.message(entry(1000));
        }
        assert!(journal.bytes() <= 100_000, "{}", journal.bytes());
    }
    assert_eq!(journal.sessions().len(), 5, "those that go on stay");
}

#[test]
fn a_lane_that_is_forgotten_leaves_the_marks_where_they_were() {
    let (journal, lane) = journal(100_000);
    let other = Lanes::new(&[]).enter("other").unwrap();
    for number in 0..100 {
        let mut asked = info();
        asked.lane = ["test", "other"][number % 2].to_owned();
        let lane = [&lane, &other][number % 2];
        let recorder = journal.open(asked, Redactor::default(), Arc::clone(lane));
        recorder.message(entry(3000));
    }
    journal.forget_lane("other");
    let before = journal.sessions().len();
    for _ in 0..10 {
        let recorder = journal.open(info(), Redactor::default(), Arc::clone(&lane));
        recorder.message(entry(3000));
    }
    assert!(journal.bytes() <= 100_000, "{}", journal.bytes());
    let sessions = journal.sessions();
    assert!(before > 10 && sessions.len() > before, "{before}");
    let kept: Vec<bool> = sessions.iter().map(|it| guard(it).has_payloads()).collect();
    assert!(
        kept.is_sorted(),
        "from one session on they are whole: {kept:?}"
    );
}

/// Looking for credentials takes longer than anything else about an old session.
#[test]
fn messages_are_searched_before_they_go_only_if_something_stays_that_may_repeat_them() {
    let clause = wire::registry::endpoints().next().unwrap().table.order;
    let learned = |request: &str, finding: Option<&str>, is_over: bool| {
        let (journal, lane) = journal(20_000);
        let mut asked = info();
        asked.request = request.to_owned();
        let recorder = journal.open(asked, Redactor::default(), Arc::clone(&lane));
        let text = r#"{"token":"planted"}"#;
        recorder.message(Entry {
            kind: EntryKind::Data(Form::Text),
            length: text.len(),
            payload: [Bytes::new(), text.into()],
            ..entry(0)
        });
        if let Some(found) = finding {
            recorder.find(Some(1), Finding::whole(clause, found, "z"));
        }
        if is_over {
            recorder.end();
        }
        let other = journal.open(info(), Redactor::default(), lane);
        other.message(entry(19_000));
        recorder.write(|record| {
            assert!(record.entries.first().is_none_or(Entry::is_bare));
            record.redactor.text("why planted")
        })
    };
    assert_eq!(learned("GET /", None, true), "why planted");
    let hidden = format!("why {}", redact::fingerprint("planted"));
    assert_eq!(learned("GET /?x=planted", None, true), hidden);
    assert_eq!(learned("GET /", Some("planted"), true), hidden);
    assert_eq!(learned("GET /", None, false), hidden);
}
