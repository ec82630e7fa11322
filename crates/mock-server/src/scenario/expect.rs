//! What a scenario expects of a client, and whether a lane's connections were like that.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::attempts::Attempt;

/// What a scenario expects of the client. Times are the services'.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Expect {
    /// How many connections there are in all, refused ones among them.
    pub(crate) attempts: Option<RangeInclusive<u64>>,
    /// A connection that follows another one begins at most so long after that has ended.
    pub(crate) reconnect_within_ms: Option<u64>,
    /// A connection that follows another one begins at least so long after that has ended.
    pub(crate) spacing_at_least_ms: Option<u64>,
    /// Every pause between two connections is longer than the one before.
    pub(crate) spacing_grows: bool,
    /// No connection follows this one.
    pub(crate) stops_after: Option<u64>,
    /// The client sends no message once it has been closed, but for what was on its way.
    pub(crate) nothing_after_close: bool,
    /// The last connection was accepted and ended with a close frame of code 1000, or without
    /// a fault.
    pub(crate) last_ends_cleanly: bool,
}

impl Expect {
    /// What was not as expected, a line each.
    pub(crate) fn judge(&self, attempts: &[Attempt]) -> Vec<String> {
        let mut reasons = Vec::new();
        let count = u64::try_from(attempts.len()).unwrap_or(u64::MAX);
        if let Some(wanted) = &self.attempts
            && !wanted.contains(&count)
        {
            let wanted = match wanted.start() == wanted.end() {
                true => wanted.start().to_string(),
                false => format!("{} to {}", wanted.start(), wanted.end()),
            };
            reasons.push(format!("{count} connections, {wanted} expected"));
        }
        if let Some(last) = self.stops_after
            && count > last
        {
            reasons.push(format!("connection {} came after the last", last + 1));
        }
        let pauses = pauses(attempts);
        for (n, pause) in pauses.iter().enumerate() {
            let next = n + 2;
            let ms = pause.as_millis();
            if self
                .reconnect_within_ms
                .is_some_and(|most| ms > u128::from(most))
            {
                let most = self.reconnect_within_ms.unwrap_or_default();
                reasons.push(format!(
                    "connection {next} came {ms} ms after the end of the one before, at most {most} expected"
                ));
            }
            if self
                .spacing_at_least_ms
                .is_some_and(|least| ms < u128::from(least))
            {
                let least = self.spacing_at_least_ms.unwrap_or_default();
                reasons.push(format!(
                    "connection {next} came {ms} ms after the end of the one before, at least {least} expected"
                ));
            }
        }
        if self.spacing_grows {
            for (n, pair) in pauses.windows(2).enumerate() {
                if let [before, after] = pair
                    && after <= before
                {
                    reasons.push(format!(
                        "the pause before connection {} was {} ms, the one before that {} ms: it has to grow",
                        n + 3,
                        after.as_millis(),
                        before.as_millis(),
                    ));
                }
            }
        }
        if self.nothing_after_close {
            let late = attempts.iter().filter(|attempt| attempt.late_messages > 0);
            reasons.extend(late.map(|attempt| {
                format!(
                    "connection {}: {} messages after the close",
                    attempt.connection, attempt.late_messages
                )
            }));
        }
        if self.last_ends_cleanly && !attempts.last().is_some_and(Attempt::ended_cleanly) {
            reasons.push("the last connection did not end cleanly".to_owned());
        }
        reasons
    }
}

/// How long the client waited between the end of a connection and the next one.
fn pauses(attempts: &[Attempt]) -> Vec<Duration> {
    let pairs = attempts.windows(2).filter_map(|pair| match pair {
        [before, after] => Some(after.began.saturating_sub(before.ended?)),
        _ => None,
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Connections that begin and end at these milliseconds.
    fn attempts(times: &[(u64, u64)]) -> Vec<Attempt> {
        let attempts = times
            .iter()
            .zip(1..)
            .map(|((began, ended), connection)| Attempt {
                connection,
                began: Duration::from_millis(*began),
                ended: Some(Duration::from_millis(*ended)),
                status: 101,
                close: Some(1000),
                late_messages: 0,
            });
        attempts.collect()
    }

    #[rstest]
    #[case::enough(Expect { attempts: Some(2..=3), ..Expect::default() }, &[])]
    #[case::too_few(
        Expect { attempts: Some(4..=4), ..Expect::default() },
        &["3 connections, 4 expected"]
    )]
    #[case::too_many(
        Expect { attempts: Some(1..=2), ..Expect::default() },
        &["3 connections, 1 to 2 expected"]
    )]
    #[case::went_on(
        Expect { stops_after: Some(2), ..Expect::default() },
        &["connection 3 came after the last"]
    )]
    #[case::slow(
        Expect { reconnect_within_ms: Some(250), ..Expect::default() },
        &["connection 3 came 300 ms after the end of the one before, at most 250 expected"]
    )]
    #[case::eager(
        Expect { spacing_at_least_ms: Some(250), ..Expect::default() },
        &["connection 2 came 200 ms after the end of the one before, at least 250 expected"]
    )]
    #[case::growing(Expect { spacing_grows: true, ..Expect::default() }, &[])]
    fn three_connections_with_pauses_of_200_and_300_ms(
        #[case] expect: Expect,
        #[case] reasons: &[&str],
    ) {
        let attempts = attempts(&[(0, 100), (300, 400), (700, 900)]);
        assert_eq!(expect.judge(&attempts), reasons);
    }

    #[test]
    fn pauses_that_do_not_grow_are_told() {
        let expect = Expect {
            spacing_grows: true,
            ..Expect::default()
        };
        let attempts = attempts(&[(0, 0), (500, 500), (900, 900)]);
        assert_eq!(
            expect.judge(&attempts),
            [
                "the pause before connection 3 was 400 ms, the one before that 500 ms: it has to grow"
            ]
        );
    }

    #[test]
    fn messages_after_the_close_are_told() {
        let mut attempts = attempts(&[(0, 10)]);
        attempts[0].late_messages = 2;
        let expect = Expect {
            nothing_after_close: true,
            ..Expect::default()
        };
        assert_eq!(
            expect.judge(&attempts),
            ["connection 1: 2 messages after the close"]
        );
    }

    #[test]
    fn an_end_without_a_close_frame_is_not_clean() {
        let mut attempts = attempts(&[(0, 10)]);
        attempts[0].close = Some(1006);
        let expect = Expect {
            last_ends_cleanly: true,
            ..Expect::default()
        };
        assert_eq!(
            expect.judge(&attempts),
            ["the last connection did not end cleanly"]
        );
    }
}
