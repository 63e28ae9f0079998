//! The calls of LiveKit's RoomService that an engine needs: Twirp with protobuf bodies (livekit_room.proto).

use std::sync::Arc;

use livekit_protocol as proto;
use prost::Message;
use serde_json::{Value, json};

use super::CALL_WITHIN;
use crate::clock;
use crate::livekit::tokens::Tokens;

/// Life of the token of one call.
const TOKEN_LIFE_S: i64 = 60;
/// Longest answer that is read: a room of some thousand participants.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A room that nobody makes.
const NO_ROOM: &str = "onstage-looks-whether-you-are-there";

/// Why a call did not go through.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallFault {
    /// No such room or participant: what was to go is gone already.
    #[error("not found")]
    NotFound,
    /// The cluster cannot be reached, or did not answer in time.
    #[error("the cluster does not answer: {0}")]
    Unreachable(#[from] reqwest::Error),
    /// It answered with an error of its own.
    #[error("the cluster refused: {status} {text}")]
    Refused { status: u16, text: String },
    /// The answer cannot be read.
    #[error("the cluster's answer cannot be read")]
    Unreadable,
}

impl CallFault {
    /// Whether the cluster answered at all, not only a proxy in front of it that does not reach it.
    pub(super) fn is_answer(&self) -> bool {
        match self {
            Self::NotFound | Self::Unreadable => true,
            Self::Refused { status, .. } => !matches!(status, 502..=504),
            Self::Unreachable(_) => false,
        }
    }

    /// Whether the cluster does not take the key.
    pub(super) fn is_about_key(&self) -> bool {
        matches!(self, Self::Refused { status: 401 | 403, .. })
    }
}

/// The server API of a cluster.
pub(super) struct RoomService {
    base: String,
    http: reqwest::Client,
    tokens: Arc<Tokens>,
}

impl RoomService {
    /// `None` when the address is none.
    pub(super) fn new(url: &str, tokens: Arc<Tokens>) -> Option<Self> {
        let url = url.trim_end_matches('/');
        let (scheme, rest) = url.split_once("://").filter(|(_, rest)| !rest.is_empty())?;
        let scheme = match scheme {
            "ws" | "http" => "http",
            "wss" | "https" => "https",
            _ => return None,
        };
        let http = reqwest::Client::builder()
            .timeout(CALL_WITHIN)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .ok()?;
        Some(Self { base: format!("{scheme}://{rest}/twirp/livekit.RoomService/"), http, tokens })
    }

    /// Asks for nothing, to see whether anybody answers.
    pub(super) async fn look(&self) -> Result<(), CallFault> {
        let request = proto::ListRoomsRequest { names: vec![NO_ROOM.to_owned()] };
        self.call::<proto::ListRoomsResponse>("ListRooms", NO_ROOM, &request).await.map(drop)
    }

    pub(super) async fn create_room(&self, name: &str, empty_timeout_s: u32) -> Result<(), CallFault> {
        let request = proto::CreateRoomRequest {
            name: name.to_owned(),
            empty_timeout: empty_timeout_s,
            ..proto::CreateRoomRequest::default()
        };
        self.call::<proto::Room>("CreateRoom", name, &request).await.map(drop)
    }

    pub(super) async fn delete_room(&self, name: &str) -> Result<(), CallFault> {
        let request = proto::DeleteRoomRequest { room: name.to_owned() };
        self.call::<proto::DeleteRoomResponse>("DeleteRoom", name, &request).await.map(drop)
    }

    pub(super) async fn list(&self, name: &str) -> Result<Vec<proto::ParticipantInfo>, CallFault> {
        let request = proto::ListParticipantsRequest { room: name.to_owned() };
        let answer: proto::ListParticipantsResponse = self.call("ListParticipants", name, &request).await?;
        Ok(answer.participants)
    }

    pub(super) async fn get(&self, name: &str, identity: &str) -> Result<proto::ParticipantInfo, CallFault> {
        self.call("GetParticipant", name, &who(name, identity)).await
    }

    pub(super) async fn remove(&self, name: &str, identity: &str) -> Result<(), CallFault> {
        let gone = who(name, identity);
        let answer = self.call::<proto::RemoveParticipantResponse>("RemoveParticipant", name, &gone);
        answer.await.map(drop)
    }

    pub(super) async fn permit(
        &self,
        name: &str,
        identity: &str,
        permission: proto::ParticipantPermission,
    ) -> Result<(), CallFault> {
        let request = proto::UpdateParticipantRequest {
            room: name.to_owned(),
            identity: identity.to_owned(),
            permission: Some(permission),
            ..proto::UpdateParticipantRequest::default()
        };
        self.call::<proto::ParticipantInfo>("UpdateParticipant", name, &request).await.map(drop)
    }

    pub(super) async fn mute(&self, name: &str, identity: &str, track_sid: &str) -> Result<(), CallFault> {
        let request = proto::MuteRoomTrackRequest {
            room: name.to_owned(),
            identity: identity.to_owned(),
            track_sid: track_sid.to_owned(),
            muted: true,
        };
        self.call::<proto::MuteRoomTrackResponse>("MutePublishedTrack", name, &request).await.map(drop)
    }

    async fn call<R: Message + Default>(
        &self,
        method: &str,
        room: &str,
        request: &impl Message,
    ) -> Result<R, CallFault> {
        let token = self.tokens.sign(&claims(self.tokens.key(), room)).ok_or(CallFault::Unreadable)?;
        let response = self
            .http
            .post(format!("{}{method}", self.base))
            .bearer_auth(token)
            .header(reqwest::header::CONTENT_TYPE, "application/protobuf")
            .body(request.encode_to_vec())
            .send()
            .await?;
        let status = response.status();
        let body = read(response).await?;
        if status == reqwest::StatusCode::NOT_FOUND {
            return Err(CallFault::NotFound);
        }
        if !status.is_success() {
            let text = String::from_utf8_lossy(&body).chars().take(200).collect();
            return Err(CallFault::Refused { status: status.as_u16(), text });
        }
        R::decode(body.as_slice()).map_err(|_| CallFault::Unreadable)
    }
}

/// The whole answer, as long as it is no longer than it may be.
async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, CallFault> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len().saturating_add(chunk.len()) > ANSWER_BYTES_MAX {
            return Err(CallFault::Unreadable);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// A token for one call about one room.
fn claims(key: &str, room: &str) -> Value {
    let seconds = clock::now().0.div_euclid(1_000);
    json!({
        "iss": key,
        "nbf": seconds.saturating_sub(10),
        "exp": seconds.saturating_add(TOKEN_LIFE_S),
        "video": { "roomCreate": true, "roomList": true, "roomAdmin": true, "room": room },
    })
}

fn who(name: &str, identity: &str) -> proto::RoomParticipantIdentity {
    proto::RoomParticipantIdentity {
        room: name.to_owned(),
        identity: identity.to_owned(),
        ..proto::RoomParticipantIdentity::default()
    }
}

#[cfg(test)]
mod tests;
