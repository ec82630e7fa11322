//! Bytes that wait to be written: frame heads and payloads side by side, never copied.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use wire::session::{Data, Form};
use wire::ws::{CloseFrame, FrameHead, Opcode, mask};

use crate::fault::{Cuts, Frame, Slicing};

/// How many slices go into one vectored write.
const SLICES: usize = 64;

/// How many slices a queue has room for at its first: those of a dozen frames.
const USUAL: usize = 32;

/// How many bytes of frame heads are allocated together.
const HEADS: usize = 64;

/// A queue of slices. One turn of the session fills it, one vectored write empties it.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    queue: VecDeque<Bytes>,
    waiting: usize,
    /// Room for frame heads, which share their allocations.
    heads: BytesMut,
    /// What has been written, if somebody wants to know.
    written: Option<Vec<Bytes>>,
    /// Whether the stream may hold back some of what it took, as TLS does when TCP is full.
    is_held_back: bool,
    /// How a fault wants it cut into segments.
    slicer: Option<Box<Slicer>>,
}

/// Bytes on their way in segments of chosen lengths.
#[derive(Debug)]
struct Slicer {
    slicing: Slicing,
    /// How many bytes have been written and queued since it is here, what waited before among
    /// the queued.
    written: u64,
    queued: u64,
    /// Where cuts are, in bytes since it is here; the next one first.
    cuts: VecDeque<u64>,
    /// How many cuts of chosen lengths have been planned.
    planned: usize,
    /// Whether a pause is due, and until when once that is known.
    pause: Option<Option<Duration>>,
}

impl Slicer {
    /// Slices what comes behind the bytes that wait.
    fn new(slicing: Slicing, waiting: usize) -> Self {
        let waiting = waiting as u64;
        Self {
            slicing,
            written: 0,
            queued: waiting,
            cuts: VecDeque::from_iter((waiting > 0).then_some(waiting)),
            planned: 0,
            pause: None,
        }
    }

    /// A frame is about to be queued.
    fn frame_begins(&mut self) {
        if let Cuts::Inside(places) = &self.slicing.cuts {
            // A frame of two bytes has its cut behind the third in the head of the next one.
            for cut in places.iter().map(|inside| self.queued + inside) {
                if self.cuts.back().is_none_or(|last| *last < cut) {
                    self.cuts.push_back(cut);
                }
            }
        }
    }

    /// How many bytes may go now.
    fn room(&mut self) -> usize {
        if self.pause.is_some() {
            return 0;
        }
        if let (None, Cuts::Sizes(sizes)) = (self.cuts.front(), &self.slicing.cuts) {
            let size = sizes.get(self.planned % sizes.len().max(1));
            let size = size.copied().unwrap_or(1).max(1);
            self.cuts.push_back(self.written.saturating_add(size));
            self.planned += 1;
        }
        let next = self.cuts.front().map(|cut| cut - self.written);
        next.map_or(usize::MAX, |room| {
            usize::try_from(room).unwrap_or(usize::MAX)
        })
    }

    fn wrote(&mut self, bytes: usize) {
        self.written += bytes as u64;
        if self.cuts.front() == Some(&self.written) {
            self.cuts.pop_front();
            self.pause = Some(None);
        }
    }
}

impl Outbox {
    /// An outbox that remembers what it has written until that is taken.
    pub(crate) fn remembering() -> Self {
        Self {
            written: Some(Vec::new()),
            ..Self::default()
        }
    }

    /// What has been written since this was asked last.
    pub(crate) fn take_written(&mut self) -> Vec<Bytes> {
        self.written
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }

    /// How many bytes wait.
    pub(crate) const fn waiting(&self) -> usize {
        self.waiting
    }

    /// Whether nothing waits, neither here nor in the stream.
    pub(crate) const fn is_empty(&self) -> bool {
        self.waiting == 0 && !self.is_held_back
    }

    /// From now on bytes are cut like this.
    pub(crate) fn slice(&mut self, slicing: Option<Slicing>) {
        let is_same = match (&self.slicer, &slicing) {
            (Some(old), Some(new)) => old.slicing == *new,
            (None, None) => true,
            _ => false,
        };
        if !is_same {
            let waiting = self.waiting;
            self.slicer = slicing.map(|slicing| Box::new(Slicer::new(slicing, waiting)));
        }
    }

