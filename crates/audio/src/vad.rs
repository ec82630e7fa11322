//! Where somebody speaks: a detector of energy, in frames of 10 ms.
//!
//! A frame is loud if its root mean square reaches [`LOUD_RMS`] and quiet if it is below
//! [`QUIET_RMS`]. Voice begins with the first of [`ONSET_FRAMES`] loud frames in a row and
//! lasts until no frame has been other than quiet for the hangover; it ends where the last
//! such frame ended. So the two thresholds keep a level between them from flickering, and
//! the hangover bridges the gaps inside a phrase.

/// Streaming detector. However the samples are cut, the changes are the same.
#[derive(Debug, Clone)]
pub struct Vad {
    rate_hz: u64,
    hangover_frames: u64,
    frame: u64,
    samples: u64,
    energy: u64,
    /// Length of this frame: 10 ms are not a whole number of samples at every rate.
    frame_samples: u64,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Silent { loud_frames: u64 },
    Voiced { last_frame: u64 },
}

/// A boundary of voice, in milliseconds from the start of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Voice began; known [`ONSET_FRAMES`] frames after that.
    Start {
        /// When.
        at_ms: u64,
    },
    /// Voice ended; known one hangover after that.
    End {
        /// When.
        at_ms: u64,
    },
}

impl Vad {
    /// A detector for samples at `rate_hz` with a hangover of [`HANGOVER_MS`].
    #[must_use]
    pub fn new(rate_hz: u32) -> Self {
        Self::with_hangover(rate_hz, HANGOVER_MS)
    }

    /// A detector that bridges gaps shorter than `hangover_ms`, rounded up to 10 ms.
    #[must_use]
    pub fn with_hangover(rate_hz: u32, hangover_ms: u32) -> Self {
        let rate_hz = u64::from(rate_hz.max(100));
        Self {
            rate_hz,
            hangover_frames: u64::from(hangover_ms.div_ceil(10).max(1)),
            frame: 0,
            samples: 0,
            energy: 0,
            frame_samples: frame_end(0, rate_hz),
            state: State::Silent { loud_frames: 0 },
        }
    }

    /// Takes samples and appends the changes that they make known.
    pub fn push(&mut self, pcm: &[i16], changes: &mut Vec<Change>) {
        for sample in pcm {
            let magnitude = u64::from(sample.unsigned_abs());
            self.energy += magnitude * magnitude;
            self.samples += 1;
            if self.samples == self.frame_samples {
                self.end_frame(changes);
            }
        }
    }

    /// Ends the stream: voice that is still going on ends with its last frame.
    pub fn finish(&mut self, changes: &mut Vec<Change>) {
        if let State::Voiced { last_frame } = self.state {
            changes.push(Change::End {
                at_ms: (last_frame + 1) * FRAME_MS,
            });
            self.state = State::Silent { loud_frames: 0 };
        }
    }

    /// True between a start and its end, the hangover included.
    #[must_use]
    pub fn is_voiced(&self) -> bool {
        matches!(self.state, State::Voiced { .. })
    }

    /// Where voice would end if it ended now; none outside of it.
    #[must_use]
    pub fn voiced_until_ms(&self) -> Option<u64> {
        match self.state {
            State::Voiced { last_frame } => Some((last_frame + 1) * FRAME_MS),
            State::Silent { .. } => None,
        }
    }

    /// Length of the whole frames so far.
    #[must_use]
    pub fn elapsed_ms(&self) -> u64 {
        self.frame * FRAME_MS
    }

    fn end_frame(&mut self, changes: &mut Vec<Change>) {
        let loudness = self.energy / self.samples.max(1);
        self.state = match self.state {
            State::Silent { .. } if loudness < LOUD_RMS * LOUD_RMS => {
                State::Silent { loud_frames: 0 }
            }
            State::Silent { loud_frames } if loud_frames + 1 < ONSET_FRAMES => State::Silent {
                loud_frames: loud_frames + 1,
            },
            State::Silent { loud_frames } => {
                changes.push(Change::Start {
                    at_ms: (self.frame - loud_frames) * FRAME_MS,
                });
                State::Voiced {
                    last_frame: self.frame,
                }
            }
            State::Voiced { .. } if loudness >= QUIET_RMS * QUIET_RMS => State::Voiced {
                last_frame: self.frame,
            },
            State::Voiced { last_frame } if self.frame - last_frame >= self.hangover_frames => {
                changes.push(Change::End {
                    at_ms: (last_frame + 1) * FRAME_MS,
                });
                State::Silent { loud_frames: 0 }
            }
            voiced @ State::Voiced { .. } => voiced,
        };
        self.frame += 1;
        self.energy = 0;
        self.samples = 0;
        self.frame_samples =
            frame_end(self.frame, self.rate_hz) - frame_end(self.frame - 1, self.rate_hz);
    }
}

