//! One member of the cast: where they are, and what they do about what the host does with them.

use std::time::{Duration, Instant};

use livekit_protocol::TrackSource;
use serde_json::{Value, json};

use super::account::sign_up;
use super::after;
use crate::Fault;
use crate::api::{Door, Person};
use crate::events::{Follower, Heard};
use crate::media;
use crate::rtc::{Options, Report, RtcClient, State};

/// Who steps down or comes back asks again after this long.
pub(super) const ASKS_AGAIN_AFTER: Duration = Duration::from_secs(14);
/// Whoever was turned down or sent back to the audience waits longer.
const TURNED_DOWN_FOR: Duration = Duration::from_secs(45);
/// Somebody comes for whoever was sent away, or is back after a lost connection.
const AWAY_FOR: Duration = Duration::from_secs(40);
/// From being asked to unmute to doing it, as people do.
const UNMUTES_AFTER: Duration = Duration::from_millis(1_500);
/// From the yes of the host to going up, as people do.
const GOES_UP_AFTER: Duration = Duration::from_millis(1_600);
/// From the yes of the host until media may be sent.
const LET_IN_WITHIN: Duration = Duration::from_secs(10);

/// What a face acts on.
const LISTENS: &[&str] = &[
    "session.ended",
    "stage.request_closed",
    "stage.guest_approved",
    "stage.invited",
    "stage.muted",
    "stage.unmute_asked",
    "stage.guest_left",
    "stage.kicked",
];

/// Where somebody is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Place {
    /// In the audience, until it is time to ask.
    Watching { asks_at: Instant },
    /// In the queue.
    Asking { request: String, since: Instant },
    /// A seat is held for them.
    Called { since: Instant },
    /// On stage.
    OnStage { since: Instant },
    /// Gone. `for_good`: sent away, and only somebody else may come.
    Away { back_at: Instant, for_good: bool },
}

/// One member of the cast.
#[derive(Debug)]
pub(super) struct Face {
    pub(super) person: Person,
    pub(super) name: &'static str,
    pub(super) place: Place,
    /// Muted by a host, until asked.
    pub(super) muted: bool,
    pub(super) ended: bool,
    drawn: media::Person,
    client: RtcClient,
    follower: Follower,
    invitation: Option<String>,
    unmutes: Option<(Instant, TrackSource)>,
}

