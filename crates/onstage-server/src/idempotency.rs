//! A client's name for an attempt: the second arrival answers as the first did, another body under it is refused.

use onstage_domain::chat::MessageView;
use onstage_domain::problem::{Code, Problem};
use onstage_domain::sessions::SessionView;
use onstage_domain::stage::{ParticipantView, RequestView};
use onstage_domain::{Actor, At, Command, IdempotencyKey, Reply, UserId};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::db::{Db, Tx, get, one, run, values};
use crate::fault::Fault;

/// How long a key is remembered.
pub(crate) const KEY_KEPT_MS: i64 = 24 * 3_600_000;

/// One attempt of one person, with a key or without.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    user: UserId,
    key: Option<IdempotencyKey>,
    fingerprint: Vec<u8>,
}

/// Replies that are told again word by word; the others are made afresh.
#[derive(Serialize, Deserialize)]
enum Kept {
    Session(Box<SessionView>),
    Request(RequestView, Option<ParticipantView>),
    Message(MessageView),
}

impl Attempt {
    pub(crate) fn new(actor: &Actor, key: Option<IdempotencyKey>, command: &Command) -> Self {
        let fingerprint = Sha256::digest(format!("{command:?}")).to_vec();
        Self { user: actor.user_id, key, fingerprint }
    }

    /// The first reply, where there was one; the place for it otherwise. Inside the change's transaction.
    pub(crate) async fn recall(&self, tx: &Tx, now: At) -> Result<Option<Reply>, Problem> {
        let Some(key) = &self.key else { return Ok(None) };
        let forgotten = "DELETE FROM idempotency_keys WHERE user_id = $1 AND key = $2 AND created_at <= $3";
        run(&**tx, forgotten, values![self.user.uuid(), key.as_str(), now.plus_ms(-KEY_KEPT_MS).0]).await?;
        let place = "INSERT INTO idempotency_keys (user_id, key, fingerprint, created_at)
                     VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        let placed =
            run(&**tx, place, values![self.user.uuid(), key.as_str(), self.fingerprint.clone(), now.0])
                .await?;
        if placed > 0 { Ok(None) } else { self.first_reply(tx, key).await }
    }

    /// For what answers afresh each time: only refuses a key that belongs to another body.
    pub(crate) async fn check(&self, app: &App) -> Result<(), Problem> {
        if self.key.is_none() {
            return Ok(());
        }
        let tx = app.db.begin().await?;
        self.recall(&tx, app.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    async fn first_reply(&self, tx: &Tx, key: &IdempotencyKey) -> Result<Option<Reply>, Problem> {
        let sql = "SELECT fingerprint, reply FROM idempotency_keys WHERE user_id = $1 AND key = $2";
        let Some(row) = one(&**tx, sql, values![self.user.uuid(), key.as_str()]).await? else {
            return Ok(None);
        };
        if get::<Vec<u8>>(&row, "fingerprint")? != self.fingerprint {
            return Err(Problem::new(Code::KeyReused));
        }
        let reply: Option<serde_json::Value> = get(&row, "reply")?;
        let Some(reply) = reply else { return Ok(None) };
        let kept = serde_json::from_value(reply).map_err(|error| Fault::Unreadable(error.to_string()))?;
        Ok(Some(match kept {
            Kept::Session(view) => Reply::Session(view),
            Kept::Request(request, participant) => Reply::Request(request, participant),
            Kept::Message(message) => Reply::Message(message),
        }))
    }

    /// Keeps the reply for the next arrival.
    pub(crate) async fn remember(&self, tx: &Tx, reply: &Reply) -> Result<(), Fault> {
        let (Some(key), Some(kept)) = (&self.key, kept(reply)) else { return Ok(()) };
        let reply = serde_json::to_value(kept).map_err(|error| Fault::Unreadable(error.to_string()))?;
        let sql = "UPDATE idempotency_keys SET reply = $3 WHERE user_id = $1 AND key = $2";
        run(&**tx, sql, values![self.user.uuid(), key.as_str(), reply]).await.map(drop)
    }
}

fn kept(reply: &Reply) -> Option<Kept> {
    match reply {
        Reply::Session(view) => Some(Kept::Session(view.clone())),
        Reply::Request(request, participant) => Some(Kept::Request(request.clone(), participant.clone())),
        Reply::Message(message) => Some(Kept::Message(message.clone())),
        Reply::Done
        | Reply::Account(_)
        | Reply::Accounts(_)
        | Reply::Audit(_)
        | Reply::Sessions(_)
        | Reply::Joined(_)
        | Reply::Ended(..)
        | Reply::Stats(..)
        | Reply::Analytics(_)
        | Reply::Kicked { .. }
        | Reply::Requests(_)
        | Reply::Invitation(..)
        | Reply::Invitations(_)
        | Reply::Participant { .. }
        | Reply::People(_)
        | Reply::Enforced(_)
        | Reply::Until(_)
        | Reply::Messages(_)
        | Reply::History(_)
        | Reply::Events(..) => None,
    }
}

/// Forgets keys of yesterday.
pub(crate) async fn forget_old(db: &Db, now: At) -> Result<(), Fault> {
    let tx = db.begin().await?;
    run(&*tx, "DELETE FROM idempotency_keys WHERE created_at <= $1", values![now.plus_ms(-KEY_KEPT_MS).0])
        .await?;
    tx.commit().await
}
