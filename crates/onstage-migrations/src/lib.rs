//! The database's history, in order: each migration written out column by column, a released one never changes.

mod columns;
mod m0001_people;
mod m0002_sessions;
mod m0003_log;
mod m0004_course;
mod m0005_fence;
mod m0006_gift_switch;
mod m0007_devices;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::MigrationTrait;

/// All migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_people::Migration),
            Box::new(m0002_sessions::Migration),
            Box::new(m0003_log::Migration),
            Box::new(m0004_course::Migration),
            Box::new(m0005_fence::Migration),
            Box::new(m0006_gift_switch::Migration),
            Box::new(m0007_devices::Migration),
        ]
    }
}