/// The voiced stretches of a whole buffer, each as start and end in milliseconds.
#[must_use]
pub fn voiced_ms(pcm: &[i16], rate_hz: u32) -> Vec<(u64, u64)> {
    let (mut vad, mut changes) = (Vad::new(rate_hz), Vec::new());
    vad.push(pcm, &mut changes);
    vad.finish(&mut changes);
    let mut starts = 0;
    let mut voiced = Vec::new();
    for change in changes {
        match change {
            Change::Start { at_ms } => starts = at_ms,
            Change::End { at_ms } => voiced.push((starts, at_ms)),
        }
    }
    voiced
}

/// Root mean square that begins voice: about 50 dB below full scale.
pub const LOUD_RMS: u64 = 100;
/// Root mean square below which a frame is quiet: about 54 dB below full scale.
pub const QUIET_RMS: u64 = 64;
/// Loud frames in a row that begin voice.
pub const ONSET_FRAMES: u64 = 3;
/// Gaps shorter than this do not end voice, unless asked otherwise: it is longer than the
/// silence between two words at normal speed.
pub const HANGOVER_MS: u32 = 400;

const FRAME_MS: u64 = 10;

/// The sample that a frame ends before.
fn frame_end(frame: u64, rate_hz: u64) -> u64 {
    (frame + 1) * rate_hz / 100
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    /// Milliseconds at a level, one after the other.
    fn sound(stretches: &[(u32, i16)], rate_hz: u32) -> Vec<i16> {
        let stretch = |(ms, level): &(u32, i16)| {
            let count = usize::try_from(ms * rate_hz / 1000).unwrap();
            (0..count)
                .map(|n| if n % 2 == 0 { *level } else { -*level })
                .collect::<Vec<_>>()
        };
        stretches.iter().flat_map(stretch).collect()
    }

    #[rstest]
    #[case::silence(&[(1000, 0)], &[])]
    #[case::one_phrase(&[(200, 0), (300, 3000), (600, 0)], &[(200, 500)])]
    #[case::short_gap_is_bridged(&[(100, 3000), (390, 0), (100, 3000), (500, 0)], &[(0, 590)])]
    #[case::long_gap_parts(&[(100, 3000), (400, 0), (100, 3000), (500, 0)], &[(0, 100), (500, 600)])]
    #[case::click_is_no_voice(&[(100, 0), (20, 20_000), (500, 0)], &[])]
    #[case::too_quiet(&[(500, 99)], &[])]
    #[case::just_loud_enough(&[(500, 100)], &[(0, 500)])]
    #[case::between_the_thresholds_goes_on(&[(100, 200), (800, 70), (500, 0)], &[(0, 900)])]
    #[case::open_end(&[(100, 0), (300, 3000)], &[(100, 400)])]
    fn finds_voice(#[case] stretches: &[(u32, i16)], #[case] expected: &[(u64, u64)]) {
        for rate_hz in [8000, 16_000, 44_100, 48_000] {
            assert_eq!(
                voiced_ms(&sound(stretches, rate_hz), rate_hz),
                expected,
                "{rate_hz} Hz"
            );
        }
    }

    #[test]
    fn tells_an_end_one_hangover_late() {
        let (mut vad, mut changes) = (Vad::with_hangover(8000, 50), Vec::new());
        vad.push(&sound(&[(100, 3000), (40, 0)], 8000), &mut changes);
        assert!(vad.is_voiced());
        vad.push(&sound(&[(10, 0)], 8000), &mut changes);
        assert_eq!(
            changes,
            [Change::Start { at_ms: 0 }, Change::End { at_ms: 100 }]
        );
        assert_eq!((vad.is_voiced(), vad.elapsed_ms()), (false, 150));
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_changes(cuts in prop::collection::vec(1usize..700, 1..9)) {
            let pcm = sound(&[(95, 0), (213, 3000), (480, 0), (77, 500), (600, 10)], 22_050);
            let (mut vad, mut changes, mut rest) = (Vad::new(22_050), Vec::new(), pcm.as_slice());
            for cut in cuts.iter().cycle() {
                let (now, later) = rest.split_at((*cut).min(rest.len()));
                vad.push(now, &mut changes);
                rest = later;
                if rest.is_empty() {
                    break;
                }
            }
            let (mut whole, mut expected) = (Vad::new(22_050), Vec::new());
            whole.push(&pcm, &mut expected);
            prop_assert_eq!(changes, expected);
        }
    }
}
