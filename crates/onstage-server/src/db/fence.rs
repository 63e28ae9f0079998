//! Row-level security on PostgreSQL (ADR 0006): who a connection works for, and the role that a person's questions are
//! asked as. A second fence behind the checks in code.

use onstage_domain::UserId;
use sea_orm::{ConnectionTrait, DatabaseConnection};

use super::rows::{get, one, values};
use crate::fault::Fault;

/// Every connection of ours does the system's own work, until a transaction says for whom it asks.
pub(super) const SYSTEM: (&str, &str) = ("onstage.system", "on");

/// What a person's question may read: the fenced tables, and of others what the policies look at.
const READABLE: [&str; 5] = [
    "requests",
    "invitations",
    "sessions (id, owner_id)",
    "participants (session_id, user_id, role)",
    "session_settings (session_id, cohosts_manage_guests)",
];

/// Who the database takes us for.
struct Login {
    role: String,
    bypasses: bool,
}

/// Makes the role that questions are asked as; none where the database user may not make roles.
pub(super) async fn raise(db: &DatabaseConnection) -> Result<Option<String>, Fault> {
    let login = login(db).await?;
    match db.execute_unprepared(&make(&login.role)).await.map_err(Fault::from) {
        Ok(_) => Ok(Some(login.role)),
        Err(fault @ Fault::Unavailable(_)) => Err(fault),
        Err(fault) => {
            say_without(&login, &fault);
            Ok(None)
        }
    }
}

/// The policies hold for the owner of the tables, too: a role matters only to who bypasses policies.
fn say_without(login: &Login, fault: &Fault) {
    if login.bypasses { say_open(fault) } else { say_closed(fault) }
}

fn say_open(fault: &Fault) {
    tracing::warn!(%fault, "row-level security does not hold: the database user bypasses it and may make no role");
}

fn say_closed(fault: &Fault) {
    tracing::info!(%fault, "row-level security holds without a role of its own for questions");
}

/// Roles belong to the whole cluster, so the name says which database it is for.
async fn login(db: &DatabaseConnection) -> Result<Login, Fault> {
    let sql = "SELECT 'onstage_person_' || substr(md5(current_database()), 1, 12) AS role,
               (rolsuper OR rolbypassrls) AS bypasses FROM pg_roles WHERE rolname = current_user";
    let row = one(db, sql, values![]).await?;
    let row = row.ok_or_else(|| Fault::Unreadable("a database user without a role".to_owned()))?;
    Ok(Login { role: get(&row, "role")?, bypasses: get(&row, "bypasses")? })
}

/// One at a time, whichever node starts; a second time it changes nothing.
fn make(role: &str) -> String {
    let grants = READABLE.map(|place| match place.split_once(' ') {
        Some((table, columns)) => format!("GRANT SELECT {columns} ON {table} TO {role};"),
        None => format!("GRANT SELECT ON {place} TO {role};"),
    });
    format!(
        "DO $$ BEGIN
            PERFORM pg_advisory_xact_lock(hashtext('{role}'));
            IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN
                CREATE ROLE {role} NOLOGIN NOINHERIT;
            END IF;
            IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
                GRANT {role} TO CURRENT_USER;
            END IF;
            EXECUTE format('GRANT USAGE ON SCHEMA %I TO {role}', current_schema());
            {}
        END $$",
        grants.join("\n")
    )
}

/// From here to its end the transaction asks for this person: in their name, and as the role where there is one.
pub(super) async fn ask_for(
    db: &impl ConnectionTrait,
    role: Option<&str>,
    person: UserId,
) -> Result<(), Fault> {
    let person = person.uuid().to_string();
    match role {
        Some(role) => {
            let sql = "SELECT set_config('onstage.system', '', true), set_config('onstage.person', $1, true),
                       set_config('role', $2, true)";
            one(db, sql, values![person, role]).await
        }
        None => {
            let sql = "SELECT set_config('onstage.system', '', true), set_config('onstage.person', $1, true)";
            one(db, sql, values![person]).await
        }
    }
    .map(drop)
}
