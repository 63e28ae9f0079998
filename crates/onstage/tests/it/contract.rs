//! Would catch an API description in `api/` that is not the one the binary gives.

use std::path::Path;

use crate::running::Installation;

#[test]
fn what_is_committed_is_what_the_binary_says() {
    let installation = Installation::new();
    for (file, arguments) in [
        ("openapi.json", &["openapi"][..]),
        ("events.schema.json", &["openapi", "--events"]),
        ("problems.json", &["openapi", "--problems"]),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../api").join(file);
        let committed = std::fs::read_to_string(path).unwrap();
        let said = String::from_utf8(installation.run(arguments).stdout).unwrap();
        assert!(
            committed.trim_end() == said.trim_end(),
            "api/{file} is stale: run `cargo xtask api` and commit it"
        );
    }
}

#[test]
fn every_call_of_the_contract_is_described() {
    let installation = Installation::new();
    let said = String::from_utf8(installation.run(&["openapi"]).stdout).unwrap();
    let api: serde_json::Value = serde_json::from_str(&said).unwrap();
    let session = "/v1/sessions/{id}";
    let calls = [
        ("post", "/v1/accounts".to_owned()),
        ("post", "/v1/tokens".to_owned()),
        ("delete", "/v1/tokens".to_owned()),
        ("post", "/v1/tokens/refresh".to_owned()),
        ("post", "/v1/tokens/anonymous".to_owned()),
        ("get", "/v1/me".to_owned()),
        ("patch", "/v1/me".to_owned()),
        ("delete", "/v1/me".to_owned()),
        ("post", "/v1/tickets".to_owned()),
        ("post", "/v1/sessions".to_owned()),
        ("get", "/v1/sessions".to_owned()),
        ("get", session.to_owned()),
        ("patch", session.to_owned()),
        ("post", format!("{session}/join")),
        ("post", format!("{session}/leave")),
        ("post", format!("{session}/end")),
        ("post", format!("{session}/requests")),
        ("get", format!("{session}/requests")),
        ("post", format!("{session}/invitations")),
        ("get", format!("{session}/people")),
        ("post", format!("{session}/people/me/go_on_stage")),
        ("post", format!("{session}/messages")),
        ("get", format!("{session}/messages")),
        ("post", format!("{session}/reactions")),
        ("get", format!("{session}/events")),
        ("post", "/live/start".to_owned()),
        ("get", "/live/active".to_owned()),
    ];
    for (method, path) in calls {
        assert!(api["paths"][&path][method].is_object(), "{method} {path}");
    }
}
