//! Two clocks: the server's, as its replies tell it, and the one of this machine.

use std::time::{Duration, SystemTime};

use jiff::fmt::rfc2822::DateTimeParser;

use super::Leg;

/// Tokens are taken from a minute before they begin until a minute after they end: clocks may differ by no more.
pub(super) const CLOCKS_APART_MAX: Duration = Duration::from_secs(60);
const DATES: DateTimeParser = DateTimeParser::new();

/// How far the clocks are apart, by a reply's `Date` (RFC 9110 §6.6.1) and when it was heard.
pub(super) fn compare(date: Option<&str>, heard: SystemTime) -> Leg {
    let server = date.and_then(|date| DATES.parse_timestamp(date).ok()).map(SystemTime::from);
    let Some(server) = server else { return Leg::skipped("clock", "the server does not tell its time") };
    let (apart, word) = match heard.duration_since(server) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    let detail = format!("{} s {word} the server's", apart.as_secs());
    if apart <= CLOCKS_APART_MAX {
        return Leg::ok("clock", detail);
    }
    let advice =
        "let NTP set the clocks of both machines; tokens that are signed here are refused there otherwise";
    Leg::failed("clock", detail, advice)
}
