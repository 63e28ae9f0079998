//! The show itself: everybody comes up, speaks in turn, the audience writes and reacts, and it ends cleanly.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::MissedTickBehavior;

use super::account::{Credentials, sign_up_with};
use super::audience::Audience;
use super::face::{Face, Place};
use super::lines::{ASIDES, CHAT, Deck, HOST, REACTIONS, TITLE, UNDERSTUDIES, WISHES};
use super::script::Script;
use super::{DemoConfig, Played, below};
use crate::Fault;
use crate::api::{Door, MediaKind, Person};
use crate::events::Follower;
use crate::media::CAST;

/// How often everybody looks at what has happened.
const TICK: Duration = Duration::from_millis(400);
/// How long a request stays in the queue before the bot in the host's chair answers, so that it is seen there.
const REQUEST_SEEN_FOR: Duration = Duration::from_secs(8);
/// The same while the stage fills for the first time.
const REQUEST_SEEN_AT_FIRST_FOR: Duration = Duration::from_millis(900);
/// The same once a visitor sits there, who may have gone without a word.
const REQUEST_LEFT_FOR: Duration = Duration::from_secs(120);
/// How long the bot in the host's chair mutes somebody.
const MUTED_FOR: Duration = Duration::from_secs(16);
/// Nobody steps down of their own accord where fewer are left.
const ON_STAGE_AT_LEAST: usize = 6;
/// One reaction burst has so many people at most, and each reacts so often at most.
const CHEERING_UP_TO: usize = 4;
const CHEERS_UP_TO: usize = 6;
/// One line of so many is written by somebody on stage.
const ASIDE_ONE_OF: usize = 5;

/// The host's chair, with a bot in it until a visitor comes.
#[derive(Debug)]
struct Chair {
    person: Person,
    credentials: Credentials,
    /// Keeps the host present.
    follower: Follower,
    /// Whom the bot has muted, and until when.
    muted: Option<(String, Instant)>,
}

/// A show that is open.
#[derive(Debug)]
pub struct Demo {
    config: DemoConfig,
    door: Door,
    session: String,
    /// None where a visitor opened the session.
    chair: Option<Chair>,
    cast: Vec<Face>,
    /// Everybody has been on stage once.
    opened: bool,
    audience: Audience,
    speaker: Option<usize>,
    script: Script,
    chat: Deck,
    asides: Deck,
    wishes: Deck,
    played: Played,
}

impl Demo {
    /// Opens the session; stage and audience fill when it is played.
    pub async fn open(config: DemoConfig) -> Result<Self, Fault> {
        let door = Door::new(&config.base_url)?;
        let (session, chair) = match &config.session {
            Some(session) => (session.clone(), None),
            None => open_session(&door, config.setup_code.as_deref()).await?,
        };
        let (audience, script) = (Audience::new(config.viewers), Script::new(Instant::now(), config.turn));
        let (chat, asides, wishes) = (Deck::new(&CHAT), Deck::new(&ASIDES), Deck::new(&WISHES));
        let (cast, opened, speaker, played) = (Vec::new(), false, None, Played::default());
        Ok(Self {
            config,
            door,
            session,
            chair,
            cast,
            opened,
            audience,
            speaker,
            script,
            chat,
            asides,
            wishes,
            played,
        })
    }

    /// The session that is played.
    #[must_use]
    pub fn session(&self) -> &str {
        &self.session
    }

    /// With what a visitor signs in to take the host's chair; none where they have it already.
    #[must_use]
    pub fn host(&self) -> Option<&Credentials> {
        self.chair.as_ref().map(|chair| &chair.credentials)
    }

    /// Plays until it is stopped, the host ends it or all turns are over, then everybody goes home.
    pub async fn play(mut self) -> Result<Played, Fault> {
        let stop = self.config.stop.clone();
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !self.is_over() {
            let moment = async {
                ticks.tick().await;
                self.live(Instant::now()).await;
            };
            tokio::select! {
                () = moment => {}
                () = stop.cancelled() => break,
            }
        }
        self.go_home().await
    }

    fn is_over(&self) -> bool {
        self.config.turns.is_some_and(|turns| self.played.turns >= turns)
            || self.cast.iter().any(|face| face.ended)
    }

    /// The bot in the host's chair keeps its hands still once a visitor sits there.
    fn is_visited(&self) -> bool {
        self.chair.is_none() || self.config.visited.load(Ordering::Relaxed)
    }

