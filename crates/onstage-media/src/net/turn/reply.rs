//! How the relay answers: the attributes of each kind of reply, and the signature (RFC 8489 §9.2, RFC 8656).

use turn_types::stun::attribute::{ErrorCode, Nonce, Realm, UnknownAttributes};
use turn_types::stun::message::{
    IntegrityAlgorithm, IntegrityKey, Message, MessageClass, MessageWrite as _, MessageWriteExt as _,
    MessageWriteVec,
};
use turn_types::stun::prelude::AttributeWrite;

/// The realm of all names.
pub(super) const REALM: &str = "onstage";

/// A request that was read and whose class is a request: only such can be answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request<'a>(&'a Message<'a>);

impl<'a> Request<'a> {
    pub(super) fn of(message: &'a Message<'a>) -> Option<Self> {
        message.has_class(MessageClass::Request).then_some(Self(message))
    }

    pub(super) fn message(self) -> &'a Message<'a> {
        self.0
    }

    /// Yes, with what belongs to it.
    pub(super) fn granted(
        self,
        attributes: &[&dyn AttributeWrite],
        key: Option<&IntegrityKey>,
    ) -> Option<Vec<u8>> {
        finish(Message::builder_success(self.0, MessageWriteVec::new()), attributes, key)
    }

    /// No, with its number.
    pub(super) fn refused(self, code: u16, key: Option<&IntegrityKey>) -> Option<Vec<u8>> {
        let reason = ErrorCode::builder(code).build().ok()?;
        finish(Message::builder_error(self.0, MessageWriteVec::new()), &[&reason], key)
    }

    /// Not like this: sign with this realm and nonce.
    pub(super) fn challenged(self, code: u16, nonce: &str) -> Option<Vec<u8>> {
        let reason = ErrorCode::builder(code).build().ok()?;
        let (realm, nonce) = (Realm::new(REALM).ok()?, Nonce::new(nonce).ok()?);
        finish(Message::builder_error(self.0, MessageWriteVec::new()), &[&reason, &realm, &nonce], None)
    }

    /// No: it asks for something that we do not know.
    pub(super) fn unknown(self, unknown: &UnknownAttributes, key: Option<&IntegrityKey>) -> Option<Vec<u8>> {
        let reason = ErrorCode::builder(ErrorCode::UNKNOWN_ATTRIBUTE).build().ok()?;
        finish(Message::builder_error(self.0, MessageWriteVec::new()), &[&reason, unknown], key)
    }
}

fn finish(
    mut message: MessageWriteVec,
    attributes: &[&dyn AttributeWrite],
    key: Option<&IntegrityKey>,
) -> Option<Vec<u8>> {
    for attribute in attributes {
        message.add_attribute(*attribute).ok()?;
    }
    if let Some(key) = key {
        message.add_message_integrity_with_key(key, IntegrityAlgorithm::Sha1).ok()?;
    }
    Some(message.finish())
}
