//! Would catch a demo whose host's chair is open to anybody, or to nobody, and a cast that does not obey its host.

use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::running::{Installation, Running};

/// The secret address that the demo prints.
fn address(demo: &Running) -> String {
    demo.first_line.split(' ').find(|word| word.starts_with("http")).unwrap().to_owned()
}

/// Presses the button; the host's token and the session.
async fn take_the_chair(demo: &Running) -> (String, String) {
    let pressed = Client::new().post(address(demo)).send().await.unwrap();
    assert_eq!(pressed.status(), 200);
    let cookie = pressed.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let page = pressed.text().await.unwrap();
    let session = page.split("location.replace('/s/").nth(1).unwrap().split('\'').next().unwrap().to_owned();
    let refresh = Client::new().post(format!("{}/v1/tokens/refresh", demo.url)).header(COOKIE, cookie);
    let tokens: Value = refresh.json(&json!({})).send().await.unwrap().json().await.unwrap();
    (tokens["access_token"].as_str().unwrap().to_owned(), session)
}

#[tokio::test]
async fn who_has_the_address_is_the_host_and_nobody_else() {
    let installation = Installation::new();
    let demo = installation.start_as(&["demo", "--viewers", "2"]);
    let page = Client::new().get(address(&demo)).send().await.unwrap();
    assert_eq!(page.headers()["referrer-policy"], "no-referrer", "the address stays secret");
    assert!(page.text().await.unwrap().contains("Run the show"));
    for method in [Method::GET, Method::POST] {
        let wrong = format!("/demo/{}", "0".repeat(32));
        assert_eq!(demo.call(method, &wrong, "", Value::Null).await.0, 404);
    }

    let (host, session) = take_the_chair(&demo).await;
    let show = demo.get(&format!("/v1/sessions/{session}"), &host).await;
    let me = demo.get("/v1/me", &host).await;
    assert_eq!(show["owner"]["user_id"], me["account"]["id"]);
    assert!(demo.stop(), "{}", installation.log());

    let folder = installation.folder.path().join("data");
    assert!(
        folder.join("demo/onstage.db").exists() && !folder.join("onstage.db").exists(),
        "data of its own"
    );
    let server = installation.start();
    assert_eq!(server.call(Method::POST, "/demo/anything", "", Value::Null).await.0, 404, "only in the demo");
}

#[tokio::test]
async fn the_cast_does_what_the_host_says() {
    let installation = Installation::new();
    let demo = installation.start_as(&["demo", "--viewers", "0"]);
    let (host, session) = take_the_chair(&demo).await;
    let mut socket = demo.socket(&host).await;
    socket.subscribe(&session, Some(0)).await;
    let came = socket.until(|event| event["name"] == "stage.went_on_stage").await;
    let person = &came.last().unwrap()["data"]["participant"];
    let whom = person["user_id"].as_str().unwrap().to_owned();
    let about = |event: &Value| event["data"]["participant"]["user_id"] == whom.as_str();

    let people = format!("/v1/sessions/{session}/people/{whom}");
    let mute = |muted: bool| json!({ "media": "audio", "muted": muted });
    demo.post(&format!("{people}/mute"), &host, mute(true)).await;
    let muted = |event: &Value| about(event) && event["data"]["participant"]["host_muted_audio"] == true;
    socket.until(muted).await;
    demo.post(&format!("{people}/mute"), &host, mute(false)).await;
    let heard = |event: &Value| {
        let person = &event["data"]["participant"];
        about(event) && person["host_muted_audio"] == false && person["self_muted_audio"] == false
    };
    socket.until(heard).await;

    demo.post(&format!("{people}/kick"), &host, json!({ "reason": "that joke" })).await;
    socket.until(|event| event["name"] == "stage.guest_left" && about(event)).await;
    demo.post(&format!("/v1/sessions/{session}/end"), &host, json!({})).await;
    socket.until(|event| event["name"] == "session.ended").await;
    assert!(demo.stop(), "{}", installation.log());
}
