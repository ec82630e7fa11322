//! What compressors and inflaters remember while they work, kept for the next one.
//!
//! Such a state takes hundreds of kilobytes, aligned. Made and dropped for each message or connection it costs
//! more time than a short message does, and leaves holes into which an allocator puts what stays, so that
//! none of them fits again: memory grew by a state with every session. So a few of each are kept, by thread.
//!
//! ```text
//!   lend ─▶ at work in one message or connection ─▶ give_back ─ reset ─▶ kept ─▶ lend …
//! ```

use std::cell::RefCell;

use flate2::{Compress, Compression, Decompress};

/// Level 1 of the zlib-rs backend has panicked on small output buffers.
const LEVEL: u32 = 6;

/// How many of a kind a thread keeps.
const KEPT: usize = 32;

thread_local! {
    // Each with its window.
    static COMPRESSORS: RefCell<Vec<(u8, Compress)>> = const { RefCell::new(Vec::new()) };
    static INFLATERS: RefCell<Vec<(u8, Decompress)>> = const { RefCell::new(Vec::new()) };
}

/// A state of raw DEFLATE that can begin anew.
pub(crate) trait State: Sized {
    /// One with a window of 9 to 15 bits.
    fn make(window: u8) -> Self;

    /// As if it were new.
    fn begin_anew(&mut self);

    /// Does something with those of this thread, unless it is ending.
    fn among_kept<T>(act: impl FnOnce(&mut Vec<(u8, Self)>) -> T) -> Option<T>;
}

impl State for Compress {
    fn make(window: u8) -> Self {
        Self::new_with_window_bits(Compression::new(LEVEL), false, window)
    }

    fn begin_anew(&mut self) {
        self.reset();
    }

    fn among_kept<T>(act: impl FnOnce(&mut Vec<(u8, Self)>) -> T) -> Option<T> {
        COMPRESSORS
            .try_with(|kept| act(&mut kept.borrow_mut()))
            .ok()
    }
}

impl State for Decompress {
    fn make(window: u8) -> Self {
        Self::new_with_window_bits(false, window)
    }

    fn begin_anew(&mut self) {
        self.reset(false);
    }

    fn among_kept<T>(act: impl FnOnce(&mut Vec<(u8, Self)>) -> T) -> Option<T> {
        INFLATERS.try_with(|kept| act(&mut kept.borrow_mut())).ok()
    }
}

/// A state that is lent as long as there is something to remember.
#[derive(Debug)]
pub(crate) struct Lent<S: State> {
    window: u8,
    state: Option<S>,
}

impl<S: State> Lent<S> {
    /// None yet; one with a window of 9 to 15 bits as soon as there is work for it.
    pub(crate) const fn new(window: u8) -> Self {
        Self {
            window,
            state: None,
        }
    }

    /// The state as it was left; at its beginning if it has been forgotten since.
    pub(crate) fn at_work(&mut self) -> &mut S {
        self.state.get_or_insert_with(|| lend(self.window))
    }

    /// Remembers nothing any more.
    pub(crate) fn forget(&mut self) {
        if let Some(state) = self.state.take() {
            give_back(self.window, state);
        }
    }
}

impl<S: State> Drop for Lent<S> {
    fn drop(&mut self) {
        self.forget();
    }
}

/// A state with a window of 9 to 15 bits, at its beginning.
pub(crate) fn lend<S: State>(window: u8) -> S {
    let kept = S::among_kept(|kept| {
        let place = kept.iter().position(|(bits, _)| *bits == window)?;
        Some(kept.swap_remove(place).1)
    });
    kept.flatten().unwrap_or_else(|| S::make(window))
}

/// Keeps a state that has been lent, if there is room for it.
pub(crate) fn give_back<S: State>(window: u8, mut state: S) {
    S::among_kept(|kept| {
        if kept.len() < KEPT {
            state.begin_anew();
            kept.push((window, state));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_that_is_given_back_is_lent_again_as_if_it_were_new() {
        let say = |state: &mut Compress| {
            let mut said = Vec::with_capacity(100);
            let flush = flate2::FlushCompress::Finish;
            state
                .compress_vec(b"hello hello", &mut said, flush)
                .unwrap();
            said
        };
        let mut state: Compress = lend(15);
        let first = say(&mut state);
        assert_eq!(state.total_in(), 11);
        give_back(15, state);
        let mut again: Compress = lend(15);
        assert_eq!(again.total_in(), 0);
        assert_eq!(say(&mut again), first);
        give_back(15, again);
        let kept =
            || COMPRESSORS.with_borrow(|kept| kept.iter().map(|it| it.0).collect::<Vec<_>>());
        assert_eq!(kept(), [15]);
        let other: Compress = lend(9);
        assert_eq!(kept(), [15], "a window of another size is another state");
        give_back(9, other);
        (0..2 * KEPT).for_each(|_| give_back(10, Compress::make(10)));
        assert_eq!(kept().len(), KEPT);
    }
}
