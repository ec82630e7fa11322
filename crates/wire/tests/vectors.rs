//! The golden vectors of `fixtures/vectors`: every decoder reads them as they say (docs/vectors.md).

// Clippy knows by the attribute that these are tests; the crate is never anything else.
#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fmt::Write as _;
    use std::path::Path;

    use bytes::Bytes;
    use wire::json::{self, Style, Value};
    use wire::registry;
    use wire::session::{Form, Side};
    use wire::ws::{DataOpcode, Event, Limits, Receiver, Role};

    struct File {
        name: String,
        endpoint: Option<String>,
        vectors: Vec<Value>,
    }

    fn files() -> Vec<File> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/vectors");
        let entries = std::fs::read_dir(folder)
            .unwrap()
            .map(|it| it.unwrap().path());
        let mut files: Vec<_> = entries
            .filter(|it| it.extension().is_some_and(|it| it == "json"))
            .collect();
        files.sort();
        let files = files.iter().map(|file| {
            let content = json::parse(&std::fs::read_to_string(file).unwrap())
                .unwrap()
                .value;
            assert_eq!(content.get("schema"), Some(&Value::from("mynah-vectors/1")));
            File {
                name: file.file_name().unwrap().to_string_lossy().into_owned(),
                endpoint: content
                    .get("endpoint")
                    .map(|it| it.as_str().unwrap().to_owned()),
                vectors: content.get("vectors").unwrap().items().unwrap().to_vec(),
            }
        });
        files.collect()
    }

    fn text<'v>(vector: &'v Value, name: &str) -> &'v str {
        vector
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("{name} of {vector:?}"))
    }

    fn payload(vector: &Value) -> Bytes {
        let digits = text(vector, "hex");
        let pairs = (0..digits.len() / 2).map(|n| &digits[n * 2..n * 2 + 2]);
        let bytes = pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap());
        Bytes::from(bytes.collect::<Vec<u8>>())
    }

    fn side(vector: &Value) -> Side {
        match text(vector, "from") {
            "client" => Side::Client,
            "server" => Side::Server,
            other => panic!("from {other}"),
        }
    }

    fn number(value: Option<&Value>) -> Option<u64> {
        value
            .and_then(Value::as_i64)
            .map(|it| u64::try_from(it).unwrap())
    }

    #[test]
    fn every_vector_is_read_as_it_says() {
        let mut endpoints = BTreeSet::new();
        for file in files() {
            let Some(name) = &file.endpoint else { continue };
            let endpoint = registry::find(name).unwrap();
            endpoints.insert(endpoint.name);
            for vector in &file.vectors {
                let id = format!("{} {}", file.name, text(vector, "id"));
                let form = match text(vector, "form") {
                    "text" => Form::Text,
                    "binary" => Form::Binary,
                    other => panic!("{id}: form {other}"),
                };
                let payload = payload(vector);
                if let Some(text) = vector.get("text") {
                    assert_eq!(text.as_str().unwrap().as_bytes(), payload, "{id}");
                }
                let outcome = (endpoint.decode)(side(vector), form, &payload);
                match (text(vector, "outcome"), outcome) {
                    ("valid", Ok(dump)) => {
                        let value = vector.get("value").unwrap();
                        let told = last_of_repeated(&dump.value).write(Style::Compact);
                        assert_eq!(told, value.write(Style::Compact), "{id}");
                        if vector.get("canonical") == Some(&Value::Bool(true)) {
                            let again = (endpoint.recode)(side(vector), form, &payload);
                            assert_eq!(again, Some(payload), "{id}");
                        }
                        if let Some(kind) = vector.get("kind").and_then(Value::as_str) {
                            assert_eq!(dump.kind, kind, "{id}");
                        }
                    }
                    ("invalid", Err(error)) => {
                        let told = vector.get("error").unwrap();
                        assert_eq!(text(told, "kind"), error.kind.name(), "{id}: {error}");
                        if let Some(offset) = number(told.get("offset")) {
                            assert_eq!(offset, error.offset as u64, "{id}: {error}");
                        }
                        if let Some(field) = told.get("field").and_then(Value::as_str) {
                            assert_eq!(field, error.field, "{id}: {error}");
                        }
                    }
                    (expected, outcome) => panic!("{id}: {expected}, but {outcome:?}"),
                }
            }
        }
        assert!(endpoints.len() >= 4, "{endpoints:?}");
    }

    /// The value without all but the last of repeated members, in the order of the first.
    fn last_of_repeated(value: &Value) -> Value {
        let Value::Object(members) = value else {
            return value.clone();
        };
        let mut seen = BTreeSet::new();
        let first = members.iter().filter(|(name, _)| seen.insert(name.clone()));
        let names: Vec<&String> = first.map(|(name, _)| name).collect();
        json::object(
            names
                .into_iter()
                .map(|name| (name.clone(), last_of_repeated(value.get(name).unwrap()))),
        )
    }

    #[test]
    fn every_stream_is_read_as_it_says() {
        let mut count = 0;
        for file in files().into_iter().filter(|file| file.endpoint.is_none()) {
            for vector in &file.vectors {
                let id = format!("{} {}", file.name, text(vector, "id"));
                let role = match side(vector) {
                    Side::Client => Role::Server,
                    Side::Server => Role::Client,
                };
                let mut receiver = Receiver::new(role, Limits::default());
                receiver.push(&payload(vector));
                let (mut events, mut error) = (Vec::new(), None);
                while let Some(event) = receiver.next_event() {
                    match event {
                        Event::Violation(violation) => {
                            error.get_or_insert(violation);
                        }
                        other => events.extend(shown(&other)),
                    }
                }
                let told = vector.get("value").unwrap().get("events").unwrap();
                let events = Value::from(events).write(Style::Compact);
                assert_eq!(events, told.write(Style::Compact), "{id}");
                let told = vector.get("error");
                assert_eq!(told.is_some(), text(vector, "outcome") == "invalid", "{id}");
                let error = error.map(|it| {
                    let close = it.close_code().map(u64::from);
                    (kebab(&format!("{:?}", it.kind)), Some(it.offset), close)
                });
                let told = told.map(|it| {
                    let kind = text(it, "kind").to_owned();
                    (kind, number(it.get("offset")), number(it.get("close")))
                });
                assert_eq!(error, told, "{id}");
                count += 1;
            }
        }
        assert!(count >= 40, "{count} streams");
    }

    fn shown(event: &Event) -> Option<Value> {
        let one = |name: &str, value: String| Some(json::object([(name, Value::from(value))]));
        match event {
            Event::Frame { .. } | Event::Violation(_) => None,
            Event::Message {
                opcode: DataOpcode::Text,
                payload,
                ..
            } => one("text", String::from_utf8(payload.to_vec()).unwrap()),
            Event::Message {
                opcode: DataOpcode::Binary,
                payload,
                ..
            } => one("binary", hex(payload)),
            Event::Ping(payload) => one("ping", hex(payload)),
            Event::Pong(payload) => one("pong", hex(payload)),
            Event::Close(close) => {
                let code = close
                    .code
                    .map_or(Value::Null, |code| Value::from(u32::from(code)));
                let reason = Value::from(close.reason.as_str());
                Some(json::object([("close", code), ("reason", reason)]))
            }
        }
    }

    fn hex(bytes: &[u8]) -> String {
        let mut text = String::new();
        for byte in bytes {
            write!(text, "{byte:02x}").unwrap();
        }
        text
    }

    /// `ReservedBits` as `reserved-bits`.
    fn kebab(name: &str) -> String {
        let mut text = String::new();
        for character in name.chars() {
            if character.is_uppercase() && !text.is_empty() {
                text.push('-');
            }
            text.extend(character.to_lowercase());
        }
        text
    }

    #[test]
    fn every_vector_has_a_name_of_its_own_and_says_where_it_is_from() {
        for file in files() {
            let mut ids = BTreeSet::new();
            for vector in &file.vectors {
                let id = text(vector, "id");
                assert!(ids.insert(id), "{} {id} stands twice", file.name);
                assert!(!text(vector, "what").is_empty() && !text(vector, "source").is_empty());
                // Nothing here was recorded from the services by this project.
                assert!(
                    ["derived", "authored"].contains(&text(vector, "provenance")),
                    "{id}"
                );
            }
            let invalid = file
                .vectors
                .iter()
                .filter(|it| text(it, "outcome") == "invalid");
            assert!(
                invalid.count() >= 10,
                "{} has few invalid vectors",
                file.name
            );
        }
    }
}
