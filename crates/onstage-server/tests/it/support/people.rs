//! People of a test, and what they usually do.

use onstage_domain::{SessionId, UserId};
use serde_json::{Value, json};

use super::Stand;

/// The password everybody uses here.
pub(crate) const PASSWORD: &str = "correct horse";

/// Somebody with a token.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) handle: String,
    pub(crate) token: String,
    pub(crate) refresh_token: String,
}

impl Stand {
    /// Opens an account. The first one of a stand is the operator.
    pub(crate) async fn sign_up(&self, handle: &str) -> Person {
        let body = json!({"handle": handle, "password": PASSWORD, "display_name": format!("The {handle}")});
        let answer = self.post("/v1/accounts", "", body).await.expect(201);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Person {
            id: text(&answer["account"]["id"]).parse().unwrap(),
            handle: handle.to_owned(),
            token: text(&answer["access_token"]),
            refresh_token: text(&answer["refresh_token"]),
        }
    }

    /// A fresh token for somebody whose old one ran out.
    pub(crate) async fn sign_in_again(&self, person: &Person) -> Person {
        let body = json!({"handle": person.handle, "password": PASSWORD});
        let answer = self.post("/v1/tokens", "", body).await.expect(201);
        Person { token: answer["access_token"].as_str().unwrap().to_owned(), ..person.clone() }
    }

    /// A watcher without an account.
    pub(crate) async fn anonymous(&self) -> String {
        let answer = self.post("/v1/tokens/anonymous", "", json!({})).await.expect(201);
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// Goes live with a camera show.
    pub(crate) async fn go_live(&self, host: &Person) -> SessionId {
        self.go_live_with(host, json!({})).await
    }

    /// The same with settings.
    pub(crate) async fn go_live_with(&self, host: &Person, settings: Value) -> SessionId {
        let body = json!({"title": "A show", "mode": "camera", "settings": settings});
        let answer = self.post("/v1/sessions", &host.token, body).await.expect(201);
        answer["id"].as_str().unwrap().parse().unwrap()
    }

    /// Comes in.
    pub(crate) async fn join(&self, person: &Person, session: SessionId) -> Value {
        self.post(&format!("/v1/sessions/{session}/join"), &person.token, json!({})).await.expect(200)
    }
}
