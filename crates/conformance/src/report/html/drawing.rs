//! The pictures: a session's timeline, and its audio. Each has its words beside it.

use std::fmt::Write as _;
use std::time::Duration;

use maud::{Markup, html};
use mock_server::Side;

use super::super::view::sound::Heard;
use super::super::view::timeline::{Lane, Row};
use super::super::view::tree::shortened;
use super::case::ms;
use super::page::sign;
use crate::verdict::Verdict;

/// The width of pictures, so that their letters are readable on a telephone.
const WIDTH: u32 = 360;
/// Where the client's line is.
const CLIENT: u32 = 58;
/// Where the server's line is.
const SERVER: u32 = 322;

/// The timeline. `place` is where a check is described.
pub(super) fn timeline(
    rows: &[Row],
    subject: &str,
    place: impl Fn(&str) -> Option<String>,
) -> Markup {
    let (client, server) = match subject {
        "server" => ("mynah", "subject"),
        "client" => ("subject", "mynah"),
        _ => ("client", "server"),
    };
    let mut y = 30;
    let mut before = rows.first().map_or(Duration::ZERO, |row| row.at);
    let placed: Vec<(u32, &Row)> = rows
        .iter()
        .map(|row| {
            y += 21 + pause(row.at.saturating_sub(before));
            before = row.at;
            (y, row)
        })
        .collect();
    let height = y + 14;
    let label = format!("Timeline of {} rows; the same in words follows", rows.len());
    html! {
        figure {
            svg viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(label) {
                text x=(CLIENT) y="12" text-anchor="middle" { "client" }
                text x=(SERVER) y="12" text-anchor="middle" { "server" }
                text.t x=(CLIENT) y="23" text-anchor="middle" { (client) }
                text.t x=(SERVER) y="23" text-anchor="middle" { (server) }
                line.life x1=(CLIENT) y1="27" x2=(CLIENT) y2=(height) { }
                line.life x1=(SERVER) y1="27" x2=(SERVER) y2=(height) { }
                @for (y, row) in &placed { (drawn(*y, row, &place)) }
            }
            figcaption {
                "Time runs downwards; the space between two rows grows with the logarithm of the pause."
                details {
                    summary { "In words" }
                    ol.plain { @for row in rows { li { (in_words(row)) } } }
                }
            }
        }
    }
}

/// How much further down a row stands for a pause before it.
fn pause(gap: Duration) -> u32 {
    let ms = u64::try_from(gap.as_millis()).unwrap_or(u64::MAX);
    match ms.checked_ilog2() {
        None | Some(0) => 0,
        Some(log) => (log * 4).min(56),
    }
}

fn is_bad(row: &Row) -> bool {
    let mut checks = row.checks.iter();
    checks.any(|(_, verdict)| matches!(verdict, Verdict::Fail | Verdict::HarnessError))
}

fn drawn(y: u32, row: &Row, place: impl Fn(&str) -> Option<String>) -> Markup {
    let text = match row.note.as_str() {
        "" => row.label.clone(),
        note => format!("{} · {note}", row.label),
    };
    let worst = row
        .checks
        .iter()
        .max_by_key(|(_, verdict)| *verdict != Verdict::Pass);
    html! {
        g.bad[is_bad(row)] {
            text.t x="0" y=(y + 1) { (ms(row.at)) }
            @match row.lane {
                Lane::ToServer => (arrow(y, CLIENT, SERVER)),
                Lane::ToClient => (arrow(y, SERVER, CLIENT)),
                Lane::Connection | Lane::Hidden => {}
                Lane::Fault => { rect.box.fault x=(CLIENT + 2) y=(y - 14) width=(SERVER - CLIENT - 4) height="18" rx="3" {} }
                Lane::Verdict | Lane::Ending => { rect.box x=(CLIENT + 2) y=(y - 14) width=(SERVER - CLIENT - 4) height="18" rx="3" {} }
            }
            @match row.lane {
                Lane::Hidden => { text.t x=((CLIENT + SERVER) / 2) y=(y) text-anchor="middle" { "⋮ " (text) " ⋮" } }
                Lane::ToServer | Lane::ToClient => { text x=(CLIENT + 8) y=(y - 4) { (fitting(&text)) } }
                _ => { text x=(CLIENT + 8) y=(y - 1) { (fitting(&text)) } }
            }
            @if let Some((check, verdict)) = worst {
                @match place(check) {
                    Some(place) => {
                        a href={ "#" (place) } aria-label={ (verdict) " " (check) } {
                            text x=(SERVER + 10) y=(y + 3) { (sign(*verdict)) @if row.checks.len() > 1 { "×" (row.checks.len()) } }
                        }
                    }
                    None => { text x=(SERVER + 10) y=(y + 3) { (sign(*verdict)) } }
                }
            }
        }
    }
}

