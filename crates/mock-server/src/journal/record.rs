//! The record of one session: what is kept, and what is let go when memory runs short.

use std::time::Duration;

use bytes::Bytes;
use wire::audio::AudioFormat;
use wire::endpoint::Endpoint;
use wire::finding::{Finding, Place};
use wire::gzip;
use wire::session::{Form, Side};

use super::faults::FaultLog;
use super::raw::{Chunk, Heads};
use super::recognitions::Recognitions;
use super::redact::Redactor;
use crate::live::{HEAVY, HEAVY_PACKED};
use crate::options::JournalMode;

/// What is known of a session when it begins.
#[derive(Clone, Debug)]
pub(crate) struct SessionInfo {
    /// The lane that it belongs to.
    pub(crate) lane: String,
    /// Which connection of the lane it is, from 1.
    pub(crate) connection: u64,
    /// The endpoint that serves it, if one does.
    pub(crate) endpoint: Option<&'static Endpoint>,
    /// The HTTP status of the handshake; 0 if it was not answered.
    pub(crate) status: u16,
    /// The request, for message 0.
    pub(crate) request: String,
    /// The scenario, if one was chosen.
    pub(crate) scenario: Option<String>,
}

/// One message of either side.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Who sent it.
    pub(crate) side: Side,
    /// When, since the session began.
    pub(crate) at: Duration,
    /// What it was on the WebSocket.
    pub(crate) kind: EntryKind,
    /// Its payload, in the two pieces in which it was sent; empty once it has been dropped.
    pub(crate) payload: [Bytes; 2],
    /// The length of the payload in bytes.
    pub(crate) length: usize,
    /// The state of the session's table after it.
    pub(crate) state: &'static str,
}

impl Entry {
    /// The payload in one piece. It is copied only if it was sent in two.
    pub(super) fn joined(&self) -> Bytes {
        match &self.payload {
            [head, body] if head.is_empty() => body.clone(),
            [head, body] => [head.as_ref(), body.as_ref()].concat().into(),
        }
    }

    /// Whether the payload has been let go.
    pub(super) fn is_bare(&self) -> bool {
        self.length > 0 && self.payload.iter().all(Bytes::is_empty)
    }
}

/// What a message was on the WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryKind {
    /// A text or binary message.
    Data(Form),
    /// A ping.
    Ping,
    /// A pong.
    Pong,
    /// A close frame.
    Close,
}

impl EntryKind {
    /// The kind's name in output.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Data(Form::Text) => "text",
            Self::Data(Form::Binary) => "binary",
            Self::Ping => "ping",
            Self::Pong => "pong",
            Self::Close => "close",
        }
    }
}

/// How a session ended.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    /// The close code; 1005 for an empty close frame, 1006 for none.
    pub(crate) code: u16,
    /// The reason.
    pub(crate) reason: String,
    /// Who closed first.
    pub(crate) by: Side,
}

/// One stretch of sound: a speech, or what a recognition heard.
#[derive(Clone, Debug)]
pub(super) struct Sound {
    pub(super) side: Side,
    pub(super) format: AudioFormat,
    pub(super) pieces: Vec<Bytes>,
}

/// The record of one session.
#[derive(Debug)]
pub(crate) struct Record {
    pub(super) id: u64,
    pub(super) info: SessionInfo,
    pub(super) heads: Heads,
    pub(super) entries: Vec<Entry>,
    /// How many messages have been let go altogether; they stood before `entries`.
    pub(super) skipped: usize,
    pub(super) findings: Vec<(Option<u64>, Finding)>,
    pub(super) ending: Option<Ending>,
    pub(super) is_closed: bool,
    pub(super) dropped_bytes: usize,
    /// What became of its faults.
    pub(crate) faults: FaultLog,
    /// What its audio was recognised as.
    pub(crate) recognitions: Recognitions,
    pub(super) redactor: Redactor,
    pub(super) raw: Vec<Chunk>,
    pub(super) raw_is_whole: bool,
    pub(super) sounds: Vec<Sound>,
    /// Whether the journal has forgotten this record: what it takes is nobody's concern then.
    pub(super) is_forgotten: bool,
    /// How far the journal's file has got.
    pub(super) filed: super::file::Progress,
    keeping: JournalMode,
    /// Messages so far, kept or not.
    messages: u64,
    findings_count: usize,
    /// How many entries have been searched for credentials.
    searched: usize,
    /// How many entries from the front have no payload any more.
    bare: usize,
    /// What the record takes in memory, by its own account.
    weight: usize,
    /// How much of that are the heads of the handshake.
    heads_weight: usize,
}

