//! Would catch a call without a name of its own, without its problem, or one that is open by mistake.

use std::collections::BTreeSet;

use super::*;

#[test]
fn every_call_has_a_name_of_its_own_and_may_answer_with_a_problem() {
    let mut names = BTreeSet::new();
    for operation in openapi().paths.paths.values_mut().flat_map(operations) {
        let name = operation.operation_id.clone().unwrap();
        assert!(operation.responses.responses.contains_key("default"), "{name}");
        assert!(operation.summary.is_some(), "{name} says nothing about itself");
        assert!(names.insert(name.clone()), "{name} twice");
    }
}

#[test]
fn only_what_hands_tokens_out_or_shows_what_is_public_is_open() {
    let mut api = openapi();
    let open: BTreeSet<String> = api
        .paths
        .paths
        .values_mut()
        .flat_map(operations)
        .filter(|operation| operation.security.is_some())
        .filter_map(|operation| operation.operation_id.clone())
        .collect();
    let expected = [
        "accounts_sign_up",
        "live_active",
        "live_participants",
        "live_session",
        "tokens_anonymous",
        "tokens_refresh",
        "tokens_sign_in",
    ];
    assert_eq!(open, expected.map(str::to_owned).into());
}
