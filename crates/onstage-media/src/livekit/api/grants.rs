//! What a token lets a server do: the `video` claim as server SDKs write it.

use serde::Deserialize;

/// The grants of the room service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ApiGrant {
    pub(crate) room_create: bool,
    pub(crate) room_list: bool,
    pub(crate) room_admin: bool,
    /// The room that `room_admin` is for.
    pub(crate) room: String,
}

/// The claims that are read of a server's token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct ApiClaims {
    pub(crate) video: Option<ApiGrant>,
}
