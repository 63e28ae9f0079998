//! Somebody with a face and a voice, from sign-up to the stage.

use std::time::Duration;

use crate::Fault;
use crate::api::{Door, Person, SignUp};
use crate::media::Person as Face;
use crate::rtc::{Report, RtcClient, State};

/// How long a guest waits to be let in (by a person, perhaps).
const LET_IN_WITHIN: Duration = Duration::from_secs(600);
/// How long until media flows.
const MEDIA_WITHIN: Duration = Duration::from_secs(20);

/// One member of the cast.
#[derive(Debug)]
pub(super) struct Guest {
    pub(super) person: Person,
    pub(super) face: Face,
    pub(super) client: Option<RtcClient>,
}

/// Opens an account under the name of a face, with a number behind it so that a second demo finds it free.
pub(super) async fn sign_up(door: &Door, name: &str, setup_code: Option<&str>) -> Result<Person, Fault> {
    let handle = format!("{}_{:05}", name.to_lowercase(), rand::random::<u16>());
    let password = format!("{:032x}", rand::random::<u128>());
    door.sign_up(SignUp { handle: &handle, display_name: name, password: &password, setup_code }).await
}

impl Guest {
    pub(super) fn new(person: Person, face: Face) -> Self {
        Self { person, face, client: None }
    }

    /// Joins the session and its media, as whoever one is there.
    pub(super) async fn enter(&mut self, session: &str) -> Result<(), Fault> {
        let joined = self.person.join(session).await?;
        let client = RtcClient::join(joined.media_options()?).await?;
        client.connected().await?;
        self.client = Some(client);
        Ok(())
    }

    /// Takes the seat as soon as it is held, and shows face and voice.
    pub(super) async fn go_on_stage(&self, session: &str) -> Result<(), Fault> {
        let client = self.client.as_ref().ok_or(Fault::Ended)?;
        client.wait("being let in", LET_IN_WITHIN, |report| report.may_publish.then_some(())).await?;
        self.person.go_on_stage(session).await?;
        self.show_up().await
    }

    /// Publishes face and voice.
    pub(super) async fn show_up(&self) -> Result<(), Fault> {
        let client = self.client.as_ref().ok_or(Fault::Ended)?;
        let film = self.face.film().map_err(|error| Fault::Media(error.to_string()))?;
        let voice = self.face.voice().map_err(|error| Fault::Media(error.to_string()))?;
        client.publish(Some(film), Some(voice)).await?;
        client.wait("media", MEDIA_WITHIN, |report| report.publishing.then_some(())).await
    }

    /// Everybody else's picture small, as in a grid of eight.
    pub(super) async fn look_at_grid(&self) -> Result<(), Fault> {
        let Some(client) = &self.client else { return Ok(()) };
        let sids: Vec<String> = client.look(|report| report.tracks.keys().cloned().collect());
        for sid in sids {
            client.wish_size(&sid, 320, 180).await?;
        }
        Ok(())
    }

    /// Whether still there (somebody may have been kicked by a visitor).
    pub(super) fn is_there(&self) -> bool {
        let gone = |report: &Report| matches!(report.state, State::Ended(_));
        self.client.as_ref().is_some_and(|client| !client.look(gone))
    }

    pub(super) async fn speak(&self, speaking: bool) {
        if let Some(client) = &self.client {
            // Somebody who was sent away says nothing.
            let _spoken = client.speak(speaking).await;
        }
    }

    pub(super) fn packets_received(&self) -> u64 {
        self.client.as_ref().map_or(0, |client| client.look(Report::packets_received))
    }

    /// Leaves media and session.
    pub(super) async fn leave(self, session: &str) {
        if let Some(client) = self.client {
            let _left = client.leave().await;
        }
        let _left = self.person.leave(session).await;
    }
}
