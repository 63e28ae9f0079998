//! The way to an answered connection. It ends when this is dropped.

use std::time::Duration;

use onstage_domain::Problem;
use onstage_domain::ports::{Pending, SignalLine};
use tokio_util::sync::CancellationToken;

use crate::whip::description::Offer;
use crate::whip::session::Way;

/// Time for a connection to leave its room.
const END_WITHIN: Duration = Duration::from_secs(5);

/// One answered connection.
#[derive(Debug)]
pub(super) struct Line {
    way: Way,
    over: CancellationToken,
    /// The name that the client gave the peer connection (RFC 8866 section 5.2).
    origin: String,
}

impl Line {
    pub(super) fn new(way: Way, over: CancellationToken, origin: String) -> Self {
        Self { way, over, origin }
    }
}

impl SignalLine for Line {
    fn continues(&self, sdp: &str) -> bool {
        Offer::of_either_way(sdp).is_ok_and(|offer| offer.origin() == self.origin)
    }

    fn offer<'a>(&'a self, sdp: &'a str) -> Pending<'a, Result<String, Problem>> {
        Box::pin(async { self.way.offer(Offer::of_either_way(sdp)?).await })
    }

    fn candidate<'a>(&'a self, candidate: &'a str) -> Pending<'a, ()> {
        Box::pin(self.way.trickle(vec![candidate.to_owned()]))
    }

    fn is_open(&self) -> bool {
        !self.over.is_cancelled()
    }

    fn end(self: Box<Self>) -> Pending<'static, ()> {
        let Self { way, over, .. } = *self;
        drop(way);
        Box::pin(async move {
            if tokio::time::timeout(END_WITHIN, over.cancelled()).await.is_err() {
                tracing::warn!("an answered connection takes long to end");
            }
        })
    }
}
