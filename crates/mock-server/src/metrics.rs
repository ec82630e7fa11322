//! What has been counted, for a scraper.

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use wire::clause::Clause;
use wire::session::Side;

/// The media type of [`Metrics::text`].
pub(crate) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Counters of a server.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    open: Gauge,
    sessions: Family<SessionLabels, Counter>,
    findings: Family<FindingLabels, Counter>,
    /// Of the client's messages, then of the server's.
    counts: [Counts; 2],
    journal_bytes: Gauge,
    lanes: Gauge,
}

#[derive(Debug)]
struct Counts {
    messages: Counter,
    bytes: Counter,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct SessionLabels {
    endpoint: &'static str,
    status: u16,
    close: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct FindingLabels {
    clause: &'static str,
    level: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct DirectionLabels {
    dir: &'static str,
}

impl Metrics {
    /// Counters at zero.
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("mynah");
        let (open, lanes, journal_bytes) = (Gauge::default(), Gauge::default(), Gauge::default());
        let (sessions, findings) = (Family::default(), Family::default());
        let messages = Family::<DirectionLabels, Counter>::default();
        let bytes = Family::<DirectionLabels, Counter>::default();
        registry.register("sessions_open", "Sessions that are open", open.clone());
        registry.register(
            "sessions",
            "Sessions that have ended, refused ones among them",
            sessions.clone(),
        );
        registry.register(
            "findings",
            "Oddities noticed about clients",
            findings.clone(),
        );
        registry.register(
            "messages",
            "WebSocket messages by their sender",
            messages.clone(),
        );
        registry.register_with_unit(
            "message_payload",
            "Payload of WebSocket messages by their sender",
            Unit::Bytes,
            bytes.clone(),
        );
        registry.register("lanes", "Lanes that exist", lanes.clone());
        registry.register_with_unit(
            "journal",
            "Memory that the journal takes, by its own account",
            Unit::Bytes,
            journal_bytes.clone(),
        );
        let counts = [Side::Client, Side::Server].map(|side| {
            let labels = DirectionLabels { dir: side.name() };
            Counts {
                messages: messages.get_or_create(&labels).clone(),
                bytes: bytes.get_or_create(&labels).clone(),
            }
        });
        Self {
            counts,
            registry,
            open,
            sessions,
            findings,
            journal_bytes,
            lanes,
        }
    }

    /// A session has begun.
    pub(crate) fn opened(&self) {
        self.open.inc();
    }

    /// A session has ended.
    pub(crate) fn closed(&self, endpoint: Option<&'static str>, status: u16, code: Option<u16>) {
        self.open.dec();
        let labels = SessionLabels {
            endpoint: endpoint.unwrap_or_default(),
            status,
            close: code.map(|code| code.to_string()).unwrap_or_default(),
        };
        self.sessions.get_or_create(&labels).inc();
    }

    /// A finding.
    pub(crate) fn found(&self, clause: &'static Clause) {
        let labels = FindingLabels {
            clause: clause.id,
            level: clause.level.name(),
        };
        self.findings.get_or_create(&labels).inc();
    }

    /// A message of so many bytes.
    pub(crate) fn message(&self, side: Side, bytes: usize) {
        let [from_client, from_server] = &self.counts;
        let counts = match side {
            Side::Client => from_client,
            Side::Server => from_server,
        };
        counts.messages.inc();
        counts
            .bytes
            .inc_by(u64::try_from(bytes).unwrap_or_default());
    }

    /// Everything in the text format of `OpenMetrics`.
    pub(crate) fn text(&self, lanes: usize, journal_bytes: usize) -> String {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        self.lanes.set(count(lanes));
        self.journal_bytes.set(count(journal_bytes));
        let mut out = String::new();
        let Ok(()) = text::encode(&mut out, &self.registry) else {
            unreachable!("writing to a string does not fail")
        };
        out
    }
}
