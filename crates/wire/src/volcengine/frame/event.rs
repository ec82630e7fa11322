//! Events: numbers that take the place of sequences in the third generation.

use bytes::Bytes;

use crate::session::Side;

/// An event with the id that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    number: i32,
    id: Option<Bytes>,
}

/// What the id of an event names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Addressee {
    /// Nothing: there is no id.
    Nobody,
    /// A connection.
    Connection,
    /// A session on the connection.
    Session,
}

/// A row of [`EVENTS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventName {
    /// Its number.
    pub number: i32,
    /// Its name in the documents.
    pub name: &'static str,
}

impl Event {
    /// Event `number` as sent by `from`. The id is dropped where the event has none.
    #[must_use]
    pub fn new(number: i32, from: Side, id: Bytes) -> Self {
        let id = (addressee(number, from) != Addressee::Nobody).then_some(id);
        Self { number, id }
    }

    pub(super) const fn from_parts(number: i32, id: Option<Bytes>) -> Self {
        Self { number, id }
    }

    /// Its number.
    #[must_use]
    pub const fn number(&self) -> i32 {
        self.number
    }

    /// Its name, if the documents know it.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        EVENTS
            .iter()
            .find(|event| event.number == self.number)
            .map(|event| event.name)
    }

    /// The id of the connection, if it names one.
    #[must_use]
    pub fn connect_id(&self) -> Option<&Bytes> {
        self.id.as_ref().filter(|_| names_connection(self.number))
    }

    /// The id of the session, if it names one.
    #[must_use]
    pub fn session_id(&self) -> Option<&Bytes> {
        self.id.as_ref().filter(|_| !names_connection(self.number))
    }

    pub(super) const fn id(&self) -> Option<&Bytes> {
        self.id.as_ref()
    }
}

/// Which id follows an event: a connection's only from the server, none for the rest of
/// the connection's events, a session's for everything else.
pub(super) const fn addressee(number: i32, from: Side) -> Addressee {
    match (number, from) {
        (50..=52, Side::Server) => Addressee::Connection,
        (1 | 2 | 50..=52, _) => Addressee::Nobody,
        _ => Addressee::Session,
    }
}

const fn names_connection(number: i32) -> bool {
    matches!(number, 50..=52)
}

const fn event(number: i32, name: &'static str) -> EventName {
    EventName { number, name }
}

/// Every event that the documents and the official demos name.
pub const EVENTS: &[EventName] = &[
    event(1, "StartConnection"),
    event(2, "FinishConnection"),
    event(50, "ConnectionStarted"),
    event(51, "ConnectionFailed"),
    event(52, "ConnectionFinished"),
    event(100, "StartSession"),
    event(101, "CancelSession"),
    event(102, "FinishSession"),
    event(150, "SessionStarted"),
    event(151, "SessionCanceled"),
    event(152, "SessionFinished"),
    event(153, "SessionFailed"),
    event(154, "UsageResponse"),
    event(200, "TaskRequest"),
    event(201, "UpdateConfig"),
    event(250, "AudioMuted"),
    event(251, "ConfigUpdated"),
    event(300, "SayHello"),
    event(350, "TTSSentenceStart"),
    event(351, "TTSSentenceEnd"),
    event(352, "TTSResponse"),
    event(359, "TTSEnded"),
    event(360, "PodcastRoundStart"),
    event(361, "PodcastRoundResponse"),
    event(362, "PodcastRoundEnd"),
    event(364, "TTSSubtitle"),
    event(400, "EndASR"),
    event(450, "ASRInfo"),
    event(451, "ASRResponse"),
    event(459, "ASREnded"),
    event(500, "ChatTTSText"),
    event(501, "ChatTextQuery"),
    event(502, "ChatRAGText"),
    event(510, "ConversationCreate"),
    event(511, "ConversationUpdate"),
    event(512, "ConversationRetrieve"),
    event(513, "ConversationTruncate"),
    event(514, "ConversationDelete"),
    event(515, "ClientInterrupt"),
    event(550, "ChatResponse"),
    event(553, "ChatTextQueryConfirmed"),
    event(559, "ChatEnded"),
    event(567, "ConversationCreated"),
    event(568, "ConversationUpdated"),
    event(569, "ConversationRetrieved"),
    event(570, "ConversationTruncated"),
    event(571, "ConversationDeleted"),
    event(599, "DialogCommonError"),
    event(650, "SourceSubtitleStart"),
    event(651, "SourceSubtitleResponse"),
    event(652, "SourceSubtitleEnd"),
    event(653, "TranslationSubtitleStart"),
    event(654, "TranslationSubtitleResponse"),
    event(655, "TranslationSubtitleEnd"),
];