/// How many findings a session keeps; a hostile client must not fill the memory with them.
const FINDINGS: usize = 1000;

/// How many of them stay when memory runs short.
const FEW_FINDINGS: usize = 10;

/// How many messages, and how many pieces of sound, a session has room for at its first.
const USUAL: usize = 16;

/// What a record takes with nothing in it.
const BASE: usize = 1024;

/// What an entry, a chunk, a finding or a piece of sound takes beside its bytes.
pub(super) const OVERHEAD: usize = 160;

impl Record {
    pub(super) fn new(
        id: u64,
        info: SessionInfo,
        redactor: Redactor,
        keeping: JournalMode,
    ) -> Self {
        let weight = BASE + info.request.len() + redactor.weight();
        Self {
            id,
            is_closed: false,
            info,
            heads: Heads::default(),
            entries: Vec::new(),
            skipped: 0,
            findings: Vec::new(),
            ending: None,
            dropped_bytes: 0,
            faults: FaultLog::default(),
            recognitions: Recognitions::default(),
            redactor,
            raw: Vec::new(),
            raw_is_whole: keeping == JournalMode::On,
            sounds: Vec::new(),
            is_forgotten: false,
            filed: super::file::Progress::default(),
            keeping,
            messages: 0,
            findings_count: 0,
            searched: 0,
            bare: 0,
            weight,
            heads_weight: 0,
        }
    }

    /// Adds a message; answers its number and what it takes.
    pub(super) fn add(&mut self, entry: Entry) -> (u64, usize) {
        self.messages += 1;
        let weight = match self.keeping {
            JournalMode::On => entry.length + OVERHEAD,
            JournalMode::Off => return (self.messages, 0),
        };
        if self.entries.capacity() == 0 {
            self.entries.reserve(USUAL);
        }
        self.entries.push(entry);
        (self.messages, self.weigh(weight))
    }

    /// Adds bytes that crossed the socket; answers what they take.
    pub(super) fn add_raw(&mut self, side: Side, at: Duration, bytes: Vec<Bytes>) -> usize {
        if !self.raw_is_whole {
            return 0;
        }
        let chunk = Chunk { side, at, bytes };
        let weight = chunk.weight();
        if self.raw.capacity() == 0 {
            self.raw.reserve(USUAL / 2);
        }
        self.raw.push(chunk);
        self.weigh(weight)
    }

    /// Nothing more will be added: gives back the room for it.
    pub(super) fn shrink(&mut self) {
        shrink(&mut self.entries);
        shrink(&mut self.raw);
        for sound in &mut self.sounds {
            shrink(&mut sound.pieces);
        }
    }

    /// Answers what the heads of the handshake take, once.
    pub(super) fn weigh_heads(&mut self) -> usize {
        let weight = self.heads.request.len() + self.heads.answer.len();
        let more = weight.saturating_sub(self.heads_weight);
        self.heads_weight += more;
        self.weigh(more)
    }

    /// Begins a stretch of sound.
    pub(super) fn begin_sound(&mut self, side: Side, format: AudioFormat) -> usize {
        if self.keeping == JournalMode::Off {
            return 0;
        }
        self.sounds.push(Sound {
            side,
            format,
            pieces: Vec::with_capacity(USUAL),
        });
        self.weigh(OVERHEAD)
    }

    /// Notes the heads of the handshake.
    pub(crate) fn set_heads(&mut self, heads: Heads) {
        if self.raw_is_whole {
            self.heads = heads;
        }
    }

