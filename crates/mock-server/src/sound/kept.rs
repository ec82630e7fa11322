//! Speech that was made before, and is asked for again.
//!
//! Sound depends on nothing but the request, so that a test suite which asks a thousand times
//! for the same sentence has it made once.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use wire::speech::{Speech, SpeechEvent, Unit};

use crate::lock::lock;

/// How much is kept by default, in bytes.
const LIMIT: usize = 32 << 20;

/// What an event or a unit takes beside its bytes.
const OVERHEAD: usize = 64;

/// Speeches with all that came of them, in bounded memory.
#[derive(Debug)]
pub(crate) struct KeptSpeech {
    shelf: Mutex<Shelf>,
    limit_bytes: usize,
}

#[derive(Debug, Default)]
struct Shelf {
    known: HashMap<Arc<Speech>, Known>,
    /// Who goes next. Whoever was asked for meanwhile stays for another round.
    order: VecDeque<Arc<Speech>>,
    bytes: usize,
}

#[derive(Debug)]
struct Known {
    events: Arc<[SpeechEvent]>,
    bytes: usize,
    was_used: bool,
}

impl Default for KeptSpeech {
    fn default() -> Self {
        Self {
            shelf: Mutex::default(),
            limit_bytes: LIMIT,
        }
    }
}

impl KeptSpeech {
    /// What came of a speech, if it is still known.
    pub(crate) fn find(&self, speech: &Speech) -> Option<Replay> {
        let mut shelf = lock(&self.shelf);
        let known = shelf.known.get_mut(speech)?;
        known.was_used = true;
        Some(Replay {
            events: Arc::clone(&known.events),
            at: 0,
        })
    }

    fn keep(&self, speech: Speech, events: Vec<SpeechEvent>, bytes: usize) {
        let mut shelf = lock(&self.shelf);
        let speech = Arc::new(speech);
        let known = Known {
            events: events.into(),
            bytes,
            was_used: false,
        };
        match shelf.known.insert(Arc::clone(&speech), known) {
            // Two sessions have made the same at the same time.
            Some(double) => shelf.bytes -= double.bytes,
            None => shelf.order.push_back(speech),
        }
        shelf.bytes += bytes;
        while shelf.bytes > self.limit_bytes {
            shelf.let_one_go();
        }
    }
}

impl Shelf {
    fn let_one_go(&mut self) {
        let Some(oldest) = self.order.pop_front() else {
            unreachable!("whatever takes memory stands in the order")
        };
        match self.known.get_mut(&oldest) {
            Some(known) if known.was_used => {
                known.was_used = false;
                self.order.push_back(oldest);
            }
            _ => {
                let gone = self.known.remove(&oldest);
                self.bytes -= gone.map_or(0, |gone| gone.bytes);
            }
        }
    }
}

/// What came of a speech, once more.
#[derive(Debug)]
pub(crate) struct Replay {
    events: Arc<[SpeechEvent]>,
    at: usize,
}

impl Replay {
    /// The next event; `None` if there is none.
    pub(crate) fn next(&mut self) -> Option<SpeechEvent> {
        let event = self.events.get(self.at).cloned();
        self.at += 1;
        event
    }

    /// Whether there is no further event.
    pub(crate) fn is_finished(&self) -> bool {
        self.at >= self.events.len()
    }
}

/// What comes of a speech that is being made, until all of it can be kept.
#[derive(Debug)]
pub(crate) struct Keeper {
    kept: Arc<KeptSpeech>,
    speech: Speech,
    events: Vec<SpeechEvent>,
    bytes: usize,
}

impl Keeper {
    /// Begins to keep a speech.
    pub(crate) fn new(kept: &Arc<KeptSpeech>, speech: &Speech) -> Self {
        let units = speech.units.iter().map(|unit| match unit {
            Unit::Word { text, .. } | Unit::Mark(text) => OVERHEAD + text.len(),
            Unit::Pause { .. } | Unit::SentenceEnd => OVERHEAD,
        });
        Self {
            bytes: units.sum(),
            kept: Arc::clone(kept),
            speech: speech.clone(),
            events: Vec::new(),
        }
    }

