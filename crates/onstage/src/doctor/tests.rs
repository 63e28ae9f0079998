//! Catches a doctor that calls a server sick because one of several ways is closed, or healthy although all are.

use std::time::Duration;

use super::*;

#[test]
fn one_open_way_is_enough() {
    let way = |name: &str, result: Result<u64, &str>| {
        (name.to_owned(), result.map(Duration::from_millis).map_err(str::to_owned))
    };
    let leg = Leg::any("udp", &[way("[fd00::1]:1", Err("no answer")), way("b", Ok(3))], "open the port");
    assert_eq!((leg.state, leg.detail.as_str()), (State::Ok, "[fd00::1]:1: no answer · b in 3 ms"));
    let leg = Leg::any("udp", &[way("a", Err("no answer"))], "open the port");
    assert_eq!((leg.state, leg.advice), (State::Failed, Some("open the port")));
    assert_eq!(Leg::any("udp", &[], "").state, State::Skipped);
}

#[test]
fn a_public_address_that_fails_is_no_ok() {
    let state = |failing: &str| {
        let tried = [
            (failing.to_owned(), Err("Connection refused".to_owned())),
            ("127.0.0.1:7882".to_owned(), Ok(Duration::from_millis(3))),
        ];
        Leg::any("udp", &tried, "open the port").state
    };
    let public = [
        "203.0.113.7:7882",
        "[2001:db8::7]:7882",
        "turn:203.0.113.7:3478?transport=udp",
        "turns:show.example:443",
    ];
    assert_eq!(public.map(state), [State::Warning; 4]);
    let near = [
        "10.0.0.5:7882",
        "100.64.0.1:7882",
        "[fd00::1]:7882",
        "turn:192.168.1.2:3478?transport=tcp",
        "[::1]:1",
    ];
    assert_eq!(near.map(state), [State::Ok; 5], "from outside they are not meant to be reached");
    let legs = [Leg::any(
        "udp",
        &[("203.0.113.7:1".into(), Err("x".into())), ("a:1".into(), Ok(Duration::ZERO))],
        "",
    )];
    assert!(as_text("http://a", &legs).contains("warning udp"), "{}", as_text("http://a", &legs));
}

#[test]
fn a_cluster_has_its_own_ways_of_media() {
    let reply = |media: bool| {
        let body = format!(r#"{{"database":true,"media":{media},"engine":"livekit"}}"#);
        web::Reply::read(format!("HTTP/1.1 200 OK\r\n\r\n{body}").as_bytes()).unwrap()
    };
    let here = legs::cluster(&reply(true)).unwrap();
    assert_eq!(here.iter().map(|leg| leg.state).collect::<Vec<_>>(), [State::Ok, State::Skipped]);
    let away = legs::cluster(&reply(false)).unwrap();
    assert_eq!((away[0].leg, away[0].state), ("cluster", State::Failed));
    let own = web::Reply::read(b"HTTP/1.1 200 OK\r\n\r\n{\"media\":true,\"engine\":\"embedded\"}").unwrap();
    assert!(legs::cluster(&own).is_none());
}

#[test]
fn reaches_shards_tried_max() {
    let told = |shards: usize| legs::tries(Some(&format!(r#"{{"ice_servers":[],"shards":{shards}}}"#)));
    assert_eq!((told(0), told(2), told(1_000)), (1, 2, legs::SHARDS_TRIED_MAX));
    assert_eq!((legs::tries(None), legs::tries(Some(r#"{"ice_servers":[]}"#))), (1, 1), "an older server");
}

#[test]
fn what_failed_is_told_with_what_to_do() {
    let legs = [Leg::ok("http", "200"), Leg::failed("udp", "no answer", "open the port")];
    let text = as_text("http://a", &legs);
    assert!(text.contains("FAILED  udp") && text.contains("→ open the port"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&as_json("http://a", &legs)).unwrap();
    assert_eq!((json["ok"].as_bool(), json["legs"][1]["state"].as_str()), (Some(false), Some("failed")));
}

#[test]
fn limits_of_the_system_are_read() {
    let text = "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 524288               files\n";
    assert_eq!(machine::open_files(text), Some(1_024));
    assert_eq!(machine::open_files("Max open files  unlimited unlimited files"), Some(u64::MAX));
    assert_eq!(machine::open_files(""), None);
}

#[test]
fn addresses_are_split_as_browsers_do() {
    let place = |url: &str| web::Place::read(url).map(|place| (place.is_tls, place.host, place.port)).ok();
    assert_eq!(place("https://show.example"), Some((true, "show.example".into(), 443)));
    assert_eq!(place("http://127.0.0.1:8080/"), Some((false, "127.0.0.1".into(), 8080)));
    assert_eq!(place("http://[::1]:80/x"), Some((false, "::1".into(), 80)));
    assert_eq!(place("ftp://a"), None);
}

#[test]
fn a_reply_in_pieces_is_put_together() {
    let text = "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\nDate: now\r\n\r\n4\r\nv=0\n\r\n2\r\ns=\r\n0\r\n\r\n";
    let reply = web::Reply::read(text.as_bytes()).unwrap();
    assert_eq!((reply.status, reply.body.as_str()), (201, "v=0\ns="));
    assert_eq!(reply.header("date"), Some("now"));
    assert!(web::Reply::read(b"SSH-2.0").is_none());
}

#[tokio::test]
async fn reaches_reply_bytes_max() {
    let (near, mut far) = tokio::io::duplex(1_024);
    let talking = web::talk(near, "GET / HTTP/1.1\r\n\r\n");
    let writing = async {
        let mut request = [0; 18];
        tokio::io::AsyncReadExt::read_exact(&mut far, &mut request).await.unwrap();
        let endless = vec![b'x'; 2 * usize::try_from(web::REPLY_BYTES_MAX).unwrap()];
        let _cut = tokio::io::AsyncWriteExt::write_all(&mut far, &endless).await;
    };
    let (bytes, ()) = tokio::join!(talking, writing);
    assert_eq!(bytes.unwrap().len(), usize::try_from(web::REPLY_BYTES_MAX).unwrap());
}

#[test]
fn reaches_clocks_apart_max() {
    // 1994-11-06T08:49:37Z, the example of RFC 9110.
    let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
    let server = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    let state = |heard| clocks::compare(date, heard).state;
    assert_eq!(state(server), State::Ok);
    assert_eq!(state(server + clocks::CLOCKS_APART_MAX), State::Ok);
    assert_eq!(state(server - clocks::CLOCKS_APART_MAX), State::Ok);
    assert_eq!(state(server + Duration::from_secs(61)), State::Failed);
    let behind = clocks::compare(date, server - Duration::from_secs(3_600));
    assert_eq!((behind.state, behind.detail.as_str()), (State::Failed, "3600 s behind the server's"));
    assert_eq!(clocks::compare(None, server).state, State::Skipped);
    assert_eq!(clocks::compare(Some("yesterday"), server).state, State::Skipped);
}
