//! Whichever engine the settings chose, behind one face: nothing above knows which.

use axum::Router;
use onstage_domain::media::{MediaAccess, MediaOrder};
use onstage_domain::ports::{AccessRequest, AnswerSignal, AnsweredSignal, CarryOut, Pending, SignalOffer};
use onstage_domain::{Code, Problem};

use crate::cluster::Cluster;
use crate::engine::{Media, MediaFigures, MediaHealth};

/// The media engine of a process.
#[derive(Debug, Clone)]
pub enum Engine {
    /// Onstage's own SFU.
    Embedded(Media),
    /// An existing LiveKit cluster.
    Cluster(Cluster),
}

impl Engine {
    /// Lets people in: every order that was in force has been replayed. A cluster's doors are its own.
    pub fn open_doors(&self) {
        match self {
            Self::Embedded(media) => media.open_doors(),
            Self::Cluster(_) => {}
        }
    }

    /// The paths that the engine serves.
    pub fn router(&self) -> Router {
        match self {
            Self::Embedded(media) => media.router(),
            Self::Cluster(cluster) => cluster.router(),
        }
    }

    /// Whether it runs; a cluster is asked, unless it was a few seconds ago.
    pub async fn answers(&self) -> bool {
        match self {
            Self::Embedded(media) => media.health().shards_alive,
            Self::Cluster(cluster) => cluster.answers().await,
        }
    }

    /// The word of `media.engine`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Embedded(_) => "embedded",
            Self::Cluster(_) => "livekit",
        }
    }

    /// Where media goes through this process; `None` when it does not.
    #[must_use]
    pub fn health(&self) -> Option<MediaHealth> {
        match self {
            Self::Embedded(media) => Some(media.health()),
            Self::Cluster(_) => None,
        }
    }

    /// Its figures; of a cluster only how many people it told of.
    pub async fn figures(&self) -> Option<MediaFigures> {
        match self {
            Self::Embedded(media) => media.figures().await,
            Self::Cluster(cluster) => {
                Some(MediaFigures { participants: cluster.participants(), ..MediaFigures::default() })
            }
        }
    }

    /// Says goodbye. A cluster's rooms go on.
    pub async fn shutdown(&self) {
        match self {
            Self::Embedded(media) => media.shutdown().await,
            Self::Cluster(cluster) => cluster.shutdown(),
        }
    }
}

impl CarryOut for Engine {
    fn carry_out(&self, orders: Vec<MediaOrder>) -> Pending<'_, bool> {
        match self {
            Self::Embedded(media) => media.carry_out(orders),
            Self::Cluster(cluster) => cluster.carry_out(orders),
        }
    }

    fn access(&self, request: AccessRequest<'_>) -> Result<MediaAccess, Problem> {
        match self {
            Self::Embedded(media) => media.access(request),
            Self::Cluster(cluster) => cluster.access(request),
        }
    }
}

impl AnswerSignal for Engine {
    fn answer<'a>(&'a self, offer: SignalOffer<'a>) -> Pending<'a, Result<AnsweredSignal, Problem>> {
        match self {
            Self::Embedded(media) => media.answer(offer),
            Self::Cluster(_) => Box::pin(std::future::ready(Err(Problem::because(
                Code::SignalRefused,
                "media goes through a LiveKit cluster here, which answers no signals of this kind",
            )))),
        }
    }
}
