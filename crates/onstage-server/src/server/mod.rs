//! The server as the binary holds it: starts, answers its ports, gives out its router.

mod admin;
mod openapi;
mod ports;
mod start;

use std::net::IpAddr;
use std::sync::Arc;

use ::http::{Extensions, HeaderMap};
use axum::Router;
use utoipa_axum::router::OpenApiRouter;

pub use admin::Admin;
pub use openapi::openapi;

use crate::app::{App, World};
use crate::db::Db;
use crate::fault::Fault;
use crate::http;
use crate::meters::{self, Figures};
use crate::settings::Settings;
use crate::{accounts, chat, dialects, moderation, sessions, stage};

/// Everything behind the sockets. Cheap to clone.
#[derive(Clone)]
pub struct Server {
    app: Arc<App>,
}

impl Server {
    /// Opens and migrates the database and brings back what was true before: keys, alarms, desired media state.
    pub async fn start(settings: Settings, world: World) -> Result<Self, Fault> {
        meters::begin();
        let db = Db::open(&settings.database_url).await?;
        db.migrate().await?;
        let server = Self { app: Arc::new(App::new(settings, db, world)) };
        start::bring_back(&server.app).await?;
        Ok(server)
    }

    /// Rings alarms for ever; a test with a hand-wound clock calls [`Self::ring_due`] instead.
    pub async fn run_alarms(&self) {
        let app = Arc::clone(&self.app);
        let clock = Arc::clone(&app.clock);
        app.alarms.run(clock, |alarm| start::ring(&self.app, alarm)).await;
    }

    /// Rings every alarm that is due, and those that become due by it.
    pub async fn ring_due(&self) {
        loop {
            let due = self.app.alarms.take_due(self.app.clock.now());
            if due.is_empty() {
                return;
            }
            for alarm in due {
                start::ring(&self.app, alarm).await;
            }
        }
    }

    /// All REST routes, without layers and fallbacks: for a binary that merges several routers.
    pub fn routes(&self) -> Router {
        documented().split_for_parts().0.with_state(Arc::clone(&self.app))
    }

    /// Where a call comes from: as trusted proxies say, else as the connection does.
    pub fn address_of(&self, extensions: &Extensions, headers: &HeaderMap) -> IpAddr {
        http::ClientAddress::of(extensions, headers, &self.app.settings.trusted_proxies).0
    }

    /// Puts request ids, deadline, problems and headers around a router.
    pub fn dress(&self, router: Router) -> Router {
        http::dress(router, &self.app)
    }

    /// All REST routes, ready to serve alone.
    pub fn router(&self) -> Router {
        let routes = self.routes();
        self.dress(routes.fallback(http::nothing_here).method_not_allowed_fallback(http::method_not_allowed))
    }

    /// True when the database answers.
    pub async fn is_ready(&self) -> bool {
        self.app.db.ping().await.is_ok()
    }

    /// The code that makes the first operator, while there is none and the server is reached from outside.
    pub async fn setup_code(&self) -> Result<Option<String>, Fault> {
        accounts::service::setup_code(&self.app).await
    }

    /// What is true right now, for whoever plots it.
    pub async fn figures(&self) -> Result<Figures, Fault> {
        meters::figures(&self.app).await
    }

    /// Closes the database.
    pub async fn close(&self) -> Result<(), Fault> {
        self.app.db.close().await
    }
}

fn documented() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .merge(accounts::routes::routes())
        .merge(sessions::routes::routes())
        .merge(moderation::routes::routes())
        .merge(stage::routes::routes())
        .merge(chat::routes::routes())
        .merge(dialects::live::routes())
        .merge(dialects::socket::routes())
}