    async fn live(&mut self, now: Instant) {
        self.gather(now).await;
        self.come_and_go(now).await;
        self.ask(now).await;
        self.answer(now).await;
        self.take_turns(now).await;
        self.change_places(now).await;
        self.mute_somebody(now).await;
        self.write(now).await;
        self.cheer(now).await;
    }

    /// One face and one viewer at a time, as people come.
    async fn gather(&mut self, now: Instant) {
        if let Some(drawn) = CAST.get(self.cast.len()) {
            match Face::arrive(&self.door, &self.session, (*drawn, drawn.name), now).await {
                Ok(face) => self.cast.push(face),
                Err(fault) => tracing::info!(%fault, "somebody comes later"),
            }
        }
        self.opened |= self.cast.len() == CAST.len() && self.cast.iter().all(Face::is_on_stage);
        for _ in 0..2 {
            self.audience.arrive(&self.door, &self.session).await;
        }
        if self.audience.is_full() && self.script.stir.comes(now) {
            self.audience.stir(&self.session).await;
        }
    }

    /// What happened to each face; whoever is away comes back in time.
    async fn come_and_go(&mut self, now: Instant) {
        let mut arrived = None;
        for (place, face) in self.cast.iter_mut().enumerate() {
            if face.live(&self.session, now).await {
                arrived = Some(place);
            }
            if let Place::Away { back_at, for_good } = face.place
                && back_at <= now
                && let Err(fault) = refill(&self.door, &self.session, (face, for_good), now).await
            {
                tracing::info!(%fault, "somebody stays away");
            }
        }
        if let Some(arrived) = arrived {
            self.greet(arrived).await;
        }
    }

    /// Somebody who is not speaking waves at who has just come up.
    async fn greet(&self, arrived: usize) {
        let others =
            self.cast.iter().enumerate().filter(|(place, face)| {
                face.is_on_stage() && *place != arrived && Some(*place) != self.speaker
            });
        let others: Vec<&Face> = others.map(|(_, face)| face).collect();
        if let Some(face) = others.get(below(others.len())) {
            face.wave().await;
        }
    }

    /// One asks at a time; where a visitor opened the session, everybody at once.
    async fn ask(&mut self, now: Instant) {
        let asking = self.cast.iter().filter(|face| matches!(face.place, Place::Asking { .. })).count();
        let most = if self.chair.is_none() { CAST.len() } else { 1 };
        if asking >= most {
            return;
        }
        let ready = |face: &&mut Face| matches!(face.place, Place::Watching { asks_at } if asks_at <= now);
        if let Some(face) = self.cast.iter_mut().find(ready) {
            face.ask(&self.session, self.wishes.draw(), now).await;
        }
    }

    /// The bot lets everybody up, and leaves it to a visitor once the stage was full; nobody waits for ever.
    async fn answer(&mut self, now: Instant) {
        let Some(chair) = &self.chair else { return };
        let seen_for = match (self.opened, self.is_visited()) {
            (false, _) => REQUEST_SEEN_AT_FIRST_FOR,
            (true, false) => REQUEST_SEEN_FOR,
            (true, true) => REQUEST_LEFT_FOR,
        };
        for face in &self.cast {
            let Place::Asking { request, since } = &face.place else { continue };
            if now.saturating_duration_since(*since) >= seen_for {
                // A visitor may have been quicker.
                let _answered = chair.person.answer_request(&self.session, request, true).await;
            }
        }
    }

    /// The next one speaks; at once where the speaker was muted or went.
    async fn take_turns(&mut self, now: Instant) {
        let speaks = self.speaker.and_then(|place| self.cast.get(place)).is_some_and(Face::may_speak);
        if !speaks {
            self.script.turn.hurry(now);
        }
        if !self.script.turn.comes(now) {
            return;
        }
        let last = self.speaker.take().unwrap_or_default();
        let able = |place: &usize| self.cast.get(*place).is_some_and(Face::may_speak);
        let next = self.in_round(last).find(able);
        if let Some(next) = next {
            self.speaker = Some(next);
            self.played.turns = self.played.turns.saturating_add(1);
        }
        for (place, face) in self.cast.iter().enumerate() {
            face.speak(Some(place) == next).await;
        }
    }

    /// Everybody once, beginning behind this one.
    fn in_round(&self, last: usize) -> impl Iterator<Item = usize> + use<> {
        let count = self.cast.len();
        (1..=count).filter_map(move |step| last.checked_add(step)?.checked_rem(count))
    }