/// As much of a text as there is room for.
fn fitting(text: &str) -> String {
    const ROOM: usize = 40;
    // Ideographs are twice as wide.
    let mut room = ROOM;
    let mut fitting = String::new();
    for c in text.chars() {
        let width = if u32::from(c) >= 0x1100 { 2 } else { 1 };
        if room < width {
            fitting.push('…');
            break;
        }
        room -= width;
        fitting.push(c);
    }
    fitting
}

fn arrow(y: u32, from: u32, to: u32) -> Markup {
    let (tip, back) = match from < to {
        true => (to - 1, to - 8),
        false => (to + 1, to + 8),
    };
    html! {
        line.arrow x1=(from) y1=(y) x2=(tip) y2=(y) { }
        path.tip d=(format!("M{tip} {y} L{back} {} L{back} {} Z", y - 4, y + 4)) { }
    }
}

fn in_words(row: &Row) -> String {
    let who = match row.lane {
        Lane::ToServer => "client → server: ",
        Lane::ToClient => "server → client: ",
        Lane::Fault => "on purpose: ",
        Lane::Ending => "end: ",
        Lane::Connection | Lane::Verdict | Lane::Hidden => "",
    };
    let mut text = format!("{} {who}{}", ms(row.at), row.label);
    if !row.note.is_empty() {
        text = format!("{text}, {}", shortened(&row.note, 160));
    }
    for (check, verdict) in &row.checks {
        text = format!("{text}; {check}: {verdict}");
    }
    text
}

/// Where the lanes of audio begin.
const LEFT: u32 = 46;
/// How wide they are.
const LANE: u32 = WIDTH - LEFT - 6;

/// The audio of one side: when it was sent, and what whoever plays it hears when.
pub(super) fn audio(heard: &Heard) -> Markup {
    let caption = caption(heard);
    let who = match heard.side {
        Side::Client => "client",
        Side::Server => "server",
    };
    html! {
        figure {
            svg viewBox=(format!("0 0 {WIDTH} 92")) role="img" aria-label=(caption) {
                @match heard.length {
                    Some(_) => (to_scale(heard)),
                    None => (by_bytes(heard)),
                }
            }
            figcaption { "Audio of the " (who) ". " (caption) }
        }
    }
}

fn caption(heard: &Heard) -> String {
    let (first, last) = heard.sent();
    let count = heard.pieces.len();
    let noun = if count == 1 { "message" } else { "messages" };
    let mut text = format!("{count} {noun}, {} bytes", heard.bytes);
    match (&heard.format, heard.length) {
        (Some(format), Some(length)) => {
            let took = last.saturating_sub(first);
            let _ = write!(text, ", {format}, {} long, ", ms(length));
            match took {
                Duration::ZERO => text.push_str("sent at once"),
                took => {
                    let _ = write!(text, "sent within {}", ms(took));
                }
            }
            let gaps = heard.gaps();
            let silence: Duration = gaps.iter().map(|(from, to)| to.saturating_sub(*from)).sum();
            match gaps.len() {
                0 => text.push_str("; played as it comes, it is heard without a gap"),
                1 => {
                    let _ = write!(
                        text,
                        "; played as it comes, it has a gap of {}",
                        ms(silence)
                    );
                }
                n => {
                    let _ = write!(
                        text,
                        "; played as it comes, it has {n} gaps of {} together",
                        ms(silence)
                    );
                }
            }
        }
        _ => text.push_str(
            "; nothing says how it is to be played, so it is drawn byte by byte as 16-bit samples",
        ),
    }
    text.push('.');
    text
}

