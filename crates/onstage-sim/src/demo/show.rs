//! The show itself: everybody comes up, speaks in turn, the audience writes and reacts, and it ends cleanly.

use std::time::Duration;

use serde_json::json;

use super::audience::{Viewer, gather};
use super::guest::{Guest, sign_up};
use super::lines::{CHAT, REACTIONS, TITLE, WISHES};
use super::{DemoConfig, Played};
use crate::Fault;
use crate::api::Door;
use crate::media::CAST;

/// After so many turns somebody steps down and asks to come up again.
const CHANGE_EVERY_TURNS: u32 = 5;
/// How long somebody's request stays in the queue, so that it is seen there.
const REQUEST_SEEN_FOR: Duration = Duration::from_secs(2);

/// A show whose people are all in place.
#[derive(Debug)]
pub struct Demo {
    config: DemoConfig,
    session: String,
    /// The host is first, unless a visitor hosts.
    cast: Vec<Guest>,
    viewers: Vec<Viewer>,
    played: Played,
}

impl Demo {
    /// Opens the session and lets the audience in; the stage fills when it is played.
    pub async fn open(config: DemoConfig) -> Result<Self, Fault> {
        let door = Door::new(&config.base_url)?;
        let mut cast = Vec::new();
        for (place, face) in CAST.iter().enumerate() {
            let setup_code = config.setup_code.as_deref().filter(|_| place == 0);
            cast.push(Guest::new(sign_up(&door, face.name, setup_code).await?, *face));
        }
        let session = match &config.session {
            Some(session) => session.clone(),
            None => open_session(&mut cast).await?,
        };
        let viewers = gather(&door, &session, config.viewers).await;
        Ok(Self { config, session, cast, viewers, played: Played::default() })
    }

    /// The session that is played.
    #[must_use]
    pub fn session(&self) -> &str {
        &self.session
    }

    fn first_guest(&self) -> usize {
        usize::from(self.config.session.is_none())
    }

    /// Somebody who cannot come up is no reason to send the others home.
    async fn fill_as_planned(&mut self) {
        if let Err(fault) = self.fill_stage().await {
            tracing::info!(%fault, "the stage stays emptier than planned");
        }
    }

    /// One by one where a bot hosts, so that each request is seen; all at once where a visitor lets them in.
    async fn fill_stage(&mut self) -> Result<(), Fault> {
        let first = self.first_guest();
        for guest in self.cast.iter_mut().skip(first) {
            guest.enter(&self.session).await?;
        }
        let guests = first..self.cast.len();
        if self.config.session.is_some() {
            let this = &*self;
            let asked = guests.map(|place| this.come_up(place));
            futures_util::future::join_all(asked).await.into_iter().collect::<Result<(), Fault>>()?;
        } else {
            self.cast.first().ok_or(Fault::Missing("host"))?.speak(true).await;
            for place in guests {
                self.come_up(place).await?;
                self.write(u32::try_from(place).unwrap_or_default()).await;
            }
        }
        for guest in &self.cast {
            guest.look_at_grid().await?;
        }
        Ok(())
    }

    /// Somebody asks, is let in by the host (or waits for the visitor), and goes on stage.
    async fn come_up(&self, place: usize) -> Result<(), Fault> {
        let Some(guest) = self.cast.get(place) else { return Ok(()) };
        let wish = WISHES.get(place.saturating_sub(1)).copied().unwrap_or_default();
        let request = guest.person.ask_to_go_up(&self.session, wish).await?;
        if let Some(host) = self.cast.first().filter(|_| self.config.session.is_none()) {
            self.pause(REQUEST_SEEN_FOR.min(self.config.turn)).await;
            host.person.answer_request(&self.session, &request, true).await?;
        }
        guest.go_on_stage(&self.session).await
    }

