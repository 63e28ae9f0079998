//! A client of a relay: an allocation and permissions, by long-term credentials (RFC 8489 §9.2).

use std::net::SocketAddr;

use turn_types::attribute::{Lifetime, RequestedTransport, XorPeerAddress};
use turn_types::message::{ALLOCATE, CREATE_PERMISSION, REFRESH};
use turn_types::stun::attribute::{ErrorCode, Nonce, Realm};
use turn_types::stun::message::{
    IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageClass, Method, TransactionId,
};
use turn_types::stun::prelude::AttributeWrite;

use super::ProbeFault;
use super::message::{Signature, request};

/// UDP, the only thing that is relayed.
const UDP: u8 = 17;

/// A name and its password.
#[derive(Clone)]
pub struct RelayUser {
    /// The name.
    pub username: String,
    /// The password.
    pub credential: String,
}

impl std::fmt::Debug for RelayUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RelayUser").field("username", &self.username).finish_non_exhaustive()
    }
}

/// A way to a relay: one message there, one message back.
pub(super) trait Leg {
    async fn ask(&mut self, bytes: &[u8]) -> Result<Vec<u8>, ProbeFault>;
}

/// An allocation.
pub(super) struct Relayed {
    signature: Signature,
}

impl Relayed {
    /// Asks for an allocation, first without a signature to hear the realm.
    pub(super) async fn open(leg: &mut impl Leg, user: &RelayUser) -> Result<Self, ProbeFault> {
        let wanted = |_| vec![Box::new(RequestedTransport::new(UDP)) as Box<dyn AttributeWrite>];
        let bytes = request(ALLOCATE, wanted, None).ok_or(ProbeFault::Unreadable)?;
        let challenge = leg.ask(&bytes).await?;
        let signature = signature(&challenge, user).ok_or(ProbeFault::Unreadable)?;
        let relayed = Self { signature };
        relayed.ask(leg, ALLOCATE, wanted).await?;
        Ok(relayed)
    }

    /// Asks for leave to send to a peer.
    pub(super) async fn permit(&mut self, leg: &mut impl Leg, peer: SocketAddr) -> Result<(), ProbeFault> {
        self.ask(leg, CREATE_PERMISSION, |transaction| vec![Box::new(XorPeerAddress::new(peer, transaction))])
            .await
    }

    /// Gives the allocation back.
    pub(super) async fn end(self, leg: &mut impl Leg) -> Result<(), ProbeFault> {
        self.ask(leg, REFRESH, |_| vec![Box::new(Lifetime::new(0))]).await
    }

    async fn ask(
        &self,
        leg: &mut impl Leg,
        method: Method,
        attributes: impl FnOnce(TransactionId) -> Vec<Box<dyn AttributeWrite>>,
    ) -> Result<(), ProbeFault> {
        let bytes = request(method, attributes, Some(&self.signature)).ok_or(ProbeFault::Unreadable)?;
        let answer = leg.ask(&bytes).await?;
        let message = Message::from_bytes(&answer).map_err(|_| ProbeFault::Unreadable)?;
        if message.has_class(MessageClass::Success) {
            return Ok(());
        }
        let code = message.attribute::<ErrorCode>().map_err(|_| ProbeFault::Unreadable)?.code();
        Err(ProbeFault::Refused(code))
    }
}

/// What a challenge has to be answered with.
pub(crate) fn signature(challenge: &[u8], user: &RelayUser) -> Option<Signature> {
    let message = Message::from_bytes(challenge).ok()?;
    let realm = message.attribute::<Realm>().ok()?.realm().to_owned();
    let nonce = message.attribute::<Nonce>().ok()?.nonce().to_owned();
    let key = LongTermKeyCredentials::new(user.username.clone(), user.credential.clone(), realm.clone())
        .make_key(IntegrityAlgorithm::Sha1);
    Some(Signature { username: user.username.clone(), realm, nonce, key })
}
