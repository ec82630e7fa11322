//! Whatever happens to the sound on its way has a name and a place.

#[cfg(test)]
mod support;

use audio::hear::{DamageKind, hear};
use audio::{Signal, Timeline, Utterance};
use rstest::rstest;

const TEXT: &str = "Zero one two three four five six seven";
const RATE: u32 = 16_000;

/// The samples of the words, each with the silence before it.
#[cfg(test)]
fn slots() -> Vec<Vec<i16>> {
    let utterance = Utterance::of_text(TEXT, "amy");
    let samples = support::samples(&utterance, RATE, Signal::Words);
    let mut from = 0;
    let spans = Timeline::new(&utterance, RATE).words;
    let slot = spans.iter().map(|span| {
        let end = usize::try_from(span.end).unwrap();
        samples[std::mem::replace(&mut from, end)..end].to_vec()
    });
    slot.collect()
}

/// What `hear` says of the words in another order, as `kind seq text after/before`.
#[cfg(test)]
fn report(order: &[usize]) -> (Vec<String>, bool) {
    let slots = slots();
    let pcm: Vec<i16> = order.iter().flat_map(|n| slots[*n].clone()).collect();
    let heard = hear(&pcm, RATE);
    assert_eq!(heard.words.len(), order.len());
    let damage = heard.damage.iter().map(|damage| {
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
        let seq = damage.seq.map_or_else(|| "-".into(), |seq| seq.to_string());
        let (text, after, before) = (
            or_dash(&damage.text),
            or_dash(&damage.after),
            or_dash(&damage.before),
        );
        format!("{} {seq} {text} {after}/{before}", damage.kind.name())
    });
    (damage.collect(), heard.complete)
}

#[rstest]
#[case::nothing(&[0, 1, 2, 3, 4, 5, 6, 7], &[], true)]
#[case::missing(&[0, 1, 3, 4, 5, 6, 7], &["missing 2 - one/three"], false)]
#[case::two_missing(&[0, 1, 4, 5, 6, 7], &["missing 2 - one/four", "missing 3 - one/four"], false)]
#[case::first_missing(&[1, 2, 3, 4, 5, 6, 7], &["missing 0 - -/one"], false)]
#[case::doubled(&[0, 1, 2, 2, 3, 4, 5, 6, 7], &["doubled 2 two two/-"], true)]
#[case::doubled_stretch(&[0, 1, 2, 1, 2, 3, 4, 5, 6, 7], &["doubled 1 one two/two", "doubled 2 two two/-"], true)]
#[case::doubled_last(&[0, 1, 2, 3, 4, 5, 6, 7, 7], &["doubled 7 seven seven/-"], true)]
#[case::swapped(&[0, 2, 1, 3, 4, 5, 6, 7], &["swapped 1 one two/two"], true)]
#[case::swapped_last(&[0, 1, 2, 3, 4, 5, 7, 6], &["swapped 6 six seven/seven"], true)]
#[case::truncated(&[0, 1, 2], &["truncated 3 - two/-"], false)]
#[case::again_after_the_last(&[0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7], &[], true)]
#[case::truncated_again(&[0, 1, 2, 3, 4, 5, 6, 7, 0, 1], &["truncated 2 - one/-"], false)]
#[case::several(&[0, 2, 4, 3, 3, 5], &["missing 1 - Zero/two", "swapped 3 three four/four", "doubled 3 three three/four", "truncated 6 - five/-"], false)]
fn of_words(#[case] order: &[usize], #[case] expected: &[&str], #[case] complete: bool) {
    assert_eq!(
        report(order),
        (
            expected.iter().map(|line| (*line).to_owned()).collect(),
            complete
        )
    );
}

#[test]
fn repeats_in_the_text_are_none() {
    let pcm = support::samples(
        &Utterance::of_text("no no no no", "amy"),
        RATE,
        Signal::Words,
    );
    let heard = hear(&pcm, RATE);
    assert_eq!(
        (heard.words.len(), heard.damage.len(), heard.complete),
        (4, 0, true)
    );
}

#[test]
fn more_words_than_a_number_holds_are_counted_on() {
    let text = "a ".repeat(600);
    let pcm = support::samples(&Utterance::of_text(&text, "amy"), 8000, Signal::Words);
    let heard = hear(&pcm, 8000);
    assert!(heard.complete && heard.damage.is_empty());
    assert!(heard.words.iter().map(|word| word.seq).eq(0..600));
}

