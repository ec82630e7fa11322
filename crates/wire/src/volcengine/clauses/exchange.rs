//! `VTB`, second part: what is answered, and in which order.

use super::{CAPTURES, CLIENTS, D_BIG, D_V1, DEMO, OURS, SEED};
use crate::clause::{Clause, Level};

/// Every clause of this file.
pub const ALL: &[&Clause] = &[
    &SUBMIT,
    &ORDER,
    &ACK,
    &ACK_BYTES,
    &AUDIO,
    &AUDIO_PLAIN,
    &SERVER_TYPES,
    &LAST,
    &LAST_NUMBER,
    &LAST_FLAG,
    &FRAME_SIZE,
    &WAV,
    &WAV_SIZES,
    &FRONT_END,
    &FRONT_END_TIMES,
    &FRONT_END_PUNCTUATION,
    &FRONT_END_ASKED,
    &FRONT_END_PLACE,
    &FRONT_END_UNIT_TYPE,
    &FRONT_END_PHONES,
    &FRONT_END_PARTS,
    &FRONT_END_PACKING,
    &FRONT_END_QUERY,
    &QUERY,
    &QUERY_FIRST,
    &QUERY_NUMBER,
    &QUERY_LAYOUT,
    &QUERY_SIZE,
    &CLIENT_CLOSES,
    &SERVER_CLOSES,
    &REUSE,
    &BUSY,
    &FOREIGN,
    &TEXT_MESSAGE,
    &IDLE,
    &PINGS,
    &BURST_PINGS,
    &LONGEST,
    &CHUNKS,
];

