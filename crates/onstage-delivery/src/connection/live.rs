//! What a client of S3 wants: one session on one socket, `action` in, `type` out.

use onstage_dialects::socket::{Action, ActionError, Signal, error_frame, parse_action, pong_frame};
use onstage_domain::problem::Problem;
use onstage_domain::sessions::Status;
use onstage_domain::{Actor, Command, Seq, SessionId};
use serde_json::Value;

use super::reader::Reader;
use crate::language::Opening;
use crate::line::Closing;

/// Events before the end that somebody hears who comes after it: the end itself is among them.
const LAST_WORDS_MAX: i64 = 16;

impl Reader {
    /// First frame, history or what was missed, then live; a session that is over says so and closes.
    pub(super) async fn begin_live(&mut self, opening: Opening, since: Option<Seq>) {
        let Some(actor) = self.actor.clone() else { return };
        let over = opening.snapshot.session.status == Status::Ended;
        let last_words = Seq(opening.snapshot.seq.0.saturating_sub(LAST_WORDS_MAX).max(0));
        let since = since.or_else(|| over.then_some(last_words));
        if let Err(problem) = self.catch_up(&actor, opening, since).await {
            tracing::debug!(code = problem.code.name(), "a socket could not begin");
            self.line.close(Closing::SLOW);
        }
        if over {
            self.line.close(Closing::ENDED);
        }
    }

    pub(super) async fn take_action(&mut self, text: &str) {
        let Some((actor, session)) = self.actor.clone().zip(self.only_session()) else { return };
        match parse_action(text, session, actor.user_id) {
            Ok(Action::Ping) => {
                let now = (self.hub.ports.now)();
                self.line.answer(pong_frame(now)).await;
            }
            Ok(Action::SignOfLife) => {}
            Ok(Action::Command(command)) => {
                // The socket is the only way these clients come in: the first action waits for that.
                self.hub.presence.settled(session, actor.user_id).await;
                self.act(&actor, text, command).await;
            }
            Ok(Action::Signal(signal)) => self.signal(&actor, session, signal).await,
            Err(ActionError { action, problem }) => {
                self.misunderstood(error_frame(action.as_deref(), &problem)).await;
            }
        }
    }

    /// What an action changed is told by its event; a refusal is told here.
    async fn act(&self, actor: &Actor, text: &str, command: Command) {
        if let Err(problem) = self.hub.ports.execute.execute(actor, command, None).await {
            self.refuse(action_of(text).as_deref(), &problem).await;
        }
    }

    async fn refuse(&self, action: Option<&str>, problem: &Problem) {
        self.line.answer(error_frame(action, problem)).await;
    }

    async fn signal(&mut self, actor: &Actor, session: SessionId, signal: Signal) {
        if let Err(problem) = self.relay(actor, session, signal).await {
            self.refuse(Some("webrtc_signal"), &problem).await;
        }
    }
}

/// The word of an action that was understood.
fn action_of(text: &str) -> Option<String> {
    let frame: Value = serde_json::from_str(text).ok()?;
    frame.get("action")?.as_str().map(str::to_owned)
}
