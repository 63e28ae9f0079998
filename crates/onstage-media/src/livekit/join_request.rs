//! `join_request`: everything that a client of the single layout says with its join, packed into the query.

use std::io::Read as _;

use base64::Engine as _;
use flate2::read::GzDecoder;
use http::StatusCode;
use livekit_protocol as proto;
use livekit_protocol::wrapped_join_request::Compression;
use prost::Message as _;

use super::admission::Refused;
use super::description::FORGIVING;
use super::query::{Browser, CAPABILITIES_MAX, JoinQuery, Opening, Wishes};

/// Longest join request once it is unpacked.
pub(crate) const JOIN_REQUEST_BYTES_MAX: usize = 1024 * 1024;

/// The request in a query's value: base64url of a wrapped, perhaps compressed message.
pub(crate) fn read(text: &str, user_agent: &str) -> Result<Wishes, Refused> {
    unpack(text)
        .map(|request| wishes(request, user_agent))
        .ok_or(Refused { status: StatusCode::BAD_REQUEST, text: "join_request cannot be read" })
}

fn unpack(text: &str) -> Option<proto::JoinRequest> {
    let bytes = FORGIVING.decode(text).ok()?;
    let wrapped = proto::WrappedJoinRequest::decode(bytes.as_slice()).ok()?;
    let request = match Compression::try_from(wrapped.compression).ok()? {
        Compression::None => wrapped.join_request,
        Compression::Gzip => inflate(&wrapped.join_request)?,
    };
    proto::JoinRequest::decode(request.as_slice()).ok()
}

/// Never more than the limit is written, whatever the packed bytes claim.
fn inflate(packed: &[u8]) -> Option<Vec<u8>> {
    let limit = u64::try_from(JOIN_REQUEST_BYTES_MAX).ok()?;
    let mut unpacked = Vec::new();
    GzDecoder::new(packed).take(limit.saturating_add(1)).read_to_end(&mut unpacked).ok()?;
    (unpacked.len() <= JOIN_REQUEST_BYTES_MAX).then_some(unpacked)
}

fn wishes(request: proto::JoinRequest, user_agent: &str) -> Wishes {
    let client = request.client_info.unwrap_or_default();
    // A client that says nothing about its settings wants what v0 clients want who say nothing.
    let unsaid = proto::ConnectionSettings { auto_subscribe: true, ..proto::ConnectionSettings::default() };
    let settings = request.connection_settings.unwrap_or(unsaid);
    let browser = Browser::read(&client.browser, user_agent);
    let query = JoinQuery {
        single: true,
        watches: false,
        fixes_lines: false,
        aside: None,
        auto_subscribe: settings.auto_subscribe,
        adaptive_stream: settings.adaptive_stream,
        full_ice: browser == Browser::Firefox || settings.disable_ice_lite,
        may_pause: settings.subscriber_allow_pause.unwrap_or(false),
        protocol: client.protocol,
        client_protocol: client.client_protocol,
        capabilities: client.capabilities.into_iter().take(CAPABILITIES_MAX).collect(),
        reconnect: request.reconnect,
        participant_sid: request.participant_sid,
    };
    let opening = Opening {
        metadata: request.metadata,
        attributes: request.participant_attributes,
        tracks: request.add_track_requests,
        offer: request.publisher_offer,
        sync_state: request.sync_state,
    };
    Wishes { query, opening }
}

#[cfg(test)]
mod tests;