    /// Goes on with the last stretch of sound of a side. The bytes are those of a message.
    pub(super) fn add_sound(&mut self, side: Side, bytes: Bytes) -> usize {
        let last = self
            .sounds
            .iter_mut()
            .rev()
            .find(|sound| sound.side == side);
        let Some(sound) = last else { return 0 };
        sound.pieces.push(bytes);
        self.weigh(OVERHEAD)
    }

    fn weigh(&mut self, weight: usize) -> usize {
        if self.is_forgotten {
            return 0;
        }
        self.weight += weight;
        weight
    }

    /// What the record takes in memory.
    pub(super) const fn weight(&self) -> usize {
        self.weight
    }

    /// Counts for nothing from now on; answers what it took.
    pub(super) const fn forget(&mut self) -> usize {
        self.is_forgotten = true;
        self.weight
    }

    /// Whether there is anything that [`Self::drop_payloads`] could let go of.
    pub(super) const fn has_payloads(&self) -> bool {
        self.raw_is_whole || !self.sounds.is_empty() || self.bare < self.entries.len()
    }

    /// Lets go of the oldest payloads until `wanted` bytes are free; answers how many are. The
    /// raw bytes go first and together: a stream without its beginning cannot be taken apart.
    pub(super) fn drop_payloads(&mut self, wanted: usize) -> usize {
        let before = self.redactor.weight();
        if self.weight > wanted || self.may_repeat_messages() {
            self.hide_if_heavy();
            self.search_credentials();
        } else {
            // Nothing that could be shown is left to hide them in.
            self.searched = self.entries.len();
        }
        let learned = self.redactor.weight().saturating_sub(before);
        let mut freed = 0;
        if self.raw_is_whole {
            self.raw_is_whole = false;
            self.heads = Heads::default();
            freed += std::mem::take(&mut self.heads_weight);
            for chunk in std::mem::take(&mut self.raw) {
                freed += chunk.weight();
            }
        }
        let pieces: usize = self.sounds.iter().map(|sound| sound.pieces.len() + 1).sum();
        if freed < wanted {
            self.sounds.clear();
            freed += pieces * OVERHEAD;
        }
        for entry in self.entries.iter_mut().skip(self.bare) {
            if freed >= wanted {
                break;
            }
            self.bare += 1;
            freed += entry.length;
            self.dropped_bytes += entry.length;
            entry.payload = Default::default();
        }
        let freed = freed.saturating_sub(learned);
        self.weight = self.weight.saturating_sub(freed);
        freed
    }

    /// Lets go of all messages, and of most findings; answers how many bytes are free.
    pub(super) fn drop_entries(&mut self) -> usize {
        let mut freed = self.drop_payloads(usize::MAX);
        let findings = self
            .findings
            .split_off(self.findings.len().min(FEW_FINDINGS));
        let weights = findings.iter().map(|(_, finding)| weight_of(finding));
        let findings: usize = weights.sum();
        self.findings.shrink_to_fit();
        self.filed.forget_findings(self.findings.len());
        self.weight = self.weight.saturating_sub(findings);
        freed += findings;
        let entries = std::mem::take(&mut self.entries).len();
        self.skipped += entries;
        self.searched = 0;
        self.bare = 0;
        let overhead = entries * OVERHEAD;
        self.weight = self.weight.saturating_sub(overhead);
        freed += overhead;
        freed
    }

    /// Whether anything but messages may hold what a client said in a message, its credentials too.
    fn may_repeat_messages(&self) -> bool {
        let has_reason = |ending: &Ending| !ending.reason.is_empty();
        !self.is_closed
            || !self.findings.is_empty()
            || self.ending.as_ref().is_some_and(has_reason)
            || self.info.request.contains('?')
    }

    /// Memory is short, and everybody waits: what would take long to be searched is not. Whoever
    /// reads the record then sees nothing of what was said.
    fn hide_if_heavy(&mut self) {
        let mut unsearched = self.entries.iter().skip(self.searched);
        let is_heavy = |entry: &Entry| match entry.kind {
            EntryKind::Data(form) if entry.side == Side::Client => {
                let [_, payload] = &entry.payload;
                form == Form::Text && payload.len() > HEAVY
                    || payload.len() > HEAVY_PACKED && gzip::begins_in(payload)
            }
            _ => false,
        };
        if unsearched.any(is_heavy) {
            self.redactor.hide_all();
        }
    }

