//! The messages of a client: checks (RFC 8445), and what it says to a relay (RFC 8656).

use std::net::SocketAddr;

use turn_types::attribute::{Data, XorPeerAddress};
use turn_types::message::SEND;
use turn_types::stun::attribute::{AttributeType, Nonce, RawAttribute, Realm, Username};
use turn_types::stun::message::{
    BINDING, IntegrityAlgorithm, IntegrityKey, Message, MessageClass, MessageType, MessageWrite as _,
    MessageWriteExt as _, MessageWriteVec, Method, ShortTermCredentials, TransactionId,
};
use turn_types::stun::prelude::AttributeWrite;

/// Bytes of a header (RFC 8489 §5).
pub(super) const HEADER_BYTES: usize = 20;
/// PRIORITY and ICE-CONTROLLING (RFC 8445 §16.1).
const PRIORITY: u16 = 0x0024;
const CONTROLLING: u16 = 0x802a;

/// A connectivity check.
pub(super) fn check(username: &str, password: &str) -> Option<Vec<u8>> {
    let mut message = Message::builder_request(BINDING, MessageWriteVec::new());
    message.add_attribute(&Username::new(username).ok()?).ok()?;
    message.add_attribute(&RawAttribute::new(AttributeType::new(PRIORITY), &[0x6e, 0, 0xff, 0xff])).ok()?;
    message.add_attribute(&RawAttribute::new(AttributeType::new(CONTROLLING), &[7; 8])).ok()?;
    let key = ShortTermCredentials::new(password.to_owned()).make_key();
    message.add_message_integrity_with_key(&key, IntegrityAlgorithm::Sha1).ok()?;
    message.add_fingerprint().ok()?;
    Some(message.finish())
}

/// A request, signed when there is something to sign with.
pub(crate) fn request(
    method: Method,
    attributes: impl FnOnce(TransactionId) -> Vec<Box<dyn AttributeWrite>>,
    signature: Option<&Signature>,
) -> Option<Vec<u8>> {
    let transaction = TransactionId::generate();
    let kind = MessageType::from_class_method(MessageClass::Request, method);
    let mut message = Message::builder(kind, transaction, MessageWriteVec::new());
    for attribute in attributes(transaction) {
        message.add_attribute(attribute.as_ref()).ok()?;
    }
    if let Some(signature) = signature {
        message.add_attribute(&Username::new(&signature.username).ok()?).ok()?;
        message.add_attribute(&Realm::new(&signature.realm).ok()?).ok()?;
        message.add_attribute(&Nonce::new(&signature.nonce).ok()?).ok()?;
        message.add_message_integrity_with_key(&signature.key, IntegrityAlgorithm::Sha1).ok()?;
    }
    Some(message.finish())
}

/// What requests are signed with.
#[derive(Debug, Clone)]
pub(crate) struct Signature {
    pub(crate) username: String,
    pub(crate) realm: String,
    pub(crate) nonce: String,
    pub(crate) key: IntegrityKey,
}

/// Bytes for a peer.
pub(crate) fn send(peer: SocketAddr, contents: &[u8]) -> Option<Vec<u8>> {
    let transaction = TransactionId::generate();
    let kind = MessageType::from_class_method(MessageClass::Indication, SEND);
    let mut message = Message::builder(kind, transaction, MessageWriteVec::new());
    message.add_attribute(&XorPeerAddress::new(peer, transaction)).ok()?;
    message.add_attribute(&Data::new(contents)).ok()?;
    Some(message.finish())
}

/// Bytes from a peer.
pub(crate) fn data(bytes: &[u8]) -> Option<(SocketAddr, Vec<u8>)> {
    let message = Message::from_bytes(bytes).ok()?;
    let peer = message.attribute::<XorPeerAddress>().ok()?.addr(message.transaction_id());
    let contents = message.attribute::<Data<'_>>().ok()?.data().to_vec();
    Some((peer, contents))
}

/// Whether it is the answer to a check.
pub(super) fn is_success(bytes: &[u8]) -> bool {
    Message::from_bytes(bytes)
        .is_ok_and(|message| message.has_class(MessageClass::Success) && message.has_method(BINDING))
}

/// The length in a header.
pub(super) fn body_length(header: &[u8]) -> Option<usize> {
    let [_, _, high, low, ..] = header else { return None };
    Some(usize::from(u16::from_be_bytes([*high, *low])))
}
