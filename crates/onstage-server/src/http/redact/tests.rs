//! Would catch a token in a log line.

use super::*;

fn logged(uri: &str) -> String {
    redacted(&uri.parse().unwrap())
}

#[test]
fn secrets_are_replaced_and_the_rest_stays() {
    assert_eq!(logged("/v1/events?ticket=abc&since=7"), "/v1/events?ticket=…&since=7");
    assert_eq!(logged("/ws/live/1?token=a.b.c"), "/ws/live/1?token=…");
    assert_eq!(logged("/rtc?access_token=a.b.c&auto_subscribe=1"), "/rtc?access_token=…&auto_subscribe=1");
    assert_eq!(logged("/x?TOKEN=a&tok%65n=b"), "/x?TOKEN=…&tok%65n=…");
    assert_eq!(logged("/v1/sessions"), "/v1/sessions");
}
