//! What a session's audio was recognised as, and who decided.

use audio::Damage;
use serde_json::{Value, json};

use super::redact::Redactor;
use crate::listener::{Note, Recognition};

/// The final results of one session.
#[derive(Debug, Default)]
pub(crate) struct Recognitions {
    all: Vec<Recognition>,
    /// The first one of the recognition that is going on.
    current: usize,
}

/// How many results a session keeps.
const RESULTS: usize = 10_000;

impl Recognitions {
    /// Takes note that another recognition begins, with a time of its own.
    pub(crate) const fn begin(&mut self) {
        self.current = self.all.len();
    }

    /// Takes note of what a listener tells.
    pub(crate) fn note(&mut self, note: Note) {
        match note {
            Note::Recognised(recognition) if self.all.len() < RESULTS => {
                self.all.push(recognition);
            }
            Note::Recognised(_) => {}
            Note::Damage(damage) => self.settle(damage),
        }
    }

    /// The results as the admin API shows them.
    pub(super) fn to_json(&self, redactor: &Redactor) -> Value {
        let all = self.all.iter().map(|recognition| {
            let damage = recognition.damage.iter();
            json!({
                "source": recognition.source.name(),
                "text": redactor.text(&recognition.text),
                "start_ms": recognition.start_ms,
                "end_ms": recognition.end_ms,
                "damage": damage.map(|damage| show(damage, redactor)).collect::<Vec<_>>(),
            })
        });
        all.collect()
    }

    /// Gives every damage to the result that it lies in, or the one before it.
    fn settle(&mut self, damage: Vec<Damage>) {
        let results = self.all.get_mut(self.current..).unwrap_or_default();
        for result in results.iter_mut() {
            result.damage.clear();
        }
        for damage in damage {
            let begun = |result: &Recognition| result.start_ms <= damage.at_ms;
            let after = results.partition_point(begun);
            if let Some(result) = results.get_mut(after.saturating_sub(1)) {
                result.damage.push(damage);
            }
        }
    }
}

fn show(damage: &Damage, redactor: &Redactor) -> Value {
    let text = |text: &Option<String>| text.as_ref().map(|text| redactor.text(text));
    json!({
        "kind": damage.kind.name(),
        "seq": damage.seq,
        "text": text(&damage.text),
        "after": text(&damage.after),
        "before": text(&damage.before),
        "at_ms": damage.at_ms,
    })
}
