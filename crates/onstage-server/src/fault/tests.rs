//! Would catch a fault whose text leaves, or a passing one that is told as final.

use super::*;

#[test]
fn passing_faults_say_when_to_come_back_and_keep_their_text() {
    let problem = Problem::from(Fault::Unavailable("secret host".to_owned()));
    assert_eq!(problem.code, Code::TryLater);
    assert_eq!(problem.retry_after_ms, Some(RETRY_AFTER_MS));
    assert!(!problem.detail.contains("secret"));
}

#[test]
fn final_faults_keep_their_text() {
    let problem = Problem::from(Fault::Database("secret table".to_owned()));
    assert_eq!(problem.code, Code::Fault);
    assert!(!problem.detail.contains("secret"));
}

#[test]
fn extended_sqlite_codes_pass_like_their_primary_code() {
    assert!(is_extended("261"), "SQLITE_BUSY_RECOVERY");
    assert!(is_extended("778"), "SQLITE_IOERR_WRITE");
    assert!(!is_extended("2067"), "SQLITE_CONSTRAINT_UNIQUE");
    assert!(!is_extended("40001"));
}
