//! Would catch a database file that others can read, a reader that can write, a transaction that stays after a drop.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::*;

fn mode_of(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

async fn fresh(folder: &Path) -> Db {
    let db = Db::open(&format!("sqlite://{}", folder.join("inner/onstage.db").display())).await.unwrap();
    db.migrate().await.unwrap();
    db
}

#[tokio::test]
async fn files_belong_to_their_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let db = fresh(folder.path()).await;
    let inner = folder.path().join("inner");
    assert_eq!(mode_of(&inner), 0o700);
    for entry in std::fs::read_dir(&inner).unwrap() {
        assert_eq!(mode_of(&entry.unwrap().path()), 0o600);
    }
    assert_eq!(db.pending_migrations().await.unwrap(), 0);
}

#[tokio::test]
async fn readers_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let db = fresh(folder.path()).await;
    let written = run(db.reader(), "DELETE FROM accounts", values![]).await;
    assert!(matches!(written, Err(Fault::Database(_))), "{written:?}");
}

#[tokio::test]
async fn a_dropped_change_never_happened_and_a_repeated_key_is_told_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let db = fresh(folder.path()).await;
    let insert = "INSERT INTO secrets (name, secret, created_at) VALUES ($1, $2, $3)";
    let dropped = db.begin().await.unwrap();
    run(&*dropped, insert, values!["a", vec![1_u8], 1_i64]).await.unwrap();
    drop(dropped);
    let tx = db.begin().await.unwrap();
    run(&*tx, insert, values!["a", vec![1_u8], 1_i64]).await.unwrap();
    let again = run(&*tx, insert, values!["a", vec![1_u8], 1_i64]).await;
    assert!(matches!(again, Err(Fault::Taken(_))), "{again:?}");
}
