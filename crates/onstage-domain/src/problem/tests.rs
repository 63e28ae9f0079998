//! Would catch two problems of one name, a name that is no address, and a status outside the map.

use std::collections::BTreeSet;

use super::*;

#[test]
fn codes_are_unique_and_name_their_slice() {
    let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(names.len(), Code::ALL.len());
    for name in names {
        let (slice, word) = name.split_once('/').unwrap();
        for part in [slice, word] {
            assert!(!part.is_empty(), "{name}");
            assert!(part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
        }
    }
}

#[test]
fn statuses_come_from_the_map() {
    let map = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 500, 503];
    for code in Code::ALL {
        assert!(map.contains(&code.status()), "{} says {}", code.name(), code.status());
        assert!(!code.title().is_empty() && !code.title().ends_with('.'), "{}", code.name());
    }
}

#[test]
fn a_full_stage_says_the_seeds_sentence() {
    assert_eq!(Problem::new(Code::StageFull).detail, "Maximum guests reached");
    assert_eq!(Problem::new(Code::StageFull).to_string(), "stage/full: Maximum guests reached");
}

#[test]
fn invalid_carries_every_field() {
    let field = |pointer: &str| FieldError {
        pointer: pointer.to_owned(),
        code: "missing".to_owned(),
        detail: "is needed".to_owned(),
    };
    let problem = Problem::invalid(vec![field("/title"), field("/mode")]);
    assert_eq!((problem.code, problem.errors.len()), (Code::Invalid, 2));
    assert_eq!(problem.retry_after_ms(5).retry_after_ms, Some(5));
}