    /// Now and then somebody makes room, and asks again later.
    async fn change_places(&mut self, now: Instant) {
        let on_stage = self.cast.iter().filter(|face| face.is_on_stage()).count();
        if !self.opened || on_stage <= ON_STAGE_AT_LEAST || !self.script.change.comes(now) {
            return;
        }
        let speaker = self.speaker;
        let others = self.cast.iter_mut().enumerate();
        let idle = others.filter(|(place, face)| face.is_on_stage() && Some(*place) != speaker);
        let mut idle: Vec<&mut Face> = idle.map(|(_, face)| face).collect();
        let chosen = below(idle.len());
        if let Some(face) = idle.get_mut(chosen) {
            face.step_down(&self.session, now).await;
        }
    }

    /// Now and then the bot in the host's chair mutes somebody, and asks them back.
    async fn mute_somebody(&mut self, now: Instant) {
        let visited = self.is_visited();
        let Some(chair) = &mut self.chair else { return };
        if let Some((whom, _)) = chair.muted.take_if(|(_, until)| visited || *until <= now) {
            let _gone_meanwhile = chair.person.mute(&self.session, &whom, MediaKind::Audio, false).await;
        }
        if visited || !self.opened || chair.muted.is_some() || !self.script.mute.comes(now) {
            return;
        }
        let quiet = |(place, face): &(usize, &Face)| face.may_speak() && Some(*place) != self.speaker;
        let quiet: Vec<&Face> = self.cast.iter().enumerate().filter(quiet).map(|(_, face)| face).collect();
        let Some(face) = quiet.get(below(quiet.len())) else { return };
        let whom = face.person.id.clone();
        if chair.person.mute(&self.session, &whom, MediaKind::Audio, true).await.is_ok() {
            chair.muted = Some((whom, super::after(now, MUTED_FOR)));
        }
    }

    async fn write(&mut self, now: Instant) {
        if !self.script.line.comes(now) {
            return;
        }
        let aside = below(ASIDE_ONE_OF) == 0;
        let place = below(self.cast.len());
        let face =
            self.cast.get(place).filter(|face| aside && face.is_on_stage() && self.speaker != Some(place));
        let (writer, words) = match face {
            Some(face) => (Some(&face.person), self.asides.draw()),
            None => (self.audience.anyone(), self.chat.draw()),
        };
        if let Some(writer) = writer
            && writer.say(&self.session, words).await.is_ok()
        {
            self.played.messages = self.played.messages.saturating_add(1);
        }
    }

    /// Several at once, with one mind.
    async fn cheer(&mut self, now: Instant) {
        if !self.script.cheer.comes(now) {
            return;
        }
        let kind = REACTIONS.get(below(REACTIONS.len())).copied().unwrap_or("heart");
        for _ in 0..=below(CHEERING_UP_TO) {
            let count = u32::try_from(below(CHEERS_UP_TO)).unwrap_or_default().saturating_add(1);
            if let Some(person) = self.audience.anyone()
                && person.react(&self.session, kind, count).await.is_ok()
            {
                self.played.reactions = self.played.reactions.saturating_add(1);
            }
        }
    }

    async fn go_home(self) -> Result<Played, Fault> {
        let Self { session, chair, cast, audience, played, .. } = self;
        let over = cast.iter().any(|face| face.ended);
        drop(audience);
        for face in cast {
            face.leave(&session).await;
        }
        if let Some(Chair { person, follower, .. }) = chair {
            if !over {
                person.end(&session).await?;
            }
            follower.close();
        }
        Ok(played)
    }
}

async fn open_session(door: &Door, setup_code: Option<&str>) -> Result<(String, Option<Chair>), Fault> {
    let (person, credentials) = sign_up_with(door, HOST, setup_code).await?;
    let settings = json!({ "max_guests": 20, "require_approval": true });
    let session = person.start_session(TITLE, "studio", settings).await?;
    person.join(&session).await?;
    let follower = Follower::open(&person, &session, None).await?;
    Ok((session, Some(Chair { person, credentials, follower, muted: None })))
}

/// The same person once more, or somebody else for whoever was sent away.
async fn refill(
    door: &Door,
    session: &str,
    (face, for_good): (&mut Face, bool),
    now: Instant,
) -> Result<(), Fault> {
    if !for_good {
        return face.come_back(session, now).await;
    }
    *face = Face::arrive(door, session, (face.drawn(), other_name(face.name)), now).await?;
    Ok(())
}

/// Whoever comes in somebody's place, and the other way round.
fn other_name(name: &str) -> &'static str {
    let pair = UNDERSTUDIES.iter().find(|(first, second)| *first == name || *second == name);
    pair.map_or("Sam", |(first, second)| if *first == name { second } else { first })
}
