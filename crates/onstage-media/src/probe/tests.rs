//! Catches a doctor that calls a working leg broken because it misreads the answer.

use super::*;

#[test]
fn the_answer_tells_where_checks_go() {
    let sdp = "v=0\r\na=ice-lite\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=ice-ufrag:abcd\r\n\
               a=ice-pwd:secretsecretsecretsecret\r\na=candidate:1 1 udp 2130706175 203.0.113.7 7882 typ host\r\n\
               a=candidate:2 1 UDP 2130706175 2001:db8::7 7882 typ host\r\n\
               a=candidate:3 1 tcp 1671430143 203.0.113.7 7881 typ host tcptype passive\r\na=candidate:broken\r\n";
    let target = Target::read(sdp).unwrap();
    assert_eq!(target.udp, ["203.0.113.7:7882".parse().unwrap(), "[2001:db8::7]:7882".parse().unwrap()]);
    assert_eq!(target.tcp, ["203.0.113.7:7881".parse().unwrap()]);
    assert_eq!((target.ufrag.as_str(), target.password.as_str()), ("abcd", "secretsecretsecretsecret"));
    assert_eq!(Target::read("v=0\r\n"), None);
}

#[test]
fn a_password_is_not_shown() {
    let user = RelayUser { username: "1:ada".into(), credential: "do-not-show".into() };
    assert!(!format!("{user:?}").contains("do-not-show"));
}
