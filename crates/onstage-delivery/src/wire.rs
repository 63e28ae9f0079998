//! What is written to a socket in one go: one frame, or several that belong together, shared by all who hear the same.

use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;

/// Frames, ready to be written.
#[derive(Clone)]
pub(crate) struct Wire(Arc<[Utf8Bytes]>);

impl Wire {
    /// One frame.
    pub(crate) fn one(text: String) -> Self {
        Self(Arc::new([Utf8Bytes::from(text)]))
    }

    /// Several, in order.
    pub(crate) fn several(texts: impl Iterator<Item = String>) -> Self {
        Self(texts.map(Utf8Bytes::from).collect())
    }

    pub(crate) fn texts(&self) -> &[Utf8Bytes] {
        &self.0
    }
}
