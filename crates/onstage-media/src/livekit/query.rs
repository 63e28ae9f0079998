//! The query of a v0 join, read leniently: what is unknown or unreadable is left out.

use std::collections::HashMap;

use serde::Deserialize;

/// The client family, where it changes what we send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Browser {
    /// Needs full ICE.
    Firefox,
    /// Everything else.
    Other,
}

/// What a client says about itself and wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JoinQuery {
    pub(crate) auto_subscribe: bool,
    pub(crate) adaptive_stream: bool,
    pub(crate) full_ice: bool,
    pub(crate) protocol: i32,
    pub(crate) client_protocol: i32,
    pub(crate) reconnect: bool,
    pub(crate) participant_sid: String,
    /// Single-PeerConnection clients send it; they are not served yet.
    pub(crate) join_request: bool,
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

    /// Everything else.
    pub(crate) fn read(&self, user_agent: &str) -> JoinQuery {
        let firefox = self.text("browser").is_some_and(|name| name.eq_ignore_ascii_case("firefox"))
            || user_agent.contains("Firefox/");
        let browser = if firefox { Browser::Firefox } else { Browser::Other };
        JoinQuery {
            auto_subscribe: self.flag("auto_subscribe").unwrap_or(true),
            adaptive_stream: self.flag("adaptive_stream").unwrap_or(false),
            full_ice: browser == Browser::Firefox || self.flag("disable_ice_lite").unwrap_or(false),
            protocol: self.number("protocol"),
            client_protocol: self.number("client_protocol"),
            reconnect: self.flag("reconnect").unwrap_or(false),
            participant_sid: self.text("sid").unwrap_or_default().to_owned(),
            join_request: self.text("join_request").is_some(),
        }
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
