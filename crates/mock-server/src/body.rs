//! The bodies of HTTP answers: whole ones, and audio while it is made.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use wire::speech::{Speech, SpeechEvent};

use crate::clock::Clock;
use crate::options::Pace;
use crate::sound::SessionSound;
use crate::speaker::Speaker;

/// The body of an answer.
pub(crate) enum Body {
    /// All of it at once.
    Whole(Full<Bytes>),
    /// Audio, a chunk at a time, as fast as the pace and the client allow.
    Spoken(Spoken),
}

impl Default for Body {
    /// Nothing.
    fn default() -> Self {
        Bytes::new().into()
    }
}

impl From<Full<Bytes>> for Body {
    fn from(body: Full<Bytes>) -> Self {
        Self::Whole(body)
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Full::new(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(body) => Pin::new(body).poll_frame(context),
            Self::Spoken(spoken) => {
                let chunk = spoken.next.as_mut().poll(context);
                chunk.map(|(chunk, rest)| {
                    spoken.next = Box::pin(next(rest));
                    chunk.map(|bytes| Ok(Frame::data(bytes)))
                })
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(body) => body.is_end_stream(),
            Self::Spoken(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => body.size_hint(),
            Self::Spoken(_) => SizeHint::default(),
        }
    }
}

/// Audio on its way: the future of the next chunk, and of what comes after it.
pub(crate) struct Spoken {
    next: Pin<Box<dyn Future<Output = Chunk> + Send>>,
}

/// A chunk, and what is left behind it; neither at the end.
type Chunk = (Option<Bytes>, Option<Rest>);

/// What is left to be spoken.
struct Rest {
    speaker: Speaker,
    clock: Clock,
    pace: Pace,
    started: Duration,
    due: Duration,
}

impl Spoken {
    /// A speech from its start; `None` if its format cannot be made.
    pub(crate) fn new(
        speech: &Speech,
        sound: SessionSound<'_>,
        clock: Clock,
        pace: Pace,
    ) -> Option<Self> {
        let speaker = Speaker::new(speech, sound)?;
        let started = clock.now();
        let rest = Rest {
            speaker,
            clock,
            pace,
            started,
            due: started,
        };
        let next = Box::pin(next(Some(rest)));
        Some(Self { next })
    }
}

/// The next chunk, and what is left after it.
async fn next(rest: Option<Rest>) -> Chunk {
    let Some(mut rest) = rest else {
        return (None, None);
    };
    rest.clock.wait(rest.due).await;
    while !rest.speaker.is_finished() {
        if let Some(SpeechEvent::Audio {
            bytes, until_us, ..
        }) = rest.speaker.step()
        {
            if let Pace::Times(times) = rest.pace {
                rest.due = rest.started + Duration::from_micros(until_us) / times.max(1);
            }
            return (Some(bytes), Some(rest));
        }
        // A step is a bounded piece of work; others may have waited for it.
        tokio::task::yield_now().await;
    }
    (None, None)
}