#[test]
fn long_words_come_back_whole() {
    let text = "https://example.org/a/very/long/path?with=a&query=in&it=1#and-a-fragment Ende";
    let pcm = support::samples(&Utterance::of_text(text, "amy"), RATE, Signal::Words);
    let heard = hear(&pcm, RATE);
    let words: Vec<&str> = heard.words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(words.join(" "), text);
    assert!(heard.complete && heard.damage.is_empty());
}

#[test]
fn sound_cut_in_a_word_is_truncated() {
    let mut pcm = slots().concat();
    pcm.truncate(pcm.len() - 800);
    let heard = hear(&pcm, RATE);
    assert_eq!((heard.words.len(), heard.complete), (7, false));
    assert_eq!(
        heard
            .damage
            .iter()
            .map(|damage| damage.kind)
            .collect::<Vec<_>>(),
        [DamageKind::Truncated]
    );
}

#[rstest]
#[case::odd_byte_shift(1, false, DamageKind::OddByteShift)]
#[case::endianness(0, true, DamageKind::Endianness)]
fn of_bytes(#[case] shift: usize, #[case] is_swapped: bool, #[case] kind: DamageKind) {
    for rate_hz in [8000, 16_000, 24_000, 48_000] {
        let pcm = support::samples(&Utterance::of_text(TEXT, "amy"), rate_hz, Signal::Words);
        let order = |sample: i16| {
            if is_swapped {
                sample.to_be_bytes()
            } else {
                sample.to_le_bytes()
            }
        };
        let bytes: Vec<u8> = pcm.into_iter().flat_map(order).skip(shift).collect();
        let damaged: Vec<i16> = bytes
            .as_chunks()
            .0
            .iter()
            .map(|pair| i16::from_le_bytes(*pair))
            .collect();
        let heard = hear(&damaged, rate_hz);
        assert_eq!(
            heard
                .damage
                .iter()
                .map(|damage| damage.kind)
                .collect::<Vec<_>>(),
            [kind]
        );
        assert_eq!((heard.words.len(), heard.complete), (0, false));
    }
}

#[test]
fn a_byte_lost_on_the_way_is_placed() {
    let pcm = slots().concat();
    let mut bytes: Vec<u8> = pcm.into_iter().flat_map(i16::to_le_bytes).collect();
    bytes.remove(2 * 24_000 + 1);
    let damaged: Vec<i16> = bytes
        .as_chunks()
        .0
        .iter()
        .map(|pair| i16::from_le_bytes(*pair))
        .collect();
    let heard = hear(&damaged, RATE);
    let texts: Vec<&str> = heard.words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(texts, ["Zero", "one", "two"]);
    let shift = heard
        .damage
        .iter()
        .find(|damage| damage.kind == DamageKind::OddByteShift)
        .unwrap();
    assert!((1400..1600).contains(&shift.at_ms), "{} ms", shift.at_ms);
}

#[rstest]
#[case(8000, 16_000)]
#[case(16_000, 8000)]
#[case(16_000, 24_000)]
#[case(24_000, 16_000)]
#[case(24_000, 48_000)]
#[case(48_000, 24_000)]
#[case(16_000, 22_050)]
#[case(22_050, 16_000)]
#[case(44_100, 48_000)]
#[case(48_000, 44_100)]
fn of_the_rate(#[case] made_hz: u32, #[case] said_hz: u32) {
    let pcm = support::samples(&Utterance::of_text(TEXT, "amy"), made_hz, Signal::Words);
    let heard = hear(&pcm, said_hz);
    let kinds: Vec<DamageKind> = heard.damage.iter().map(|damage| damage.kind).collect();
    assert_eq!(kinds, [DamageKind::WrongRate { likely_hz: made_hz }]);
}

#[test]
fn of_the_top() {
    let pcm = support::samples(&Utterance::of_text(TEXT, "amy"), RATE, Signal::Words);
    let louder: Vec<i16> = pcm.iter().map(|sample| sample.saturating_mul(8)).collect();
    let heard = hear(&louder, RATE);
    assert_eq!(
        heard
            .damage
            .iter()
            .map(|damage| damage.kind)
            .collect::<Vec<_>>(),
        [DamageKind::Clipped]
    );
    assert!(heard.complete);
}

#[test]
fn the_loudest_volume_is_none() {
    for volume_permille in [3000, 100_000] {
        let mut utterance = Utterance::of_text(TEXT, "amy");
        utterance.volume_permille = volume_permille;
        let heard = hear(&support::samples(&utterance, 48_000, Signal::Words), 48_000);
        assert_eq!((heard.damage.len(), heard.complete), (0, true));
    }
}
