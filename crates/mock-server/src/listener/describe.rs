//! What can be said of sound that says nothing itself.

/// How many stretches of voice a description tells of.
const SPANS: usize = 8;

/// Stands in an interim description where the end of the speech will be told.
const UNFINISHED: &str = " …";

/// The stretches of voice that have ended, as far as a description tells of them.
#[derive(Debug, Default)]
pub(crate) struct Spans {
    spans: Vec<(u64, u64)>,
    count: u32,
    start_ms: u64,
}

impl Spans {
    /// Takes note of where voice begins.
    pub(crate) const fn start(&mut self, at_ms: u64) {
        self.count += 1;
        self.start_ms = at_ms;
    }

    /// Takes note of where it ends.
    pub(crate) fn end(&mut self, at_ms: u64) {
        if self.spans.len() < SPANS {
            self.spans.push((self.start_ms, at_ms));
        }
    }

    /// True if nobody has spoken.
    pub(crate) const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All the audio: its length, its rate, and where voice is in it.
    pub(crate) fn describe(&self, length_ms: u64, rate_hz: u32) -> String {
        let count = match self.count {
            0 => "no voiced segment".to_owned(),
            1 => "1 voiced segment".to_owned(),
            n => format!("{n} voiced segments"),
        };
        let mut spans: Vec<String> = Vec::new();
        for (start, end) in &self.spans {
            spans.push(format!("{} to {}", seconds(*start), seconds(*end)));
        }
        let length = seconds(length_ms);
        if spans.is_empty() {
            format!("audio of {length} at {rate_hz} Hz, {count}")
        } else {
            let spans = spans.join(", ");
            format!("audio of {length} at {rate_hz} Hz, {count}: {spans}")
        }
    }
}

/// One stretch of voice; without an end it goes on.
pub(crate) fn phrase(rate_hz: u32, start_ms: u64, end_ms: Option<u64>) -> String {
    let end = end_ms.map_or_else(
        || UNFINISHED.to_owned(),
        |end_ms| format!(" to {}", seconds(end_ms)),
    );
    format!("speech at {rate_hz} Hz from {}{end}", seconds(start_ms))
}

fn seconds(ms: u64) -> String {
    format!("{}.{:02} s", ms / 1000, ms % 1000 / 10)
}
