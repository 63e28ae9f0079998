//! What a person does in a session.

use reqwest::Method;
use serde_json::{Value, json};

use super::door::{Person, text};
use crate::Fault;
use crate::rtc::Options;

/// Microphone or camera, as `/v1` names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// Microphone.
    Audio,
    /// Camera.
    Video,
}

impl MediaKind {
    fn word(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Video => "video",
        }
    }
}

/// The answer to a join.
#[derive(Debug, Clone, PartialEq)]
pub struct Joined {
    /// `owner`, `cohost`, `guest`, `viewer`.
    pub role: String,
    /// Where media is and with which token, when there is a place.
    pub media: Option<(String, String)>,
    /// The place in the log that the reply is true for.
    pub seq: i64,
}

impl Joined {
    /// How a bot joins the media of this session.
    pub fn media_options(&self) -> Result<Options, Fault> {
        let (url, token) = self.media.as_ref().ok_or(Fault::Missing("media"))?;
        Ok(Options::new(url, token))
    }
}

impl Person {
    /// Goes live; the session id.
    pub async fn start_session(&self, title: &str, mode: &str, settings: Value) -> Result<String, Fault> {
        let body = json!({ "title": title, "mode": mode, "settings": settings });
        text(&self.call(Method::POST, "/v1/sessions", Some(body)).await?, "id")
    }

    /// Joins a session.
    pub async fn join(&self, session: &str) -> Result<Joined, Fault> {
        let reply = self.post(&format!("/v1/sessions/{session}/join"), json!({})).await?;
        let media = reply.get("media").filter(|media| media.is_object());
        let media = media.map(|media| Ok((text(media, "url")?, text(media, "token")?))).transpose();
        Ok(Joined {
            role: text(&reply, "role")?,
            media: media.map_err(|fault: Fault| fault)?,
            seq: reply.get("seq").and_then(Value::as_i64).unwrap_or_default(),
        })
    }

    /// Leaves a session.
    pub async fn leave(&self, session: &str) -> Result<(), Fault> {
        self.post(&format!("/v1/sessions/{session}/leave"), json!({})).await.map(drop)
    }

    /// Ends a session for everyone; its summary.
    pub async fn end(&self, session: &str) -> Result<Value, Fault> {
        let reply = self.post(&format!("/v1/sessions/{session}/end"), json!({})).await?;
        Ok(reply.get("summary").cloned().unwrap_or_default())
    }

    /// Asks to go up; the request id.
    pub async fn ask_to_go_up(&self, session: &str, message: &str) -> Result<String, Fault> {
        let body = json!({ "message": message });
        text(&self.post(&format!("/v1/sessions/{session}/requests"), body).await?, "id")
    }

    /// Answers a request.
    pub async fn answer_request(&self, session: &str, request: &str, accept: bool) -> Result<(), Fault> {
        let verb = if accept { "accept" } else { "decline" };
        self.post(&format!("/v1/sessions/{session}/requests/{request}/{verb}"), json!({})).await.map(drop)
    }

    /// Takes the held seat.
    pub async fn go_on_stage(&self, session: &str) -> Result<(), Fault> {
        self.post(&format!("/v1/sessions/{session}/people/me/go_on_stage"), json!({})).await.map(drop)
    }

    /// Gives the seat back.
    pub async fn step_down(&self, session: &str) -> Result<(), Fault> {
        self.post(&format!("/v1/sessions/{session}/people/me/step_down"), json!({})).await.map(drop)
    }

    /// Mutes somebody (or lifts the mute); whether the media engine has done it before the reply.
    pub async fn mute(&self, session: &str, who: &str, media: MediaKind, muted: bool) -> Result<bool, Fault> {
        let body = json!({ "media": media.word(), "muted": muted });
        let reply = self.post(&format!("/v1/sessions/{session}/people/{who}/mute"), body).await?;
        Ok(is_enforced(&reply))
    }

    /// Sends somebody away; whether the media engine has done it before the reply.
    pub async fn kick(&self, session: &str, who: &str, reason: &str) -> Result<bool, Fault> {
        let body = json!({ "reason": reason });
        let reply = self.post(&format!("/v1/sessions/{session}/people/{who}/kick"), body).await?;
        Ok(is_enforced(&reply))
    }

    /// Writes into the chat; the message id.
    pub async fn say(&self, session: &str, words: &str) -> Result<String, Fault> {
        text(&self.post(&format!("/v1/sessions/{session}/messages"), json!({ "text": words })).await?, "id")
    }

    /// Reacts.
    pub async fn react(&self, session: &str, kind: &str, count: u32) -> Result<(), Fault> {
        let body = json!({ "kind": kind, "count": count });
        self.post(&format!("/v1/sessions/{session}/reactions"), body).await.map(drop)
    }

    /// One POST as this person.
    pub async fn post(&self, path: &str, body: Value) -> Result<Value, Fault> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// One GET as this person.
    pub async fn get(&self, path: &str) -> Result<Value, Fault> {
        self.call(Method::GET, path, None).await
    }
}

fn is_enforced(reply: &Value) -> bool {
    reply.get("enforced").and_then(Value::as_bool).unwrap_or(false)
}
