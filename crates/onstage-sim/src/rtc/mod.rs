//! A LiveKit client made of str0m: joins, publishes films and voices, receives and counts.
//!
//! One task drives one participant: its signalling socket, its two PeerConnections on one UDP socket, its camera and
//! microphone. [`RtcClient`] is the handle; [`Report`] is what it has seen. Who only watches may also have one connection
//! for everything (`/rtc/v1`).

mod caller;
mod driver;
mod inbox;
mod link;
mod outgoing;
mod peer;
mod publisher;
mod report;
mod signal;
mod single;
mod sink;
mod subscriber;
#[cfg(test)]
mod tests;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use livekit_protocol as lk;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub use caller::Caller;
pub use report::{Ending, PersonSeen, Report, State, TrackSeen};
pub use sink::Sink;
pub use watch::{Arrival, Broken, PICTURES_KEPT_MAX, SeenPicture, TrackWatch};

use crate::Fault;
use crate::media::{Film, Voice};
use report::Shared;

/// Wishes that wait for the task; the handle waits when it is full.
/// tidy: bounded by a_bot_does_what_it_is_told_in_order
const WISHES_MAX: usize = 64;
/// Time to get in.
const CONNECT_WITHIN: Duration = Duration::from_secs(20);

/// How a bot joins, and what it has with it.
#[derive(Debug, Clone)]
pub struct Options {
    /// `ws://` or `http://` address of the media signalling.
    pub url: String,
    /// LiveKit token.
    pub token: String,
    /// Take every track unasked.
    pub auto_subscribe: bool,
    /// Declare that wished sizes will be told.
    pub adaptive_stream: bool,
    /// Remember every picture (tests).
    pub keeps_pictures: bool,
    /// Stop sending when the server says `mute`, as an honest client does.
    pub obeys_mute: bool,
    /// Send only layers that somebody wants, as an honest client does.
    pub obeys_dynacast: bool,
    /// Watch by one connection that the bot offers (`/rtc/v1`), instead of one that the server offers.
    pub is_single: bool,
    /// What becomes of received media before the session sees it.
    pub sink: Option<Arc<Sink>>,
}

impl Options {
    /// An honest client.
    #[must_use]
    pub fn new(url: &str, token: &str) -> Self {
        Self {
            url: url.to_owned(),
            token: token.to_owned(),
            auto_subscribe: true,
            adaptive_stream: false,
            keeps_pictures: false,
            obeys_mute: true,
            obeys_dynacast: true,
            is_single: false,
            sink: None,
        }
    }
}

/// What a bot is told to do.
#[derive(Debug)]
enum Wish {
    Publish { film: Option<Film>, voice: Option<Voice> },
    Unpublish(lk::TrackSource),
    Look(lk::UpdateTrackSettings),
    Mute { source: lk::TrackSource, muted: bool },
    Speak(bool),
    Wave,
    Send(Vec<u8>),
    DropSocket,
    Leave,
    Vanish,
}

/// The handle of one participant. Dropping it lets the participant vanish without a word.
#[derive(Debug)]
pub struct RtcClient {
    wishes: mpsc::Sender<Wish>,
    shared: Shared,
    task: JoinHandle<()>,
}

impl RtcClient {
    /// Joins; returns when the server has let us in. Media connects afterwards, see [`RtcClient::connected`].
    pub async fn join(options: Options) -> Result<Self, Fault> {
        let shared = Shared::default();
        let (wishes, inbox) = mpsc::channel(WISHES_MAX);
        let driver = driver::Driver::new(Arc::new(options), shared.clone(), inbox).await?;
        let task = tokio::spawn(driver.run());
        let client = Self { wishes, shared, task };
        let joined = client.wait("the join", CONNECT_WITHIN, |report| match report.state {
            State::Joined | State::Connected => Some(Ok(())),
            State::Ended(Ending::Refused(status)) => Some(Err(Fault::Refused(status))),
            State::Joining | State::Away | State::Ended(_) => None,
        });
        joined.await??;
        Ok(client)
    }

