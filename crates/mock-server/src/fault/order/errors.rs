//! What the session would not say by itself.

use wire::dialect::{Deviation, Part, Retouch};
use wire::registry::VENDORS;

use crate::fault::behaviour::{Behaviour, Hand, Outgoing};
use crate::fault::row::Values;

/// What the session does not do by itself.
pub(in crate::fault) struct Deviate(pub(in crate::fault) Deviation);

impl Behaviour for Deviate {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        hand.deviate(self.0.clone());
    }
}

/// A vendor's own fault.
pub(in crate::fault) fn own(values: &Values) -> Box<dyn Behaviour> {
    let endpoints = VENDORS.iter().flat_map(|vendor| vendor.endpoints);
    let mut faults = endpoints.flat_map(|endpoint| endpoint.dialect.own_faults);
    let Some(own) = faults.find(|own| own.name == values.name()) else {
        unreachable!("the catalogue is made of them")
    };
    Box::new(Deviate(Deviation::Own(own.name)))
}

/// An error behind audio: at the point if audio has gone out by then, else behind the first.
#[derive(Default)]
pub(super) struct AfterAudio {
    is_done: bool,
}

impl Behaviour for AfterAudio {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        if !hand.is_synthesis || hand.past.audio.is_some() {
            self.is_done = true;
            hand.deviate(Deviation::Error(None));
        }
    }

    fn message(&mut self, message: Outgoing, hand: &mut Hand<'_>) -> Vec<Outgoing> {
        if self.is_done || !message.part.is_audio() {
            return vec![message];
        }
        self.is_done = true;
        hand.deviate_behind(Deviation::Error(None));
        vec![with_more_to_come(message, hand)]
    }
}

/// Audio that says that more of it will come.
pub(super) fn with_more_to_come(message: Outgoing, hand: &mut Hand<'_>) -> Outgoing {
    let altered = match message.part {
        Part::LastAudio => hand.retouch(Retouch::NotLast, &message),
        _ => None,
    };
    let part = match message.part {
        Part::LastAudio => Part::Audio,
        part => part,
    };
    Outgoing {
        part,
        ..altered.unwrap_or(message)
    }
}