    /// Learns the credentials inside messages, before anything of them is shown.
    pub(crate) fn search_credentials(&mut self) {
        if self.redactor.hides_all() {
            self.searched = self.entries.len();
            return;
        }
        for entry in self.entries.iter().skip(self.searched) {
            match (entry.side, entry.kind) {
                (Side::Client, EntryKind::Data(form)) => {
                    let payload = entry.joined();
                    let decoded = self
                        .info
                        .endpoint
                        .map(|endpoint| (endpoint.decode)(entry.side, form, &payload));
                    match decoded {
                        Some(Ok(dump)) => self.redactor.learn(&dump.value),
                        _ => self.redactor.learn_text(&String::from_utf8_lossy(&payload)),
                    }
                }
                (Side::Client, EntryKind::Close) => {
                    let reason = entry.joined();
                    self.redactor.learn_text(&String::from_utf8_lossy(&reason));
                }
                _ => {}
            }
        }
        self.searched = self.entries.len();
    }

    /// Adds a finding about a message, or about the session as a whole; answers what it takes.
    pub(super) fn find(&mut self, message: Option<u64>, finding: Finding) -> usize {
        self.findings_count += 1;
        if self.findings.len() >= FINDINGS {
            return 0;
        }
        let weight = weight_of(&finding);
        self.findings.push((message, finding));
        self.weigh(weight)
    }

    /// Notes the state of the session's table after a message was answered.
    pub(crate) fn set_state(&mut self, message: u64, state: &'static str) {
        let index = usize::try_from(message).ok();
        let index = index.and_then(|n| n.checked_sub(1 + self.skipped));
        if let Some(entry) = index.and_then(|index| self.entries.get_mut(index)) {
            entry.state = state;
        }
    }

    /// Notes how the session ended; the first note stays.
    pub(crate) fn close(&mut self, ending: Ending) {
        self.ending.get_or_insert(ending);
    }

    pub(crate) const fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn lane(&self) -> &str {
        &self.info.lane
    }

    pub(crate) fn endpoint(&self) -> Option<&'static str> {
        self.info.endpoint.map(|endpoint| endpoint.name)
    }

    /// Which connection of the lane it is.
    pub(crate) const fn connection(&self) -> u64 {
        self.info.connection
    }

    /// How many bytes of payloads were dropped to make room.
    pub(crate) const fn dropped_bytes(&self) -> usize {
        self.dropped_bytes
    }

    /// The messages that are kept, with their numbers.
    pub(crate) fn numbered_entries(&self) -> impl Iterator<Item = (u64, &Entry)> {
        let first = u64::try_from(self.skipped).unwrap_or(u64::MAX);
        (1..)
            .zip(&self.entries)
            .map(move |(n, entry)| (first + n, entry))
    }

    /// The findings that are kept, each with the number of its message.
    pub(crate) fn kept_findings(&self) -> &[(Option<u64>, Finding)] {
        &self.findings
    }

    /// What hides its credentials.
    pub(crate) const fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    pub(crate) const fn status(&self) -> u16 {
        self.info.status
    }

    pub(crate) const fn is_closed(&self) -> bool {
        self.is_closed
    }

    pub(crate) const fn findings_count(&self) -> usize {
        self.findings_count
    }

    pub(crate) const fn ending(&self) -> Option<&Ending> {
        self.ending.as_ref()
    }
}

/// Gives back room that nobody will use, if it is worth copying the rest.
fn shrink<T>(items: &mut Vec<T>) {
    if items.capacity() - items.len() > items.len() / 2 {
        items.shrink_to_fit();
    }
}

/// What a finding takes in memory.
fn weight_of(finding: &Finding) -> usize {
    let path = match &finding.place {
        Place::Path(path) => path.len(),
        Place::Offset(_) | Place::Whole => 0,
    };
    OVERHEAD + path + finding.found.len() + finding.expected.len() + finding.text.len()
}