    /// Waits until media can be received.
    pub async fn connected(&self) -> Result<(), Fault> {
        self.wait("media", CONNECT_WITHIN, |report| (report.state == State::Connected).then_some(())).await
    }

    /// Publishes a camera and a microphone (each if given).
    pub async fn publish(&self, film: Option<Film>, voice: Option<Voice>) -> Result<(), Fault> {
        self.tell(Wish::Publish { film, voice }).await
    }

    /// Ends a track.
    pub async fn unpublish(&self, source: lk::TrackSource) -> Result<(), Fault> {
        self.tell(Wish::Unpublish(source)).await
    }

    /// Wishes a size for a track.
    pub async fn wish_size(&self, track_sid: &str, width: u32, height: u32) -> Result<(), Fault> {
        let settings = lk::UpdateTrackSettings {
            track_sids: vec![track_sid.to_owned()],
            width,
            height,
            quality: lk::VideoQuality::High as i32,
            ..lk::UpdateTrackSettings::default()
        };
        self.tell(Wish::Look(settings)).await
    }

    /// Does not want to see a track for now.
    pub async fn look_away(&self, track_sid: &str) -> Result<(), Fault> {
        let settings = lk::UpdateTrackSettings {
            track_sids: vec![track_sid.to_owned()],
            disabled: true,
            ..lk::UpdateTrackSettings::default()
        };
        self.tell(Wish::Look(settings)).await
    }

    /// Mutes or unmutes the own camera or microphone, and says so.
    pub async fn mute(&self, source: lk::TrackSource, muted: bool) -> Result<(), Fault> {
        self.tell(Wish::Mute { source, muted }).await
    }

    /// Begins or stops to speak; the microphone sends silence otherwise.
    pub async fn speak(&self, speaking: bool) -> Result<(), Fault> {
        self.tell(Wish::Speak(speaking)).await
    }

    /// Waves once, if a drawn film is shown and the person is not speaking.
    pub async fn wave(&self) -> Result<(), Fault> {
        self.tell(Wish::Wave).await
    }

    /// Sends a reliable data message.
    pub async fn send_data(&self, text: &str) -> Result<(), Fault> {
        self.tell(Wish::Send(text.as_bytes().to_vec())).await
    }

    /// Loses the signalling socket, as a phone that changes networks; the bot resumes by itself.
    pub async fn drop_socket(&self) -> Result<(), Fault> {
        self.tell(Wish::DropSocket).await
    }

    /// Says goodbye and waits until the task has ended.
    pub async fn leave(self) -> Result<(), Fault> {
        self.finish(Wish::Leave).await
    }

    /// Is gone without a word.
    pub async fn vanish(self) -> Result<(), Fault> {
        self.finish(Wish::Vanish).await
    }

    async fn finish(self, wish: Wish) -> Result<(), Fault> {
        // A task that has ended already needs no telling.
        let _told = self.wishes.send(wish).await;
        self.task.await.map_err(|error| Fault::Media(error.to_string()))
    }

    async fn tell(&self, wish: Wish) -> Result<(), Fault> {
        self.wishes.send(wish).await.map_err(|_closed| Fault::Ended)
    }

    /// A copy of what it knows now.
    #[must_use]
    pub fn report(&self) -> Report {
        self.shared.read().clone()
    }

    /// Looks at what it knows, without a copy.
    pub fn look<T>(&self, look: impl FnOnce(&Report) -> T) -> T {
        look(&self.shared.read())
    }

    /// Waits until the report looks so; fails when time is over or the session has ended.
    pub async fn wait<T>(
        &self,
        what: &'static str,
        within: Duration,
        look: impl FnMut(&Report) -> Option<T>,
    ) -> Result<T, Fault> {
        self.shared.wait(what, within, look).await
    }
}
