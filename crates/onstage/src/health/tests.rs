//! Catches a server that is not ready and does not say what it waits for.

use super::*;

async fn told(response: Response) -> (u16, serde_json::Value) {
    let status = response.status().as_u16();
    let bytes = axum::body::to_bytes(response.into_body(), 4_096).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test]
async fn what_is_away_is_named() {
    let (status, body) = told(answer(true, true, "embedded")).await;
    assert_eq!((status, body["status"].as_str(), body["media"].as_bool()), (200, Some("ready"), Some(true)));
    let response = answer(true, false, "livekit");
    assert_eq!(
        response.headers()[CONTENT_TYPE],
        PROBLEM_JSON,
        "what is no problem is written anew on its way out"
    );
    let (status, body) = told(response).await;
    assert_eq!((status, body["media"].as_bool(), body["database"].as_bool()), (503, Some(false), Some(true)));
    assert_eq!((body["code"].as_str(), body["engine"].as_str()), (Some("server/try_later"), Some("livekit")));
}