    /// Forgets what waits.
    pub(crate) fn clear(&mut self) {
        self.queue.clear();
        self.waiting = 0;
        self.is_held_back = false;
    }

    /// Whether some of what waits may go now.
    pub(crate) fn may_write(&self) -> bool {
        !self.is_empty() && self.slicer.as_ref().is_none_or(|it| it.pause.is_none())
    }

    /// When the next segment may go, if a pause has begun.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        let pause = self.slicer.as_ref().filter(|_| self.waiting > 0)?.pause;
        pause.flatten()
    }

    /// The clock tells `now`: a pause begins, or is over.
    pub(crate) fn tick(&mut self, now: Duration) {
        let Some(slicer) = &mut self.slicer else {
            return;
        };
        match slicer.pause {
            Some(None) => slicer.pause = Some(Some(now + slicer.slicing.gap)),
            Some(Some(until)) if until <= now => slicer.pause = None,
            Some(Some(_)) | None => {}
        }
    }

    /// Queues a frame, legal or not.
    pub(crate) fn frame(&mut self, frame: Frame) {
        self.begin_frame();
        let mut payload = frame.payload;
        if let Some(key) = frame.head.mask {
            let mut masked = payload.to_vec();
            mask(&mut masked, key, 0);
            payload = masked.into();
        }
        self.push(Bytes::copy_from_slice(&frame.head.encode()));
        self.push(payload);
    }

    /// Queues a ping.
    pub(crate) fn ping(&mut self, payload: Bytes) {
        self.head(Opcode::Ping, payload.len());
        self.push(payload);
    }

    /// Queues a message as one frame.
    pub(crate) fn message(&mut self, data: &Data) {
        let opcode = match data.form {
            Form::Text => Opcode::Text,
            Form::Binary => Opcode::Binary,
        };
        self.head(opcode, data.len());
        self.push(data.head.clone());
        self.push(data.body.clone());
    }

    /// Queues a pong with the payload of its ping.
    pub(crate) fn pong(&mut self, payload: Bytes) {
        self.head(Opcode::Pong, payload.len());
        self.push(payload);
    }

    /// Queues a close frame; without a code its payload is empty.
    pub(crate) fn close(&mut self, code: Option<u16>, reason: &str) {
        self.raw_close(code.map_or_else(Bytes::new, |code| CloseFrame::encode(code, reason)));
    }

    /// Queues a close frame with any payload.
    pub(crate) fn raw_close(&mut self, payload: Bytes) {
        self.head(Opcode::Close, payload.len());
        self.push(payload);
    }

    /// Writes some of what waits, and flushes after the last of it. Cancelling it loses nothing:
    /// one write is awaited, and what it took is forgotten before the flush.
    pub(crate) async fn write(&mut self, io: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        if self.waiting > 0 {
            self.write_some(io).await?;
        }
        if self.waiting == 0 || self.slicer.is_some() {
            io.flush().await?;
            self.is_held_back = false;
        }
        Ok(())
    }

    async fn write_some(&mut self, io: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        let room = self.slicer.as_mut().map_or(usize::MAX, |it| it.room());
        // The slices are on the stack, not in the memory of every connection.
        let written = poll_fn(|context| {
            let mut slices = [IoSlice::new(&[]); SLICES];
            let (mut used, mut room) = (0, room);
            for (slot, bytes) in slices.iter_mut().zip(&self.queue) {
                let bytes = bytes.get(..room.min(bytes.len())).unwrap_or_default();
                if bytes.is_empty() {
                    break;
                }
                *slot = IoSlice::new(bytes);
                room -= bytes.len();
                used += 1;
            }
            let slices = slices.get(..used).unwrap_or_default();
            Pin::new(&mut *io).poll_write_vectored(context, slices)
        })
        .await?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.advance(written);
        if let Some(slicer) = &mut self.slicer {
            slicer.wrote(written);
        }
        self.is_held_back = true;
        Ok(())
    }

    fn advance(&mut self, mut written: usize) {
        self.waiting = self.waiting.saturating_sub(written);
        while let Some(front) = self.queue.front_mut() {
            if front.len() > written {
                let part = front.split_to(written);
                if let Some(all) = self.written.as_mut().filter(|_| !part.is_empty()) {
                    all.push(part);
                }
                return;
            }
            written -= front.len();
            if let (Some(whole), Some(all)) = (self.queue.pop_front(), &mut self.written) {
                if all.capacity() == 0 {
                    all.reserve_exact(1 + self.queue.len());
                }
                all.push(whole);
            }
        }
    }

    fn head(&mut self, opcode: Opcode, length: usize) {
        let head = FrameHead::server(opcode, length).encode();
        self.begin_frame();
        if self.heads.capacity() < head.len() {
            self.heads = BytesMut::with_capacity(HEADS);
        }
        self.heads.extend_from_slice(&head);
        let head = self.heads.split().freeze();
        self.push(head);
    }

    fn begin_frame(&mut self) {
        if let Some(slicer) = &mut self.slicer {
            slicer.frame_begins();
        }
    }

    fn push(&mut self, bytes: Bytes) {
        if !bytes.is_empty() {
            self.waiting += bytes.len();
            if let Some(slicer) = &mut self.slicer {
                slicer.queued += bytes.len() as u64;
            }
            if self.queue.capacity() == 0 {
                self.queue.reserve(USUAL);
            }
            self.queue.push_back(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn partial_writes_continue_where_they_stopped() {
        let mut outbox = Outbox::default();
        outbox.message(&Data::framed(
            Bytes::from_static(b"head"),
            Bytes::from_static(b"body"),
        ));
        outbox.close(Some(1000), "bye");
        let (mut near, mut far) = tokio::io::duplex(3);
        let reader = tokio::spawn(async move {
            let mut all = Vec::new();
            tokio::io::AsyncReadExt::read_to_end(&mut far, &mut all)
                .await
                .unwrap();
            all
        });
        while !outbox.is_empty() {
            outbox.write(&mut near).await.unwrap();
        }
        drop(near);
        assert_eq!(
            reader.await.unwrap(),
            b"\x82\x08headbody\x88\x05\x03\xe8bye"
        );
    }

    #[tokio::test]
    async fn what_the_stream_holds_back_still_waits() {
        let (near, mut far) = tokio::io::duplex(64);
        let mut near = tokio::io::BufWriter::new(near);
        let mut outbox = Outbox::default();
        outbox.message(&Data::text("hello"));
        outbox.write_some(&mut near).await.unwrap();
        assert_eq!(outbox.waiting(), 0);
        assert!(!outbox.is_empty());
        outbox.write(&mut near).await.unwrap();
        assert!(outbox.is_empty());
        let mut all = [0; 7];
        tokio::io::AsyncReadExt::read_exact(&mut far, &mut all)
            .await
            .unwrap();
        assert_eq!(&all, b"\x81\x05hello");
    }

    /// The segments in which three messages of 4 bytes leave, the first queued before slicing.
    async fn segments(cuts: Cuts) -> Vec<usize> {
        let gap = Duration::from_millis(5);
        let mut outbox = Outbox::remembering();
        outbox.message(&Data::text("aaaa"));
        outbox.slice(Some(Slicing { cuts, gap }));
        outbox.message(&Data::text("bbbb"));
        outbox.pong(Bytes::new());
        outbox.message(&Data::text("cccc"));
        let (mut near, _far) = tokio::io::duplex(1 << 10);
        let (mut now, mut lengths) = (Duration::ZERO, Vec::new());
        while !outbox.is_empty() {
            assert!(outbox.may_write());
            outbox.write(&mut near).await.unwrap();
            lengths.push(outbox.take_written().iter().map(Bytes::len).sum());
            outbox.tick(now);
            assert!(outbox.is_empty() || !outbox.may_write());
            assert_eq!(outbox.next_due().unwrap_or(now + gap), now + gap);
            now += gap;
            outbox.tick(now);
        }
        lengths
    }

    #[tokio::test]
    async fn segments_have_the_lengths_that_are_chosen() {
        let cuts = Cuts::Sizes(vec![1, 2, 6]);
        assert_eq!(segments(cuts).await, [6, 1, 2, 6, 1, 2, 2]);
    }

    #[tokio::test]
    async fn segments_end_inside_the_head_of_every_frame() {
        // The frame of two bytes between the two others has its second cut in the next head.
        assert_eq!(
            segments(Cuts::Inside(vec![1, 3])).await,
            [6, 1, 2, 4, 2, 2, 3]
        );
    }
}
