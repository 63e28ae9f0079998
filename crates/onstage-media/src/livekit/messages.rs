//! Builders of the responses that more than one place sends.

use std::collections::HashMap;

use axum::body::Bytes;
use livekit_protocol as proto;
use livekit_protocol::leave_request::Action;
use livekit_protocol::request_response::{Reason, Request};
use livekit_protocol::signal_response::Message;
use onstage_domain::media::IceServer;

use super::outgoing::encode;

/// The version of the protocol's server that we are compatible with (clients gate features on it).
pub(crate) const SERVER_VERSION: &str = "1.13.5";
/// The protocol number we speak.
pub(crate) const PROTOCOL: i32 = 17;
/// Seconds between two pings of a client.
pub(crate) const PING_EVERY_SECONDS: i32 = 5;
/// Seconds of silence after which a client resumes.
pub(crate) const PING_TIMEOUT_SECONDS: i32 = 15;

/// One `update`, encoded once for everybody.
pub(crate) fn update(participants: Vec<proto::ParticipantInfo>) -> Bytes {
    encode(Message::Update(proto::ParticipantUpdate { participants }))
}

/// The last message before a socket closes.
pub(crate) fn leave(reason: proto::DisconnectReason, action: Action) -> Message {
    Message::Leave(proto::LeaveRequest {
        can_reconnect: action == Action::Reconnect,
        reason: reason.into(),
        action: action.into(),
        regions: None,
    })
}

/// A denial or confirmation of one request, which it echoes.
pub(crate) fn request_response(request_id: u32, reason: Reason, request: Option<Request>) -> Message {
    let message = match reason {
        Reason::NotAllowed => "not allowed",
        Reason::LimitExceeded => "limit exceeded",
        Reason::UnsupportedType => "not supported",
        Reason::Queued => "queued",
        Reason::NotFound => "not found",
        Reason::Ok
        | Reason::UnclassifiedError
        | Reason::InvalidHandle
        | Reason::InvalidName
        | Reason::DuplicateHandle
        | Reason::DuplicateName
        | Reason::InvalidRequest => "",
    };
    Message::RequestResponse(proto::RequestResponse {
        request_id,
        reason: reason.into(),
        message: message.to_owned(),
        request,
    })
}

/// An offer or answer.
pub(crate) fn description(
    kind: &str,
    id: u32,
    sdp: String,
    mid_to_track_id: HashMap<String, String>,
) -> proto::SessionDescription {
    proto::SessionDescription { r#type: kind.to_owned(), sdp, id, mid_to_track_id }
}

/// Who serves.
pub(crate) fn server_info(node_id: &str) -> proto::ServerInfo {
    proto::ServerInfo {
        edition: proto::server_info::Edition::Standard.into(),
        version: SERVER_VERSION.to_owned(),
        protocol: PROTOCOL,
        node_id: node_id.to_owned(),
        ..proto::ServerInfo::default()
    }
}

/// What was configured, and nobody else's servers.
pub(crate) fn ice_servers(configured: &[IceServer]) -> Vec<proto::IceServer> {
    let convert = |server: &IceServer| proto::IceServer {
        urls: server.urls.clone(),
        username: server.username.clone().unwrap_or_default(),
        credential: server.credential.clone().unwrap_or_default(),
    };
    configured.iter().map(convert).collect()
}

/// A list of codecs by name.
pub(crate) fn codecs(names: &[&str]) -> Vec<proto::Codec> {
    names.iter().map(|mime| proto::Codec { mime: (*mime).to_owned(), fmtp_line: String::new() }).collect()
}

/// `mute` from the server: the client mutes itself.
pub(crate) fn mute(sid: &str, muted: bool) -> Message {
    Message::Mute(proto::MuteTrackRequest { sid: sid.to_owned(), muted })
}

/// Whether a subscription is allowed; precedes every subscription.
pub(crate) fn subscription_permission(participant_sid: &str, track_sid: &str, allowed: bool) -> Message {
    Message::SubscriptionPermissionUpdate(proto::SubscriptionPermissionUpdate {
        participant_sid: participant_sid.to_owned(),
        track_sid: track_sid.to_owned(),
        allowed,
    })
}
