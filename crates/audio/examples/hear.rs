//! Prints what a file of 16-bit little-endian PCM says: `hear RATE FILE`.
use std::error::Error;

use audio::{Decoder, Endian, SampleFormat, hear};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [rate, file] = arguments.as_slice() else {
        return Err("usage: hear RATE FILE".into());
    };
    let mut pcm = Vec::new();
    Decoder::new(SampleFormat::Pcm(Endian::Little)).push(&std::fs::read(file)?, &mut pcm);
    let heard = hear::hear(&pcm, rate.parse()?);
    #[expect(clippy::print_stdout, reason = "its purpose")]
    for word in &heard.words {
        println!("{word:?}");
    }
    #[expect(clippy::print_stdout, reason = "its purpose")]
    for damage in &heard.damage {
        println!("{damage:?}");
    }
    Ok(())
}
