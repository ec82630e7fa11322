//! What a session says: speech a piece at a time, and faults that shape it.

use std::time::Duration;

use tokio::time::Instant;
use wire::session::Side;
use wire::speech::{Speech, SpeechEvent};

use super::{Live, TURN};
use crate::fault::Progress;
use crate::options::Pace;
use crate::sound::Shape;
use crate::speaker::Speaker;

/// Speech on its way, and when its next piece may go.
pub(super) struct Speaking {
    pub(super) speaker: Speaker,
    started: Duration,
    pub(super) due: Duration,
    /// How much of it has been said, and how much there is, in microseconds.
    said_us: u64,
    total_us: u64,
}

impl Speaking {
    /// Which part of the whole the next messages with audio are.
    fn progress(&mut self, event: Option<&SpeechEvent>) -> Option<Progress> {
        match event? {
            SpeechEvent::Planned(plan) => {
                self.total_us = plan.total_us;
                None
            }
            SpeechEvent::Audio { until_us, .. } => {
                let before_us = std::mem::replace(&mut self.said_us, *until_us);
                Some(Progress {
                    before_us,
                    after_us: *until_us,
                    total_us: self.total_us,
                })
            }
        }
    }
}

impl Live<'_> {
    /// Speaks what is due, as long as there is room for it.
    pub(super) fn speak(&mut self) {
        let (now, began) = (self.around.clock.now(), Instant::now());
        while self.may_speak()
            && let Some(speaking) = self.speaker.as_mut().filter(|it| it.due <= now)
        {
            let event = speaking.speaker.step();
            self.spoken(now, event);
            if began.elapsed() >= TURN {
                return;
            }
        }
    }

    fn spoken(&mut self, now: Duration, event: Option<SpeechEvent>) {
        let Some(speaking) = &mut self.speaker else {
            return;
        };
        if let Some(engine) = &mut self.engine {
            engine.set_progress(speaking.progress(event.as_ref()));
        }
        if speaking.speaker.is_finished() {
            self.speaker = None;
        } else if let Some(SpeechEvent::Audio { until_us, .. }) = &event {
            speaking.due = match self.around.pace {
                Pace::Burst => now,
                Pace::Times(times) => {
                    let heard = Duration::from_micros(*until_us) / times.max(1);
                    speaking.started + heard
                }
            };
        }
        let Some(event) = event else { return };
        match &mut self.engine {
            Some(engine) => {
                for event in engine.spoken(event, now) {
                    self.say(event);
                }
                self.run_faults();
            }
            None => self.say(event),
        }
    }

    fn say(&mut self, event: SpeechEvent) {
        if let SpeechEvent::Audio { bytes, .. } = &event {
            self.around.recorder.sound(Side::Server, bytes.clone());
        }
        self.turn(|session, turn| session.spoken(event, turn));
    }

    pub(super) fn begin_speech(&mut self, mut speech: Speech) {
        let now = self.around.clock.now();
        let mut shape = Shape::default();
        if let Some(engine) = &mut self.engine {
            engine.speech(&mut speech, &mut shape, now);
        }
        let recorder = self.around.recorder;
        recorder.begin_sound(Side::Server, speech.format);
        self.speaker = Speaker::shaped(&speech, self.around.sound, shape).map(|speaker| Speaking {
            speaker,
            started: now,
            due: now,
            said_us: 0,
            total_us: 0,
        });
    }
}
