//! Would catch a start that is slow, silent, or leaves a secret readable; and a stop that cuts people off.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::running::Installation;

/// The promise is half a second; a busy machine that runs every test at once gets some more.
const START_MS_MOST: u64 = 5_000;

#[tokio::test]
async fn a_first_start_says_where_it_is_and_is_ready() {
    let installation = Installation::new();
    let server = installation.start();
    assert!(server.first_line.contains(&format!("http://{}", installation.address)), "{}", server.first_line);
    assert!(
        server.first_line.contains("other devices cannot use cameras without TLS"),
        "{}",
        server.first_line
    );
    assert_eq!(server.get("/healthz", "").await["status"], "alive");
    assert_eq!(server.get("/readyz", "").await["status"], "ready");
    assert!(server.ready_after < Duration::from_millis(START_MS_MOST), "{:?}", server.ready_after);
    assert!(server.stop(), "{}", installation.log());
}

#[tokio::test]
async fn a_second_start_is_quick_and_keeps_what_the_first_one_made() {
    let installation = Installation::new();
    let server = installation.start();
    let ada = server.sign_up("ada").await;
    assert!(server.stop());
    let secrets = std::fs::read(installation.folder.path().join("data/secrets.toml")).unwrap();
    let again = installation.start();
    assert!(again.ready_after < Duration::from_millis(START_MS_MOST), "{:?}", again.ready_after);
    assert_eq!(std::fs::read(installation.folder.path().join("data/secrets.toml")).unwrap(), secrets);
    assert_eq!(again.get("/v1/me", &ada).await["account"]["handle"], "ada");
}

#[tokio::test]
async fn what_is_secret_is_the_owners_alone() {
    let installation = Installation::new();
    let server = installation.start();
    server.sign_up("ada").await;
    let folder = installation.folder.path().join("data");
    assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let entry = entry.unwrap();
        names.push(entry.file_name().into_string().unwrap());
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
    }
    assert!(
        names.contains(&"secrets.toml".to_owned()) && names.contains(&"onstage.db".to_owned()),
        "{names:?}"
    );
}

#[test]
fn a_setting_nobody_knows_stops_the_start_by_name() {
    let installation = Installation::new().with("ONSTAGE_SERVER_LISTNE", "127.0.0.1:1");
    let output = installation.run(&["serve"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains("ONSTAGE_SERVER_LISTNE"), "{told}");
    assert!(!installation.folder.path().join("data").exists(), "a wrong start leaves nothing behind");
}

#[test]
fn a_setting_whose_feature_is_not_built_stops_the_start_by_name() {
    let output = Installation::new().with("REDIS_URL", "redis://example").run(&["serve"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && told.contains("REDIS_URL") && told.contains("not built yet"),
        "{told}"
    );
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = Installation::new().with("ONSTAGE_SERVER_LISTEN", &address).run(&["serve"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains(&address), "{told}");
}

#[test]
fn every_command_explains_itself() {
    let installation = Installation::new();
    let text = |arguments: &[&str]| String::from_utf8(installation.run(arguments).stdout).unwrap();
    let help = text(&["--help"]);
    for command in ["serve", "demo", "migrate", "admin", "check-config", "openapi"] {
        assert!(help.contains(command), "{command} in {help}");
        assert!(text(&[command, "--help"]).contains("Usage: onstage"), "{command} --help");
    }
    let settings = text(&["check-config"]);
    assert!(settings.contains(&format!("server.listen = {}", installation.address)), "{settings}");
}

#[test]
fn the_database_can_be_brought_up_to_date_by_itself() {
    let installation = Installation::new();
    let text = |output: std::process::Output| String::from_utf8(output.stdout).unwrap();
    assert!(text(installation.run(&["migrate"])).contains("migrations ran"));
    assert!(text(installation.run(&["migrate"])).starts_with("0 migrations ran"));
}

#[tokio::test]
async fn an_operator_is_made_beside_a_running_server() {
    let installation = Installation::new();
    let server = installation.start();
    server.sign_up("ada").await;
    let bob = server.sign_up("bob").await;
    assert_eq!(server.call(Method::GET, "/v1/accounts", &bob, Value::Null).await.0, 403);
    assert!(installation.run(&["admin", "grant-operator", "bob"]).status.success());
    assert_eq!(server.call(Method::GET, "/v1/accounts", &bob, Value::Null).await.0, 200);
    let copy = installation.folder.path().join("copy.db");
    assert!(installation.run(&["admin", "backup", copy.to_str().unwrap()]).status.success());
    assert!(std::fs::metadata(copy).unwrap().len() > 0);
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_tells_its_clients() {
    let installation = Installation::new();
    let server = installation.start();
    let ada = server.sign_up("ada").await;
    let session = server.go_live(&ada).await;
    let mut socket = server.socket(&ada).await;
    socket.subscribe(&session, None).await;
    let stopped = tokio::task::spawn_blocking(move || server.stop());
    let closed = loop {
        if let Err(code) = socket.next().await {
            break code;
        }
    };
    assert_eq!(closed, 1012);
    assert!(stopped.await.unwrap());
}

#[tokio::test]
async fn pages_are_the_apps_and_everything_else_is_a_problem() {
    let installation = Installation::new();
    let server = installation.start();
    let http = reqwest::Client::new();
    for path in [
        "/v1/nothing",
        "/live/nothing",
        "/problems/no/page",
        "/assets/gone.js",
        "/api/x",
        "/metrics",
        "/ws/x",
        "/functions/x",
        "/.env",
        "/.git/config",
        "/%2eenv",
        "/wp-login.php",
        "/s/.git/config",
    ] {
        let response = http.get(format!("{}{path}", server.url)).send().await.unwrap();
        assert_eq!(response.status(), 404, "{path}");
        assert_eq!(response.headers()["content-type"], "application/problem+json", "{path}");
    }
    let page = http.get(format!("{}/problems/stage/full", server.url)).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("Maximum guests reached"));
    let response = http.get(format!("{}/some/page", server.url)).send().await.unwrap();
    let headers = response.headers();
    assert!(headers["content-security-policy"].to_str().unwrap().contains("script-src 'self'"));
    assert!(headers["permissions-policy"].to_str().unwrap().contains("camera=(self)"));
    assert_eq!(headers["x-content-type-options"], "nosniff");
}

#[tokio::test]
async fn a_page_of_another_site_cannot_use_the_cookie() {
    let installation = Installation::new();
    let server = installation.start();
    server.sign_up("ada").await;
    let http = reqwest::Client::new();
    let body = json!({ "handle": "ada", "password": "long enough", "cookie": true });
    let signed = http.post(format!("{}/v1/tokens", server.url)).json(&body).send().await.unwrap();
    let cookie = signed.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let refresh = |origin: &'static str| {
        let request = http.post(format!("{}/v1/tokens/refresh", server.url)).header("cookie", &cookie);
        request.header("origin", origin).json(&json!({})).send()
    };
    assert_eq!(refresh("https://evil.example").await.unwrap().status(), 404);
    let own: &'static str = Box::leak(server.url.clone().into_boxed_str());
    assert_eq!(refresh(own).await.unwrap().status(), 200);
}
