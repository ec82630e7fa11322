//! Encoded audio that is cut elsewhere or altered on its way to the session.

use bytes::Bytes;
use wire::speech::SpeechEvent;

use crate::fault::behaviour::{Behaviour, Hand};

/// Cuts at odd offsets.
#[derive(Default)]
pub(super) struct Odd {
    held: Vec<u8>,
    /// Bytes that have gone on.
    sent: usize,
}

impl Behaviour for Odd {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn acts_on_speech(&self) -> bool {
        true
    }

    fn spoken(&mut self, event: SpeechEvent, hand: &mut Hand<'_>) -> Vec<SpeechEvent> {
        let sent = &mut self.sent;
        let event = recut(event, &mut self.held, hand, |length| {
            let back = usize::from((*sent + length).is_multiple_of(2) && length > 1);
            *sent += length - back;
            back
        });
        vec![event]
    }
}

/// Cuts inside whatever a chunk ends with.
#[derive(Default)]
pub(super) struct MidFrame {
    held: Vec<u8>,
}

impl Behaviour for MidFrame {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn acts_on_speech(&self) -> bool {
        true
    }

    fn spoken(&mut self, event: SpeechEvent, hand: &mut Hand<'_>) -> Vec<SpeechEvent> {
        // No frame, page or cluster is as short as that, and no sample lasts an odd number of
        // bytes.
        let event = recut(event, &mut self.held, hand, |length| match length {
            0 | 1 => 0,
            length => {
                let most = MID_FRAME.min(length - 1);
                most - usize::from(most.is_multiple_of(2))
            }
        });
        vec![event]
    }
}

const MID_FRAME: usize = 17;

/// Puts what was held before a chunk, and holds back as many of its last bytes as `back` says of
/// its length. The last chunk takes everything.
fn recut(
    event: SpeechEvent,
    held: &mut Vec<u8>,
    hand: &mut Hand<'_>,
    back: impl FnOnce(usize) -> usize,
) -> SpeechEvent {
    let SpeechEvent::Audio {
        bytes,
        until_us,
        last,
    } = event
    else {
        return event;
    };
    let mut chunk = std::mem::take(held);
    chunk.extend_from_slice(&bytes);
    if !last {
        let keep = chunk.len() - back(chunk.len()).min(chunk.len());
        *held = chunk.split_off(keep);
        if !held.is_empty() {
            hand.fire();
        }
    }
    SpeechEvent::Audio {
        bytes: chunk.into(),
        until_us,
        last,
    }
}

/// An audio message without audio.
#[derive(Default)]
pub(super) struct Empty {
    is_sent: bool,
}

impl Behaviour for Empty {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn acts_on_speech(&self) -> bool {
        true
    }

    fn spoken(&mut self, event: SpeechEvent, hand: &mut Hand<'_>) -> Vec<SpeechEvent> {
        let is_audio = matches!(event, SpeechEvent::Audio { .. });
        if !is_audio || self.is_sent {
            return vec![event];
        }
        self.is_sent = true;
        hand.fire();
        let empty = SpeechEvent::Audio {
            bytes: Bytes::new(),
            until_us: 0,
            last: false,
        };
        vec![empty, event]
    }
}

/// A header that is spoilt in the first piece that has it.
pub(super) struct Header(pub(super) Spoil);

/// Spoils a piece, if there is something in it to spoil.
type Spoil = Box<dyn Fn(&[u8]) -> Option<Vec<u8>> + Send>;

impl Behaviour for Header {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn acts_on_speech(&self) -> bool {
        true
    }

    fn spoken(&mut self, mut event: SpeechEvent, hand: &mut Hand<'_>) -> Vec<SpeechEvent> {
        if let SpeechEvent::Audio { bytes, .. } = &mut event
            && let Some(spoilt) = (self.0)(bytes)
        {
            *bytes = spoilt.into();
            hand.fire();
        }
        vec![event]
    }
}