    /// Notes an event, and after the last one shares them all. `None` if there is nothing more
    /// to note, or too much.
    pub(crate) fn note(mut self, event: &SpeechEvent) -> Option<Self> {
        let (bytes, is_last) = match event {
            SpeechEvent::Planned(plan) => (plan.words.len() * OVERHEAD, false),
            SpeechEvent::Audio { bytes, last, .. } => (bytes.len(), *last),
        };
        self.bytes += bytes + OVERHEAD;
        // One long speech must not push out all others.
        if self.bytes > self.kept.limit_bytes / 4 {
            return None;
        }
        self.events.push(event.clone());
        if is_last {
            self.kept.keep(self.speech, self.events, self.bytes);
            return None;
        }
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use wire::audio::{AudioFormat, Encoding, Endian};
    use wire::speech::{Chunking, units_of};

    use super::*;

    fn speech(text: &str) -> Speech {
        Speech {
            units: units_of(text),
            voice: "anna".to_owned(),
            speed_permille: 1000,
            pitch_permille: 1000,
            volume_permille: 1000,
            trailing_silence_ms: 0,
            format: AudioFormat {
                encoding: Encoding::Pcm(Endian::Little),
                rate_hz: 8000,
            },
            chunking: Chunking::Whole,
        }
    }

    fn audio(bytes: usize, last: bool) -> SpeechEvent {
        SpeechEvent::Audio {
            bytes: Bytes::from(vec![0; bytes]),
            until_us: 1,
            last,
        }
    }

    fn shelf(limit_bytes: usize) -> Arc<KeptSpeech> {
        Arc::new(KeptSpeech {
            limit_bytes,
            ..KeptSpeech::default()
        })
    }

    fn keep(shelf: &Arc<KeptSpeech>, text: &str, bytes: usize) {
        let keeper = Keeper::new(shelf, &speech(text)).note(&audio(bytes, false));
        assert!(keeper.unwrap().note(&audio(bytes, true)).is_none());
    }

    #[test]
    fn a_speech_is_known_once_it_is_whole() {
        let shelf = shelf(10_000);
        let keeper = Keeper::new(&shelf, &speech("one")).note(&audio(5, false));
        assert!(shelf.find(&speech("one")).is_none());
        assert!(keeper.unwrap().note(&audio(6, true)).is_none());
        let mut replay = shelf.find(&speech("one")).unwrap();
        assert_eq!(replay.next(), Some(audio(5, false)));
        assert!(!replay.is_finished());
        assert_eq!(replay.next(), Some(audio(6, true)));
        assert!(replay.is_finished());
        assert!(shelf.find(&speech("two")).is_none());
    }

    #[test]
    fn memory_is_bounded_and_what_is_asked_for_stays() {
        let shelf = shelf(10_000);
        for n in 0..100 {
            keep(&shelf, &format!("word{n}"), 500);
            assert!(lock(&shelf.shelf).bytes <= 10_000);
            assert!(shelf.find(&speech("word0")).is_some());
        }
        let state = lock(&shelf.shelf);
        assert_eq!(state.known.len(), state.order.len());
        assert!((2..9).contains(&state.known.len()));
        let sum: usize = state.known.values().map(|it| it.bytes).sum();
        assert_eq!(state.bytes, sum);
    }

    #[test]
    fn a_speech_that_is_too_long_is_not_kept() {
        let shelf = shelf(10_000);
        let keeper = Keeper::new(&shelf, &speech("one")).note(&audio(2000, false));
        assert!(keeper.unwrap().note(&audio(2000, false)).is_none());
    }

    #[test]
    fn the_same_made_twice_is_counted_once() {
        let shelf = shelf(10_000);
        keep(&shelf, "one", 100);
        let once = lock(&shelf.shelf).bytes;
        keep(&shelf, "one", 100);
        let state = lock(&shelf.shelf);
        assert_eq!((state.bytes, state.order.len()), (once, 1));
    }
}