/// A stream.
pub const SUBMIT: Clause = Clause::new(
    "VTB-DCT3",
    Level::Must,
    D_V1,
    "submit is answered by a stream: audio frames with sequence 1, 2, … and a last one with a negative sequence",
);
/// The order of messages.
pub const ORDER: Clause = Clause::new(
    "VTB-3TLD",
    Level::Must,
    D_V1,
    "a request is a full client request and is answered to its end, by the last audio frame or an error, before the next one",
);
/// The acknowledgement.
pub const ACK: Clause = Clause::new(
    "VTB-VCTV",
    Level::May,
    D_V1,
    "an ACK, type 0xB with flags 0, may precede the audio of submit; whether every request gets one is not known, and no client needs it",
);
/// Its bytes.
pub const ACK_BYTES: Clause = Clause::new(
    "VTB-EILG",
    Level::SdkRelied,
    DEMO,
    "the ACK is 11 b0 00 00 00 00 00 00: the official readers need its size field and refuse bytes after it",
);
/// Audio frames.
pub const AUDIO: Clause = Clause::new(
    "VTB-O74F",
    Level::Must,
    D_V1,
    "an audio frame has header size 1 and serialization 0; after the header stand the i32 sequence, the u32 size and the audio",
);
/// Audio is not compressed.
pub const AUDIO_PLAIN: Clause = Clause::new(
    "VTB-UZJE",
    Level::SdkRelied,
    CLIENTS,
    "audio is never gzip'd: no client would inflate it",
);
/// What a server sends.
pub const SERVER_TYPES: Clause = Clause::new(
    "VTB-CCQV",
    Level::SdkRelied,
    SEED,
    "the server sends types 0xB, 0xC and 0xF alone, with flags up to 3, serialization and compression 0 or 1",
);
/// The end of the stream.
pub const LAST: Clause = Clause::new(
    "VTB-PVKA",
    Level::Must,
    D_V1,
    "the last audio frame has a sequence below 0",
);
/// Its number.
pub const LAST_NUMBER: Clause = Clause::new(
    "VTB-7XM3",
    Level::Assumed,
    CLIENTS,
    "the last sequence is minus the running number; every client tests only its sign",
);
/// Its flags and its audio.
pub const LAST_FLAG: Clause = Clause::new(
    "VTB-MK6Q",
    Level::SdkRelied,
    CLIENTS,
    "the last audio frame has flags 3 and holds audio: mi-gpt-tts 2.0.0 waits until its time-out for just that",
);
/// The size of frames.
pub const FRAME_SIZE: Clause = Clause::new(
    "VTB-T23U",
    Level::SdkRelied,
    SEED,
    "every frame of submit stays below 1 MiB, the receive limit of Python websockets",
);
/// wav as a stream.
pub const WAV: Clause = Clause::new(
    "VTB-MIKY",
    Level::May,
    DEMO,
    "wav is served with submit, one RIFF header first and then data: the page says that wav cannot be streamed, and the official demo asks for it by default",
);
/// The sizes in its header.
pub const WAV_SIZES: Clause = Clause::new(
    "VTB-X2HC",
    Level::Assumed,
    OURS,
    "the sizes in the RIFF header are the true ones",
);
/// The front end.
pub const FRONT_END: Clause = Clause::new(
    "VTB-KNMU",
    Level::Must,
    D_V1,
    "a front-end frame is type 0xC: a u32 size and JSON {\"duration\":\"<ms>\",\"frontend\":\"<JSON>\"}, the inner one {\"words\":[{word,start_time,end_time}],\"phonemes\":[{phone,start_time,end_time}]}",
);
/// Its times.
pub const FRONT_END_TIMES: Clause = Clause::new(
    "VTB-GHY4",
    Level::Must,
    D_V1,
    "start_time and end_time are seconds with a fraction; duration is a string of milliseconds",
);
/// Its punctuation.
pub const FRONT_END_PUNCTUATION: Clause = Clause::new(
    "VTB-PGJB",
    Level::Must,
    D_V1,
    "closing punctuation is a word and a phone of its own, as in the page's example",
);
/// Only when asked.
pub const FRONT_END_ASKED: Clause = Clause::new(
    "VTB-4SPQ",
    Level::SdkRelied,
    CLIENTS,
    "a front-end frame comes only when the request asked for it: mi-gpt-tts 2.0.0 treats it as fatal and crashes",
);
/// Where it comes.
pub const FRONT_END_PLACE: Clause = Clause::new(
    "VTB-YZV2",
    Level::May,
    D_V1,
    "front-end frames of submit come at any place before the last audio; here after the first audio frame",
);
/// The type of words.
pub const FRONT_END_UNIT_TYPE: Clause = Clause::new(
    "VTB-FV5I",
    Level::SdkRelied,
    CLIENTS,
    "a word has a unit_type, which one client reads; the page's example has none. Here text or mark",
);
/// The names of phones.
pub const FRONT_END_PHONES: Clause = Clause::new(
    "VTB-RO2Z",
    Level::Assumed,
    OURS,
    "the phones of a word divide its time",
)
.gap("phones are the characters of the text: nothing here knows how words are pronounced");
/// Several frames.
pub const FRONT_END_PARTS: Clause = Clause::new(
    "VTB-YN5J",
    Level::Assumed,
    OURS,
    "with split_sentence every sentence has its front-end frame; its times count from the start of the sound and its duration goes up to its end",
);
/// Its compression.
pub const FRONT_END_PACKING: Clause = Clause::new(
    "VTB-AQ4L",
    Level::Assumed,
    OURS,
    "a front-end frame has the compression of the request, as errors do",
);
/// With query.
pub const FRONT_END_QUERY: Clause = Clause::new(
    "VTB-SXYF",
    Level::Assumed,
    OURS,
    "with query the front-end frames come first and the audio frame last",
);
/// One answer.
pub const QUERY: Clause = Clause::new(
    "VTB-OGEI",
    Level::May,
    D_BIG,
    "query is served on the socket: the page's socket section describes it and the official demo uses it, only the closing notes say that operation must be submit",
);
/// The first message is the answer.
pub const QUERY_FIRST: Clause = Clause::new(
    "VTB-PLAC",
    Level::SdkRelied,
    SEED,
    "query has no ACK and is answered by exactly one audio frame with flags 3, a negative sequence and all audio: the official demo receives once",
);
/// Its number.
pub const QUERY_NUMBER: Clause = Clause::new(
    "VTB-L6D6",
    Level::Assumed,
    OURS,
    "the sequence of the answer to query is −1, as in the HTTP twin",
);
/// Where its audio is.
pub const QUERY_LAYOUT: Clause = Clause::new(
    "VTB-WOCB",
    Level::Observed,
    CAPTURES,
    "in the answer to query the size is at bytes 8 to 11 and audio begins at byte 12",
);
/// How large it may be.
pub const QUERY_SIZE: Clause = Clause::new(
    "VTB-XORY",
    Level::Assumed,
    CLIENTS,
    "an answer to query is one frame whatever its size; above 1 MiB the official demo's library refuses it, which is noted",
);
/// Who closes.
pub const CLIENT_CLOSES: Clause = Clause::new(
    "VTB-HNGB",
    Level::SdkRelied,
    CLIENTS,
    "after the last frame or an error the client closes; the server waits",
);
/// Whether the server ever does.
pub const SERVER_CLOSES: Clause = Clause::new(
    "VTB-DJJO",
    Level::Assumed,
    OURS,
    "the server keeps the link open after the last frame and after an error; one client treats a close 1000 or 1001 as the end",
);
/// A further request.
pub const REUSE: Clause = Clause::new(
    "VTB-CJAX",
    Level::May,
    D_BIG,
    "after one synthesis has ended a new request may be sent on the link, says the page's socket section; its closing notes say one link, one synthesis. Served and noted",
);
/// Two at once.
pub const BUSY: Clause = Clause::new(
    "VTB-WSVY",
    Level::Assumed,
    OURS,
    "a request while another is being answered is 3001; the first one goes on",
);
/// Frames of other endpoints.
pub const FOREIGN: Clause = Clause::new(
    "VTB-LUOK",
    Level::Assumed,
    OURS,
    "a frame other than a full client request with flags 0 is 3001: that a wrong type is an error frame is documented, its code is not",
);
/// Text.
pub const TEXT_MESSAGE: Clause = Clause::new(
    "VTB-5XK4",
    Level::Assumed,
    OURS,
    "a text message is answered by a binary error frame 3001",
);
/// Silence on the link.
pub const IDLE: Clause = Clause::new(
    "VTB-SVA6",
    Level::Assumed,
    OURS,
    "a link without a request for 10 s is answered 3032 and closed 1000",
);
/// Pings.
pub const PINGS: Clause = Clause::new(
    "VTB-372G",
    Level::Assumed,
    CLIENTS,
    "pings are answered; the server sends none. Clients ping every 20 s or never",
);
/// Pings that were not answered.
pub const BURST_PINGS: Clause = Clause::new(
    "VTB-WQKA",
    Level::Observed,
    CAPTURES,
    "one guide reports that recognition does not answer pings during a burst of sends",
)
.gap("pings are the server's own business; only a scenario leaves them unanswered");
/// The longest synthesis.
pub const LONGEST: Clause = Clause::new(
    "VTB-KK6Q",
    Level::Assumed,
    OURS,
    "a synthesis that would be heard for more than half an hour is 3030",
);
/// The size of chunks.
pub const CHUNKS: Clause = Clause::new(
    "VTB-DMIN",
    Level::Assumed,
    OURS,
    "an audio frame of submit holds 200 ms of sound",
);