/// Sent above, heard below, on one scale of time.
fn to_scale(heard: &Heard) -> Markup {
    let (start, last) = heard.sent();
    let end = heard
        .pieces
        .last()
        .map_or(last, |piece| piece.until)
        .max(last);
    let span = end.saturating_sub(start).as_micros().max(1);
    let x = |at: Duration| {
        let far = at
            .saturating_sub(start)
            .as_micros()
            .saturating_mul(u128::from(LANE) * 10)
            / span;
        LEFT * 10 + u32::try_from(far).unwrap_or(0)
    };
    let mut ticks: Vec<u32> = heard.pieces.iter().map(|piece| x(piece.at)).collect();
    ticks.dedup_by_key(|tick| *tick / 20);
    html! {
        text.t x="0" y="14" { "sent" }
        text.t x="0" y="54" { "heard" }
        @for tick in ticks { rect.sent x=(tenth(tick)) y="5" width="1.6" height="12" { } }
        path.wave d=(wave(heard, x)) { }
        @for (from, to) in heard.gaps() {
            rect.gap x=(tenth(x(from))) y="28" width=(tenth(x(to) - x(from))) height="44" { }
        }
        line.axis x1=(LEFT) y1="76" x2=(LEFT + LANE) y2="76" { }
        text.t x=(LEFT) y="88" { (ms(start)) }
        text.t x=(LEFT + LANE) y="88" text-anchor="end" { (ms(end)) }
    }
}

/// Its envelope alone.
fn by_bytes(heard: &Heard) -> Markup {
    let parts = u128::try_from(heard.peaks.len().max(1)).unwrap_or(1);
    let x = |at: Duration| {
        let far = at.as_micros().saturating_mul(u128::from(LANE) * 10) / parts;
        LEFT * 10 + u32::try_from(far).unwrap_or(0)
    };
    // A microsecond a part is as good a scale as any.
    let mut path = String::new();
    for (place, peak) in (0_u64..).zip(&heard.peaks) {
        bar(
            &mut path,
            x(Duration::from_micros(place)),
            x(Duration::from_micros(place + 1)),
            *peak,
        );
    }
    html! {
        text.t x="0" y="54" { "bytes" }
        path.wave d=(path) { }
        line.axis x1=(LEFT) y1="76" x2=(LEFT + LANE) y2="76" { }
        text.t x=(LEFT) y="88" { "0" }
        text.t x=(LEFT + LANE) y="88" text-anchor="end" { (heard.bytes) }
    }
}

/// The envelope where it is heard: the parts of each message between its beginning and its end.
fn wave(heard: &Heard, x: impl Fn(Duration) -> u32) -> String {
    let mut path = String::new();
    let parts = u32::try_from(heard.peaks.len().max(1)).unwrap_or(1);
    let length = heard.length.unwrap_or_default();
    let mut sound = Duration::ZERO;
    // What is heard without a gap is drawn as one.
    for run in heard.pieces.chunk_by(|a, b| a.until == b.from) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            continue;
        };
        let lasts = last.until.saturating_sub(first.from);
        for (place, peak) in (0_u32..).zip(&heard.peaks) {
            let (from, to) = (length * place / parts, length * (place + 1) / parts);
            let (from, to) = (from.max(sound), to.min(sound + lasts));
            if from < to {
                let at = |moment: Duration| x(first.from + moment.saturating_sub(sound));
                bar(&mut path, at(from), at(to), *peak);
            }
        }
        sound += lasts;
    }
    path
}

/// A bar around the middle of the lane, as high as its peak.
fn bar(path: &mut String, from: u32, to: u32, peak: u8) {
    let half = u32::from(peak) * 22 / 100;
    let (top, height) = (50 - half, (half * 2).max(1));
    let width = tenth(to.saturating_sub(from).max(3));
    // Writing to a string does not fail.
    let _ = write!(path, "M{} {top}h{width}v{height}h-{width}z", tenth(from));
}

fn tenth(tenths: u32) -> String {
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        rest => format!("{}.{rest}", tenths / 10),
    }
}