    /// Plays until it is stopped or all turns are over, then everybody goes home.
    pub async fn play(mut self) -> Result<Played, Fault> {
        let stop = self.config.stop.clone();
        tokio::select! {
            () = self.fill_as_planned() => {}
            () = stop.cancelled() => {}
        }
        while !self.config.stop.is_cancelled()
            && self.config.turns.is_none_or(|turns| self.played.turns < turns)
        {
            let turn = self.played.turns;
            self.played.turns = turn.saturating_add(1);
            self.play_turn(turn).await;
            if turn % CHANGE_EVERY_TURNS == CHANGE_EVERY_TURNS.saturating_sub(1) {
                self.change_places(turn).await;
            }
        }
        self.go_home().await
    }

    /// One person speaks; two write, one reacts.
    async fn play_turn(&mut self, turn: u32) {
        let speaker = place_in(turn, self.cast.len());
        for (place, guest) in self.cast.iter().enumerate() {
            guest.speak(place == speaker).await;
        }
        let half = self.config.turn.checked_div(2).unwrap_or_default();
        for part in [0_u32, 1] {
            let line = turn.saturating_mul(2).saturating_add(part);
            self.write(line).await;
            self.react(line).await;
            self.pause(half).await;
        }
    }

    async fn write(&mut self, line: u32) {
        let writers = self.viewers.iter().map(|viewer| &viewer.person).filter(|person| !person.id.is_empty());
        let writers: Vec<_> = writers.chain(self.cast.iter().map(|guest| &guest.person)).collect();
        let words = CHAT.get(place_in(line, CHAT.len())).copied().unwrap_or_default();
        if let Some(writer) = writers.get(place_in(line, writers.len()))
            && writer.say(&self.session, words).await.is_ok()
        {
            self.played.messages = self.played.messages.saturating_add(1);
        }
    }

    async fn react(&mut self, line: u32) {
        let kind = REACTIONS.get(place_in(line, REACTIONS.len())).copied().unwrap_or("heart");
        let person = self.viewers.iter().map(|viewer| &viewer.person).find(|person| !person.id.is_empty());
        if let Some(person) = person.or(self.cast.first().map(|guest| &guest.person))
            && person.react(&self.session, kind, (line % 4).saturating_add(1)).await.is_ok()
        {
            self.played.reactions = self.played.reactions.saturating_add(1);
        }
    }

    /// Somebody gives the seat back and comes up again. Whoever a visitor sent away stays away.
    async fn change_places(&mut self, turn: u32) {
        let first = self.first_guest();
        let guests = self.cast.len().saturating_sub(first);
        let place = place_in(turn / CHANGE_EVERY_TURNS, guests).saturating_add(first);
        let Some(guest) = self.cast.get(place).filter(|guest| guest.is_there()) else { return };
        if guest.person.step_down(&self.session).await.is_ok() {
            self.pause(REQUEST_SEEN_FOR).await;
            if let Err(fault) = self.come_up(place).await {
                tracing::info!(%fault, "somebody stays down");
            }
        }
    }

    async fn pause(&self, time: Duration) {
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = self.config.stop.cancelled() => {}
        }
    }

    async fn go_home(self) -> Result<Played, Fault> {
        let Self { config, session, cast, viewers, mut played } = self;
        for viewer in viewers {
            viewer.follower.close();
        }
        let hosted = config.session.is_none();
        played.packets_received = cast.iter().map(Guest::packets_received).sum();
        let mut cast = cast.into_iter();
        let host = if hosted { cast.next() } else { None };
        for guest in cast {
            guest.leave(&session).await;
        }
        if let Some(host) = host {
            host.person.end(&session).await?;
            host.leave(&session).await;
        }
        Ok(played)
    }
}

async fn open_session(cast: &mut [Guest]) -> Result<String, Fault> {
    let host = cast.first_mut().ok_or(Fault::Missing("host"))?;
    let settings = json!({ "max_guests": 20, "require_approval": true });
    let session = host.person.start_session(TITLE, "studio", settings).await?;
    host.enter(&session).await?;
    host.show_up().await?;
    Ok(session)
}

/// A place in an endless round.
fn place_in(turn: u32, length: usize) -> usize {
    usize::try_from(turn).unwrap_or_default().checked_rem(length).unwrap_or_default()
}
