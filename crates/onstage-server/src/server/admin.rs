//! What `onstage admin` and `onstage migrate` do: beside a running server or without one.

use std::path::Path;
use std::sync::Arc;

use onstage_domain::accounts::AccountView;
use onstage_domain::problem::Problem;

use crate::accounts;
use crate::app::{App, World};
use crate::db::Db;
use crate::fault::Fault;
use crate::settings::Settings;

/// Administration on the database itself.
pub struct Admin {
    app: Arc<App>,
}

impl Admin {
    /// Opens the database as it is, without migrating it.
    pub async fn open(settings: Settings, world: World) -> Result<Self, Fault> {
        let db = Db::open(&settings.database_url).await?;
        Ok(Self { app: Arc::new(App::new(settings, db, world)) })
    }

    /// Brings the tables up to date; answers how many migrations ran.
    pub async fn migrate(&self) -> Result<usize, Fault> {
        let pending = self.app.db.pending_migrations().await?;
        self.app.db.migrate().await?;
        Ok(pending)
    }

    /// A new key signs access tokens from now on; old tokens are good until they expire.
    pub async fn rotate_keys(&self) -> Result<(), Fault> {
        accounts::service::rotate_keys(&self.app.db, &*self.app.dice, self.app.clock.now()).await
    }

    /// Makes an existing account an operator.
    pub async fn grant_operator(&self, handle: &str) -> Result<AccountView, Problem> {
        accounts::service::grant_operator(&self.app, handle).await
    }

    /// A code that lets one person sign up.
    pub async fn create_invite(&self) -> Result<String, Problem> {
        accounts::service::create_invite(&self.app).await
    }

    /// Writes a copy of a SQLite database while it runs.
    pub async fn backup(&self, to: &Path) -> Result<(), Fault> {
        self.app.db.backup(to).await
    }
}
