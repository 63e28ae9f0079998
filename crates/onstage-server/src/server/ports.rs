//! The ports that other crates see.

use onstage_domain::media::MediaFact;
use onstage_domain::ports::{
    Ask, Authenticate, Credential, Execute, ObserveMedia, ObservePresence, Pending, ReadLog, TakeSnapshot,
};
use onstage_domain::problem::Problem;
use onstage_domain::reply::Snapshot;
use onstage_domain::sessions::Contact;
use onstage_domain::{Actor, Command, Envelope, IdempotencyKey, Place, Query, Reply, Seq, SessionId};

use super::Server;
use crate::outbox::log;
use crate::{attendance, dispatch};

impl Authenticate for Server {
    fn authenticate<'a>(&'a self, credential: Credential<'a>) -> Pending<'a, Result<Actor, Problem>> {
        Box::pin(self.app.authenticate(credential))
    }
}

impl Execute for Server {
    fn execute<'a>(
        &'a self,
        actor: &'a Actor,
        command: Command,
        key: Option<IdempotencyKey>,
    ) -> Pending<'a, Result<Reply, Problem>> {
        Box::pin(dispatch::execute(&self.app, actor, command, key))
    }
}

impl Ask for Server {
    fn ask<'a>(&'a self, actor: &'a Actor, query: Query) -> Pending<'a, Result<Reply, Problem>> {
        Box::pin(dispatch::ask(&self.app, actor, query))
    }
}

impl ReadLog for Server {
    fn read_log(
        &self,
        session: SessionId,
        since: Seq,
        limit: u32,
    ) -> Pending<'_, Result<Option<Vec<Envelope>>, Problem>> {
        Box::pin(async move { Ok(log::resume(&self.app.db, session, since, limit).await?) })
    }
}

impl TakeSnapshot for Server {
    fn take_snapshot<'a>(
        &'a self,
        actor: &'a Actor,
        session: SessionId,
    ) -> Pending<'a, Result<(Snapshot, Place), Problem>> {
        Box::pin(attendance::snapshot(&self.app, actor, session))
    }
}

impl ObservePresence for Server {
    fn observe_presence<'a>(
        &'a self,
        session: SessionId,
        actor: &'a Actor,
        present: bool,
    ) -> Pending<'a, ()> {
        Box::pin(attendance::observe(&self.app, session, actor, Contact::Socket(present)))
    }
}

impl ObserveMedia for Server {
    fn observe_media(&self, fact: MediaFact) -> Pending<'_, ()> {
        Box::pin(async move {
            let (session, seen) = (fact.session, fact.seen.clone());
            if let Err(problem) = attendance::media_fact(&self.app, fact).await {
                tracing::warn!(code = problem.code.name(), %session, ?seen, "a media fact could not be noted");
            }
        })
    }
}
