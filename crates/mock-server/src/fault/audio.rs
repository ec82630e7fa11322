//! The sound itself.

mod bytes;
mod shape;

use super::row::{Applies, Family, Fault, Kind, Make, Parameter, Points};

/// The faults of this family.
pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "odd-byte-chunks",
        family: Family::Audio,
        does: "every chunk of audio but the last ends at an odd offset of the stream, inside a 16-bit sample",
        incident: "a buffer of half a sample: an exception in the player, a mute session, or noise from there on",
        example: "odd-byte-chunks:at=audio/3",
        parameters: &[],
        at: "request",
        points: Points::Session,
        applies: Applies::Synthesis,
        make: Make::Behaviour(|_| Box::<bytes::Odd>::default()),
    },
    Fault {
        name: "zero-length-audio",
        family: Family::Audio,
        does: "an audio message without any audio, before the one at that point",
        incident: "a player that refuses a buffer without frames, or takes it for the end",
        example: "zero-length-audio:at=audio/1",
        parameters: &[],
        at: "audio/2",
        points: Points::Session,
        applies: Applies::Synthesis,
        make: Make::Behaviour(|_| Box::<bytes::Empty>::default()),
    },
    Fault {
        name: "wav-placeholder-size",
        family: Family::Audio,
        does: "both sizes in the header of a WAV stream are a placeholder",
        incident: "a player that believes the header: it refuses the file, shows hours, or waits for gigabytes",
        example: "wav-placeholder-size:value=0x7FFFFFFF",
        parameters: &[Parameter {
            key: "value",
            kind: Kind::Bits32,
            default: "0xFFFFFFFF",
            text: "what stands in both size fields, in bytes",
        }],
        at: "request",
        points: Points::Session,
        applies: Applies::Synthesis,
        make: Make::Behaviour(|values| {
            let value = u32::try_from(values.number("value")).unwrap_or(u32::MAX);
            Box::new(bytes::Header(Box::new(move |piece| {
                audio::spoil::wav_sizes(piece, value)
            })))
        }),
    },
    Fault {
        name: "wav-extra-chunks",
        family: Family::Audio,
        does: "a LIST chunk of 34 bytes stands between the format and the samples of a WAV stream",
        incident: "a client that cuts off 44 bytes for the header, and plays metadata as a click",
        example: "wav-extra-chunks",
        parameters: &[],
        at: "request",
        points: Points::Session,
        applies: Applies::Synthesis,
        make: Make::Behaviour(|_| Box::new(bytes::Header(Box::new(audio::spoil::wav_list)))),
    },
    Fault {
        name: "container-per-chunk",
        family: Family::Audio,
        does: "every chunk is a whole WAV, FLAC, MP3, Ogg or WebM file of its own; it acts on speech that begins after its point",
        incident: "headers in the middle of what the client has glued together: the decoder fails at the second chunk",
        example: "container-per-chunk",
        parameters: &[],
        at: "request",
        points: Points::Session,
        applies: Applies::Synthesis,
        make: Make::Behaviour(|_| Box::new(shape::EachChunk)),
    },
    Fault {
        name: "container-cut-midframe",
        family: Family::Audio,
        does: "chunks end inside an MP3 frame, an Ogg page, a FLAC frame, a WebM cluster or a sample; the stream as a whole is whole",
        incident: "chunks that are decoded one by one: clicks at every edge, or no sound but the first",
        example: "container-cut-midframe:at=audio/2",
        parameters: &[],
        at: "request",
        points: Points::Session,
        applies: Applies::Synthesis,
        make: Make::Behaviour(|_| Box::<bytes::MidFrame>::default()),
    },
    Fault {
        name: "rate-mismatch",
        family: Family::Audio,
        does: "audio at another rate than was asked for, as its header says if it has one; or a WAV stream of 32-bit samples; it acts on speech that begins after its point",
        incident: "voices of chipmunks or giants, or noise, because the client trusts what it asked for",
        example: "rate-mismatch:rate=8000",
        parameters: &[
            Parameter {
                key: "rate",
                kind: Kind::Number(8000, 192_000),
                default: "",
                text: "samples per second; 24000 unless told otherwise, or 16000 if 24000 was asked for",
            },
            Parameter {
                key: "bits",
                kind: Kind::Word(&["16", "32"]),
                default: "16",
                text: "bits per sample of a WAV stream; with 32 the rate stays right unless it is given",
            },
        ],
        at: "request",
        points: Points::Session,
        applies: Applies::Synthesis,
        make: Make::Behaviour(|values| {
            Box::new(shape::Mismatch {
                rate_hz: values
                    .optional("rate")
                    .and_then(|it| u32::try_from(it).ok()),
                is_wide: values.text("bits") == "32",
            })
        }),
    },
    Fault {
        name: "truncated-tail",
        family: Family::Audio,
        does: "the end of the audio is missing; the end marker comes all the same; it acts on speech that begins after its point",
        incident: "a last syllable that nobody ever hears, and no error",
        example: "truncated-tail:ms=400",
        parameters: &[Parameter {
            key: "ms",
            kind: Kind::Number(1, 600_000),
            default: "300",
            text: "how much of the sound is missing, in milliseconds",
        }],
        at: "request",
        points: Points::Session,
        applies: Applies::Synthesis,
        make: Make::Behaviour(|values| {
            let ms = u32::try_from(values.number("ms")).unwrap_or(u32::MAX);
            Box::new(shape::Truncated(ms))
        }),
    },
    Fault {
        name: "opus-multiframe",
        family: Family::Audio,
        does: "Opus packets of code 3 with several frames of 20 ms each; it acts on speech that begins after its point",
        incident: "a decoder that takes every packet for 20 ms: it refuses 60 ms, or plays a third",
        example: "opus-multiframe:frames=6",
        parameters: &[Parameter {
            key: "frames",
            kind: Kind::Number(1, 6),
            default: "3",
            text: "frames of 20 ms in a packet",
        }],
        at: "request",
        points: Points::Session,
        applies: Applies::Synthesis,
        make: Make::Behaviour(|values| {
            let frames = usize::try_from(values.number("frames")).unwrap_or(usize::MAX);
            Box::new(shape::MultiFrame(frames))
        }),
    },
];
