//! What a client of `/v1/events` wants: to sign in, to hear sessions, to change something.

use onstage_dialects::v1::{ClientFrame, FrameError, Wish, ok_frame, parse_frame, problem_frame, verb};
use onstage_domain::ports::Credential;
use onstage_domain::problem::{Code, Problem};
use onstage_domain::{Actor, Seq, SessionId};
use serde_json::Value;

use super::reader::Reader;
use crate::line::Closing;

impl Reader {
    pub(super) async fn take_v1(&mut self, text: &str) {
        match parse_frame(text) {
            Ok(frame) => self.carry_out(frame).await,
            Err(FrameError { id, problem }) => self.unread(id.as_ref(), &problem).await,
        }
    }

    async fn unread(&mut self, id: Option<&Value>, problem: &Problem) {
        self.misunderstood(problem_frame(id, problem)).await;
    }

    async fn carry_out(&mut self, ClientFrame { id, wish }: ClientFrame) {
        if let Wish::Authenticate { access_token } = &wish {
            return self.authenticate(id.as_ref(), access_token).await;
        }
        let Some(actor) = self.actor.clone() else {
            return self.unread(id.as_ref(), &Problem::new(Code::Unauthenticated)).await;
        };
        match wish {
            Wish::Authenticate { .. } => {}
            Wish::Subscribe { session, since } => self.subscribe(id.as_ref(), &actor, (session, since)).await,
            Wish::Unsubscribe { session } => self.unsubscribe(id.as_ref(), session).await,
            Wish::Command { name, data } => self.command(id.as_ref(), &actor, (name, data)).await,
            Wish::Ping => {
                self.line.answer(ok_frame(id.as_ref(), Value::Bool(true))).await;
            }
        }
    }

    async fn authenticate(&mut self, id: Option<&Value>, token: &str) {
        let known = self.hub.ports.authenticate.authenticate(Credential::Either(token)).await;
        let same = |actor: &Actor| self.actor.as_ref().is_none_or(|before| before.user_id == actor.user_id);
        match known {
            Ok(actor) if same(&actor) => {
                let answer = match self.registered.belongs_to(&actor) {
                    Ok(()) => {
                        self.actor = Some(actor);
                        ok_frame(id, Value::Bool(true))
                    }
                    Err(problem) => problem_frame(id, &problem),
                };
                self.line.answer(answer).await;
            }
            Ok(_) => self.unread(id, &Problem::new(Code::IdentityMismatch)).await,
            Err(problem) => {
                self.line.answer(problem_frame(id, &problem)).await;
                if self.actor.is_none() {
                    self.line.close(Closing::TOKEN);
                }
            }
        }
    }

    async fn command(&self, id: Option<&Value>, actor: &Actor, (name, data): (String, Value)) {
        let answer = match self.execute(actor, &name, data).await {
            Ok(ok) => ok_frame(id, ok),
            Err(problem) => problem_frame(id, &problem),
        };
        self.line.answer(answer).await;
    }

    async fn execute(&self, actor: &Actor, name: &str, data: Value) -> Result<Value, Problem> {
        let verb = verb(name).ok_or_else(|| Problem::new(Code::UnknownCommand))?;
        let command = verb.parse(data, actor.user_id)?;
        let reply = self.hub.ports.execute.execute(actor, command, None).await?;
        verb.render(reply)
    }

    async fn subscribe(&mut self, id: Option<&Value>, actor: &Actor, wish: (SessionId, Option<Seq>)) {
        let (session, since) = wish;
        let known = self.subscriptions.contains_key(&session);
        if !known && self.subscriptions.len() >= self.hub.limits.subscriptions {
            let problem = Problem::because(Code::TooFast, "this socket listens to too many sessions");
            self.line.answer(problem_frame(id, &problem)).await;
            return;
        }
        if let Err(problem) = self.answer_subscription(id, actor, (session, since)).await {
            self.subscriptions.remove(&session);
            self.line.answer(problem_frame(id, &problem)).await;
        }
    }

    async fn answer_subscription(
        &mut self,
        id: Option<&Value>,
        actor: &Actor,
        (session, since): (SessionId, Option<Seq>),
    ) -> Result<(), Problem> {
        let opening = self.enter(actor, session).await?;
        self.line.answer(ok_frame(id, Value::Bool(true))).await;
        self.catch_up(actor, opening, since).await
    }

    async fn unsubscribe(&mut self, id: Option<&Value>, session: SessionId) {
        if let Some(subscription) = self.subscriptions.remove(&session) {
            subscription.room.line.leave(self.line.id()).await;
        }
        self.line.answer(ok_frame(id, Value::Bool(true))).await;
    }
}
