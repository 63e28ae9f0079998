//! What a client asks for as it joins, in the words of both layouts; read leniently: what is unknown or unreadable is left out.

use std::collections::HashMap;

use base64::Engine as _;
use http::StatusCode;
use livekit_protocol as proto;
use onstage_domain::UserId;
use serde::Deserialize;

use super::admission::Refused;
use super::description::{self, FORGIVING};
use super::join_request;
use super::tokens::Bearer;

/// Capabilities of a client that are passed on to others.
pub(crate) const CAPABILITIES_MAX: usize = 16;

/// How many PeerConnections a client makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One for each way (protocol v0).
    Dual,
    /// One for both (protocol v1).
    Single,
}

/// The client family, where it changes what we send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Browser {
    /// Needs full ICE.
    Firefox,
    /// Everything else.
    Other,
}

impl Browser {
    /// By its own name, or by the header that it sends.
    pub(crate) fn read(name: &str, user_agent: &str) -> Self {
        if name.eq_ignore_ascii_case("firefox") || user_agent.contains("Firefox/") {
            Self::Firefox
        } else {
            Self::Other
        }
    }
}

/// A further connection of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Aside {
    pub(crate) user: UserId,
    /// It would send, and may not, because the person is there already.
    pub(crate) is_held_back: bool,
}

/// What a client says about itself and wants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct JoinQuery {
    /// One PeerConnection carries both ways.
    pub(crate) single: bool,
    pub(crate) auto_subscribe: bool,
    pub(crate) adaptive_stream: bool,
    pub(crate) full_ice: bool,
    /// It only watches, unseen by others.
    pub(crate) watches: bool,
    /// Its lines carry what it chooses without another offer.
    pub(crate) fixes_lines: bool,
    /// A further connection of this person, which takes nobody's place.
    pub(crate) aside: Option<Aside>,
    /// Pictures may be held back when the way does not carry even their lowest layers.
    pub(crate) may_pause: bool,
    pub(crate) protocol: i32,
    pub(crate) client_protocol: i32,
    pub(crate) capabilities: Vec<i32>,
    pub(crate) reconnect: bool,
    pub(crate) participant_sid: String,
}

/// What a client says together with its join, instead of in messages after it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Opening {
    pub(crate) metadata: String,
    pub(crate) attributes: HashMap<String, String>,
    pub(crate) tracks: Vec<proto::AddTrackRequest>,
    pub(crate) offer: Option<proto::SessionDescription>,
    pub(crate) sync_state: Option<proto::SyncState>,
}

impl Opening {
    /// Puts what the client says of itself over what its token says, where the token allows that.
    pub(crate) fn describe(&self, bearer: &mut Bearer, token_counts: bool) -> Result<(), Refused> {
        if self.metadata.is_empty() && self.attributes.is_empty() {
            return Ok(());
        }
        if !token_counts || bearer.grant.can_update_own_metadata != Some(true) {
            return Err(Refused { status: StatusCode::UNAUTHORIZED, text: "permissions denied" });
        }
        let too_long =
            |_| Refused { status: StatusCode::BAD_REQUEST, text: "metadata or attributes are too long" };
        description::metadata_fits(&self.metadata).map_err(too_long)?;
        let set = self.attributes.iter().filter(|(_, value)| !value.is_empty());
        let set = set.map(|(name, value)| (name.clone(), value.clone()));
        bearer.attributes = description::changed(&bearer.attributes, set).map_err(too_long)?;
        if !self.metadata.is_empty() {
            bearer.metadata.clone_from(&self.metadata);
        }
        Ok(())
    }
}

/// Everything that comes with a join.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Wishes {
    pub(crate) query: JoinQuery,
    pub(crate) opening: Opening,
}

/// The raw query: a map, because a client may add words at any time.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct RawQuery(HashMap<String, String>);

impl RawQuery {
    /// The token, when it came this way.
    pub(crate) fn access_token(&self) -> Option<&str> {
        self.text("access_token")
    }

    /// Everything else. A request that names a join request means the single layout on every path (Go's client).
    pub(crate) fn wishes(&self, layout: Layout, user_agent: &str) -> Result<Wishes, Refused> {
        match (self.text("join_request"), layout) {
            (Some(text), _) => join_request::read(text, user_agent),
            (None, Layout::Dual) => Ok(Wishes { query: self.read(user_agent), opening: self.opening() }),
            (None, Layout::Single) => {
                Err(Refused { status: StatusCode::BAD_REQUEST, text: "join_request is required" })
            }
        }
    }

    /// The words of the dual layout.
    pub(crate) fn read(&self, user_agent: &str) -> JoinQuery {
        let browser = Browser::read(self.text("browser").unwrap_or_default(), user_agent);
        JoinQuery {
            single: false,
            watches: false,
            fixes_lines: false,
            aside: None,
            auto_subscribe: self.flag("auto_subscribe").unwrap_or(true),
            adaptive_stream: self.flag("adaptive_stream").unwrap_or(false),
            full_ice: browser == Browser::Firefox || self.flag("disable_ice_lite").unwrap_or(false),
            may_pause: self.flag("subscriber_allow_pause").unwrap_or(false),
            protocol: self.number("protocol"),
            client_protocol: self.number("client_protocol"),
            capabilities: self.capabilities(),
            reconnect: self.flag("reconnect").unwrap_or(false),
            participant_sid: self.text("sid").unwrap_or_default().to_owned(),
        }
    }

    fn capabilities(&self) -> Vec<i32> {
        let names = self.text("capabilities").unwrap_or_default().split(',').take(CAPABILITIES_MAX);
        let known = |name: &str| {
            let name = name.trim();
            let number = name.parse().ok();
            number.or_else(|| proto::client_info::Capability::from_str_name(name).map(i32::from))
        };
        names.filter_map(known).collect()
    }

    /// `attributes`: base64url of a JSON object.
    fn opening(&self) -> Opening {
        let bytes = self.text("attributes").and_then(|text| FORGIVING.decode(text).ok());
        let attributes = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Opening { attributes, ..Opening::default() }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn flag(&self, name: &str) -> Option<bool> {
        match self.text(name)? {
            "1" | "true" => Some(true),
            "0" | "false" => Some(false),
            _ => None,
        }
    }

    fn number(&self, name: &str) -> i32 {
        self.text(name).and_then(|text| text.parse().ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
