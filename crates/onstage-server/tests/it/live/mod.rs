//! Every promise of the live REST document (S1), played as the document writes it. Would catch a client of that document
//! that no longer finds its address, its field, its word, or its answer.

mod chat;
mod counts;
mod guests;
mod hosts;
mod refusals;
mod seed;
mod sessions;
mod sockets;

use http::Method;
use onstage_domain::SessionId;
use serde_json::{Value, json};

use crate::support::{Answer, Person, Stand};
use seed::Seed;

/// A running session of the document, with people in every role.
pub(crate) struct Show {
    pub(crate) host: Person,
    pub(crate) id: SessionId,
}

impl Stand {
    /// The document's own `start`, with changes.
    pub(crate) async fn start_live(&self, changes: Value) -> Show {
        self.sign_up("operator").await;
        let host = self.sign_up("creator").await;
        let body = Seed::read("start").request(&[]).with(changes);
        let started = self.post("/live/start", &host.token, body.0).await.expect(200);
        Show { host, id: started["id"].as_str().unwrap().parse().unwrap() }
    }

    /// Somebody new, come in by the document's own `join`.
    pub(crate) async fn join_live(&self, show: &Show, handle: &str) -> Person {
        let person = self.sign_up(handle).await;
        let body = Seed::read("join").request(&[("session_id", json!(show.id))]);
        self.post("/live/join", &person.token, body.0).await.expect(200);
        person
    }

    /// The document's own `request-guest`; answers the request's id.
    pub(crate) async fn ask_live(&self, show: &Show, person: &Person) -> String {
        let body = Seed::read("request-guest").request(&[("session_id", json!(show.id))]);
        let asked = self.post("/live/request-guest", &person.token, body.0).await.expect(200);
        asked["id"].as_str().unwrap().to_owned()
    }

    /// The document's own `respond-guest-request`.
    pub(crate) async fn respond_live(&self, by: &Person, request: &str, action: &str) -> Answer {
        let fields = [("request_id", json!(request)), ("action", json!(action))];
        let body = Seed::read("respond-guest-request").request(&fields);
        self.post("/live/respond-guest-request", &by.token, body.0).await
    }

    /// Somebody new on the stage.
    pub(crate) async fn guest_live(&self, show: &Show, handle: &str) -> Person {
        let guest = self.join_live(show, handle).await;
        let request = self.ask_live(show, &guest).await;
        self.respond_live(&show.host, &request, "approved").await.expect(200);
        guest
    }

    /// The document's own `manage-participant`.
    pub(crate) async fn manage_live(
        &self,
        by: &Person,
        show: &Show,
        (whom, action): (&Person, &str),
    ) -> Answer {
        let fields = [("session_id", json!(show.id)), ("user_id", json!(whom.id)), ("action", json!(action))];
        let body = Seed::read("manage-participant").request(&fields);
        self.post("/live/manage-participant", &by.token, body.0).await
    }

    /// The document's own `send-message`, with other words.
    pub(crate) async fn say_live(&self, show: &Show, by: &Person, words: &str) -> Answer {
        let fields = [("session_id", json!(show.id)), ("message", json!(words))];
        let body = Seed::read("send-message").request(&fields);
        self.post("/live/send-message", &by.token, body.0).await
    }

    /// The whole history of a session.
    pub(crate) async fn history_live(&self, show: &Show, by: &Person) -> Vec<Value> {
        let path = format!("/live/messages/{}", show.id);
        self.get(&path, &by.token).await.expect(200).as_array().unwrap().clone()
    }

    /// Somebody as the list of participants shows them.
    pub(crate) async fn shown_live(&self, show: &Show, whom: &Person) -> Value {
        let path = format!("/live/participants/{}", show.id);
        let people = self.get(&path, "").await.expect(200);
        let found = people.as_array().unwrap().iter().find(|item| item["user_id"] == json!(whom.id));
        found.cloned().unwrap_or(Value::Null)
    }

    /// A session in detail.
    pub(crate) async fn details_live(&self, show: &Show) -> Value {
        self.get(&format!("/live/session/{}", show.id), "").await.expect(200)
    }

    /// An address of the document, called as it says.
    pub(crate) async fn call_of(
        &self,
        seed: &Seed,
        (values, token): (&[(&str, String)], &str),
        body: Value,
    ) -> Answer {
        let (method, path) = seed.address(values);
        self.call(method.parse::<Method>().unwrap(), &path, token, body).await
    }
}
