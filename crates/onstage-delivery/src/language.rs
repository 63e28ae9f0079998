//! The languages of sockets: what each of them says of an event, and which frames open and close a subscription.

use std::sync::{Arc, OnceLock};

use onstage_dialects::socket::{self, Word};
use onstage_dialects::v1::{self, Position};
use onstage_domain::event::EVENT_VERSION;
use onstage_domain::problem::{Code, Problem};
use onstage_domain::reply::Snapshot;
use onstage_domain::stage::{self, ParticipantView, RequestView};
use onstage_domain::{Envelope, Event, EventId, Place, Seq, SessionId, UserId};

use crate::place;
use crate::wire::Wire;

/// Viewers that are named in the first frame of S3's clients.
pub(crate) const VIEWERS_NAMED_MAX: usize = 100;

/// What a socket speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// Ours: many sessions on one socket, several events in one frame.
    V1,
    /// S3's: one session, one frame for each word.
    Socket,
}

/// An event that is ready to be told: rendered at most once for each language.
pub(crate) struct Telling {
    pub(crate) envelope: Envelope,
    /// How the switch stood when it happened.
    pub(crate) cohosts_manage: bool,
    /// Present and not seated, by then.
    viewer_count: u32,
    tail: OnceLock<String>,
    words: OnceLock<Vec<Word>>,
}

impl Telling {
    pub(crate) const fn new(envelope: Envelope, cohosts_manage: bool, viewer_count: u32) -> Self {
        Self { envelope, cohosts_manage, viewer_count, tail: OnceLock::new(), words: OnceLock::new() }
    }

    pub(crate) const fn is_end(&self) -> bool {
        place::is_end(&self.envelope.data)
    }

    /// Who came or went in the audience.
    pub(crate) const fn arrival(&self) -> Option<(UserId, bool)> {
        place::arrival(&self.envelope.data)
    }

    fn tail(&self) -> &str {
        self.tail.get_or_init(|| v1::event_tail(&self.envelope))
    }

    fn words(&self) -> &[Word] {
        self.words.get_or_init(|| socket::words(&self.envelope, self.viewer_count))
    }
}

/// What a subscriber starts from.
pub(crate) struct Opening {
    pub(crate) snapshot: Snapshot,
    pub(crate) place: Place,
    /// The first hundred, where the language names them.
    pub(crate) viewers: Arc<[ParticipantView]>,
    /// Arrivals the room had told before these were looked up.
    pub(crate) arrivals: u64,
}

impl Language {
    /// The word figures are sorted by.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::Socket => "socket",
        }
    }

    /// Whether a socket is one session's: it ends with it, and with a kick out of it.
    pub(crate) const fn has_one_session(self) -> bool {
        matches!(self, Self::Socket)
    }

    /// Whether somebody who stands there, and may hear the event, is told anything.
    pub(crate) fn tells(self, telling: &Telling, place: &Place) -> bool {
        match self {
            Self::V1 => true,
            Self::Socket => telling.words().iter().any(|word| word.to.include(place)),
        }
    }

    /// Whether this person hears the event in words of their own.
    pub(crate) fn singles_out(self, telling: &Telling, user: UserId) -> bool {
        match self {
            Self::V1 => false,
            Self::Socket => telling.words().iter().any(|word| match word.to {
                socket::Hearers::All => false,
                socket::Hearers::Only(one) | socket::Hearers::AllBut(one) => one == user,
            }),
        }
    }

    /// Events, each at its position, as somebody who stands there is told them.
    pub(crate) fn wire<'a>(
        self,
        session: SessionId,
        place: &Place,
        heard: impl Iterator<Item = (Position, &'a Telling)>,
    ) -> Wire {
        match self {
            Self::V1 => {
                let tails = heard.map(|(position, telling)| (position, telling.tail()));
                Wire::one(&v1::events_frame(session, tails))
            }
            Self::Socket => Wire::several(heard.flat_map(|(position, telling)| {
                let words = telling.words().iter().filter(|word| word.to.include(place));
                words.map(move |word| socket::framed(&word.body, position))
            })),
        }
    }

    /// The first frames of who starts from a snapshot.
    pub(crate) fn opening(self, opening: Opening) -> Vec<String> {
        let Opening { snapshot, place, viewers, .. } = opening;
        match self {
            Self::V1 => vec![v1::snapshot_frame(snapshot.session.id, snapshot)],
            Self::Socket => {
                let mut frames = vec![socket::participants_frame(&snapshot, &viewers)];
                frames.extend(snapshot.messages.iter().map(socket::history_frame));
                frames.extend(waiting_requests(&snapshot, &place));
                frames
            }
        }
    }

    /// The first frame of who resumes: what follows goes on from `since`.
    pub(crate) fn resuming(self, since: Seq, opening: Opening) -> Option<String> {
        let Opening { snapshot, viewers, .. } = opening;
        match self {
            Self::V1 => None,
            Self::Socket => Some(socket::participants_frame(&Snapshot { seq: since, ..snapshot }, &viewers)),
        }
    }

    /// Everything up to there was told. S3's clients are told by what comes next.
    pub(crate) fn caught_up(self, session: SessionId, seq: Seq) -> Option<String> {
        match self {
            Self::V1 => Some(v1::caught_up_frame(session, seq)),
            Self::Socket => None,
        }
    }

    /// The log does not reach back: a snapshot follows. S3's clients see a first frame again.
    pub(crate) fn resync(self, session: SessionId) -> Option<String> {
        match self {
            Self::V1 => Some(v1::resync_frame(session)),
            Self::Socket => None,
        }
    }

    /// The subscription is over; a socket of one session is closed instead.
    pub(crate) fn removed(self, session: SessionId) -> Option<String> {
        match self {
            Self::V1 => Some(v1::removed_frame(session, &Problem::new(Code::Blocked))),
            Self::Socket => None,
        }
    }
}

/// The queue as it stands, for who answers it: a reloaded console shows what waits. These frames have no place in
/// the log and say `history`, as the messages of before do.
pub(crate) fn waiting_requests(snapshot: &Snapshot, place: &Place) -> Vec<String> {
    if !place.manages {
        return Vec::new();
    }
    snapshot.requests.iter().flat_map(|request| again(snapshot, request, place)).collect()
}

fn again(snapshot: &Snapshot, request: &RequestView, place: &Place) -> Vec<String> {
    let envelope = Envelope {
        id: EventId::new(request.id.uuid()),
        version: EVENT_VERSION,
        session: snapshot.session.id,
        seq: None,
        at: request.created_at,
        data: Event::Stage(stage::Event::Requested { request: request.clone() }),
    };
    let words = socket::words(&envelope, snapshot.viewer_count);
    let heard = words.into_iter().filter(|word| word.to.include(place));
    heard.map(|word| format!(r#"{},"history":true}}"#, word.body)).collect()
}
