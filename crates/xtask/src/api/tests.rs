//! Would catch a check that calls a stale contract fresh.

use super::*;

/// A folder of this test's own, with a program in it that answers like the binary: it says its arguments.
fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("xtask-api-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn what_was_written_is_fresh_until_the_binary_says_otherwise() {
    let folder = folder("fresh");
    let echo = Path::new("/bin/echo");
    assert!(
        refresh(&folder, true, Some(echo))
            .unwrap_err()
            .starts_with("api/openapi.json, api/events.schema.json")
    );
    refresh(&folder, false, Some(echo)).unwrap();
    assert_eq!(fs::read_to_string(folder.join("api/problems.json")).unwrap(), "openapi --problems\n");
    assert_eq!(refresh(&folder, true, Some(echo)), Ok(()));
    fs::write(folder.join("api/problems.json"), "older\n").unwrap();
    assert!(refresh(&folder, true, Some(echo)).unwrap_err().starts_with("api/problems.json is stale"));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_binary_that_fails_is_named() {
    let folder = folder("fails");
    assert!(
        refresh(&folder, false, Some(Path::new("/bin/false")))
            .unwrap_err()
            .starts_with("onstage openapi failed")
    );
    fs::remove_dir_all(folder).unwrap();
}