impl Face {
    /// Signs up, and comes in as one of the audience.
    pub(super) async fn arrive(
        door: &Door,
        session: &str,
        (drawn, name): (media::Person, &'static str),
        asks_at: Instant,
    ) -> Result<Self, Fault> {
        let person = sign_up(door, name).await?;
        let (client, follower) = enter(&person, session).await?;
        let place = Place::Watching { asks_at };
        let (muted, ended, invitation, unmutes) = (false, false, None, None);
        Ok(Self { person, name, place, muted, ended, drawn, client, follower, invitation, unmutes })
    }

    /// The drawing that is shown, whatever the name.
    pub(super) fn drawn(&self) -> media::Person {
        self.drawn
    }

    /// Whether this one could speak now.
    pub(super) fn may_speak(&self) -> bool {
        matches!(self.place, Place::OnStage { .. }) && !self.muted
    }

    pub(super) fn is_on_stage(&self) -> bool {
        matches!(self.place, Place::OnStage { .. })
    }

    /// One moment of their life; true when they have just come up.
    pub(super) async fn live(&mut self, session: &str, now: Instant) -> bool {
        for heard in self.follower.take_heard() {
            self.hear(&heard, now);
        }
        if !self.is_connected() && !matches!(self.place, Place::Away { .. }) {
            self.place = Place::Away { back_at: after(now, AWAY_FOR), for_good: false };
        }
        if self.muted {
            self.speak(false).await;
        }
        self.unmute(now).await;
        self.accept_invitation(now).await;
        match self.place {
            Place::Called { since } if now >= after(since, GOES_UP_AFTER) => self.come_up(session, now).await,
            Place::Called { .. }
            | Place::Watching { .. }
            | Place::Asking { .. }
            | Place::OnStage { .. }
            | Place::Away { .. } => false,
        }
    }

    /// Goes up, or stays in the audience where that fails.
    async fn come_up(&mut self, session: &str, now: Instant) -> bool {
        let came = self.go_up(session).await;
        self.place = match &came {
            Ok(()) => Place::OnStage { since: now },
            Err(fault) => {
                tracing::info!(%fault, name = self.name, "somebody could not come up");
                Place::Watching { asks_at: after(now, ASKS_AGAIN_AFTER) }
            }
        };
        came.is_ok()
    }

    /// Changes with what was told; nothing here waits.
    fn hear(&mut self, heard: &Heard, now: Instant) {
        let says = |name: &str| heard.data.get(name).and_then(Value::as_str).unwrap_or_default();
        let whom = heard.data.get("participant").unwrap_or(&heard.data);
        let mine = whom.get("user_id").and_then(Value::as_str) == Some(self.person.id.as_str());
        match heard.name.as_str() {
            "session.ended" => self.ended = true,
            "stage.request_closed" | "stage.guest_approved" => {
                self.answered(heard.data.get("request").unwrap_or(&Value::Null), now)
            }
            "stage.invited" => self.invited(heard.data.get("invitation").unwrap_or(&Value::Null)),
            "stage.muted" if mine => {
                let muted = heard.data.get("muted").and_then(Value::as_bool).unwrap_or_default();
                self.muted_by_host(source(says("media")), muted, now);
            }
            "stage.unmute_asked" if mine => {
                self.unmutes = Some((after(now, UNMUTES_AFTER), source(says("media"))));
            }
            "stage.kicked" if mine => {
                self.place = Place::Away { back_at: after(now, AWAY_FOR), for_good: true };
            }
            "stage.guest_left" if mine => self.lost_seat(says("reason"), now),
            _ => {}
        }
    }

    fn answered(&mut self, request: &Value, now: Instant) {
        let says = |name: &str| request.get(name).and_then(Value::as_str).unwrap_or_default();
        let Place::Asking { request: mine, .. } = &self.place else { return };
        if says("id") != mine.as_str() {
            return;
        }
        self.place = match says("state") {
            "accepted" => Place::Called { since: now },
            _ => Place::Watching { asks_at: after(now, TURNED_DOWN_FOR) },
        };
    }

    fn invited(&mut self, invitation: &Value) {
        let says = |name: &str| invitation.get(name).and_then(Value::as_str).unwrap_or_default();
        if says("user_id") == self.person.id {
            self.invitation = Some(says("id").to_owned());
        }
    }

    fn muted_by_host(&mut self, source: TrackSource, muted: bool, now: Instant) {
        if source == TrackSource::Microphone {
            self.muted = muted;
        }
        if !muted {
            self.unmutes = Some((after(now, UNMUTES_AFTER), source));
        }
    }

    fn lost_seat(&mut self, reason: &str, now: Instant) {
        self.muted = false;
        if reason == "kicked" {
            self.place = Place::Away { back_at: after(now, AWAY_FOR), for_good: true };
        } else if self.is_on_stage() {
            self.place = Place::Watching { asks_at: after(now, TURNED_DOWN_FOR) };
        }
    }

    async fn unmute(&mut self, now: Instant) {
        let Some((_, source)) = self.unmutes.take_if(|(at, _)| *at <= now) else { return };
        if source == TrackSource::Microphone {
            self.muted = false;
        }
        // Somebody who was sent away meanwhile unmutes nothing.
        let _told = self.client.mute(source, false).await;
    }

    async fn accept_invitation(&mut self, now: Instant) {
        let Some(id) = self.invitation.take() else { return };
        if self.person.post(&format!("/v1/invitations/{id}/accept"), json!({})).await.is_ok() {
            self.place = Place::Called { since: now };
        }
    }

    /// Takes the seat that is held, shows face and voice, and waves.
    async fn go_up(&mut self, session: &str) -> Result<(), Fault> {
        self.client.wait("being let in", LET_IN_WITHIN, |report| report.may_publish.then_some(())).await?;
        self.person.go_on_stage(session).await?;
        let film = self.drawn.film().map_err(|error| Fault::Media(error.to_string()))?;
        let voice = self.drawn.voice().map_err(|error| Fault::Media(error.to_string()))?;
        self.client.publish(Some(film), Some(voice)).await?;
        self.client.wave().await
    }

    /// Asks to go up.
    pub(super) async fn ask(&mut self, session: &str, wish: &str, now: Instant) {
        self.place = match self.person.ask_to_go_up(session, wish).await {
            Ok(request) => Place::Asking { request, since: now },
            Err(fault) => {
                tracing::info!(%fault, "somebody could not ask");
                Place::Watching { asks_at: after(now, TURNED_DOWN_FOR) }
            }
        };
    }

    /// Gives the seat back for a while.
    pub(super) async fn step_down(&mut self, session: &str, now: Instant) {
        if self.person.step_down(session).await.is_ok() {
            self.muted = false;
            self.place = Place::Watching { asks_at: after(now, ASKS_AGAIN_AFTER) };
        }
    }

    /// The same person once more, after a lost connection.
    pub(super) async fn come_back(&mut self, session: &str, now: Instant) -> Result<(), Fault> {
        self.place = Place::Away { back_at: after(now, AWAY_FOR), for_good: false };
        (self.client, self.follower) = enter(&self.person, session).await?;
        self.muted = false;
        self.place = Place::Watching { asks_at: now };
        Ok(())
    }

    fn is_connected(&self) -> bool {
        let gone = |report: &Report| matches!(report.state, State::Ended(_));
        !self.client.look(gone)
    }

    pub(super) async fn speak(&self, speaking: bool) {
        // Somebody who was sent away says nothing.
        let _told = self.client.speak(speaking).await;
    }

    pub(super) async fn wave(&self) {
        let _told = self.client.wave().await;
    }

    /// Leaves media and session.
    pub(super) async fn leave(self, session: &str) {
        let _left = self.client.leave().await;
        let _left = self.person.leave(session).await;
    }
}

/// Joins session and media. Nobody looks at what the others show: they are drawn.
async fn enter(person: &Person, session: &str) -> Result<(RtcClient, Follower), Fault> {
    let joined = person.join(session).await?;
    let options = Options { auto_subscribe: false, ..joined.media_options()? };
    let client = RtcClient::join(options).await?;
    let follower = Follower::listen(person, session, LISTENS).await?;
    Ok((client, follower))
}

fn source(media: &str) -> TrackSource {
    if media == "video" { TrackSource::Camera } else { TrackSource::Microphone }
}
