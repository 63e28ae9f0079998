//! The binary on each database there is, shared by the tests that run at the same time.

use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Weak};

use reqwest::{Client as Http, StatusCode};
use sea_orm::{ConnectionTrait as _, Database};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::client::Client;
use crate::running::{Api, Installation, PATIENCE, Running};

/// A server and its database.
struct House {
    running: Running,
    /// Lives as long as the server.
    _installation: Installation,
    _schema: Option<Schema>,
}

struct Schema {
    url: String,
    name: String,
}

impl Drop for Schema {
    fn drop(&mut self) {
        let (url, statement) = (self.url.clone(), format!("DROP SCHEMA {} CASCADE", self.name));
        // In a thread of its own, because a test's runtime cannot wait here.
        let dropped = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap()
                .block_on(sql(&url, &statement));
        });
        let _left_behind = dropped.join();
    }
}

async fn sql(url: &str, statement: &str) {
    let db = Database::connect(url).await.unwrap();
    db.execute_unprepared(statement).await.unwrap();
    db.close().await.unwrap();
}

static SQLITE: Mutex<Weak<House>> = Mutex::const_new(Weak::new());
static POSTGRES: Mutex<Weak<House>> = Mutex::const_new(Weak::new());
/// So that people of different tests have different names.
static NEXT: AtomicU32 = AtomicU32::new(0);

fn next() -> u32 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The one that other tests use now, or a new one.
async fn shared(place: &Mutex<Weak<House>>, postgres: Option<&str>) -> Arc<House> {
    let mut known = place.lock().await;
    if let Some(house) = known.upgrade() {
        return house;
    }
    let house = Arc::new(open(postgres).await);
    *known = Arc::downgrade(&house);
    house
}

async fn open(postgres: Option<&str>) -> House {
    let installation = Installation::new().with("ONSTAGE_LIMITS_ENABLED", "false");
    let Some(url) = postgres else {
        let running = installation.start();
        return House { running, _installation: installation, _schema: None };
    };
    let name = format!("test_seeds_{}_{}", std::process::id(), next());
    sql(url, &format!("CREATE SCHEMA {name}")).await;
    let mark = if url.contains('?') { '&' } else { '?' };
    let installation =
        installation.with("DATABASE_URL", &format!("{url}{mark}options=-csearch_path%3D{name}"));
    let running = installation.start();
    House { running, _installation: installation, _schema: Some(Schema { url: url.to_owned(), name }) }
}

/// A show of one host at one server, as this test sees it.
pub(super) struct Show {
    /// Runs for as long as a test uses it.
    _house: Arc<House>,
    api: Api,
    pub(super) id: String,
    pub(super) host: Person,
}

/// Somebody with an account.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) id: String,
    pub(super) handle: String,
    pub(super) token: String,
}

/// A show on each database.
pub(super) async fn shows() -> Vec<Show> {
    let mut shows = vec![Show::begin(shared(&SQLITE, None).await).await];
    if let Ok(url) = std::env::var("ONSTAGE_TEST_POSTGRES_URL") {
        shows.push(Show::begin(shared(&POSTGRES, Some(&url)).await).await);
    }
    shows
}

impl Show {
    async fn begin(house: Arc<House>) -> Self {
        let nobody = Person { id: String::new(), handle: String::new(), token: String::new() };
        let api = Api { http: Http::new(), url: house.running.url.clone() };
        let mut show = Self { _house: house, api, id: String::new(), host: nobody };
        show.host = show.person("host").await;
        let start = json!({ "title": "Friday night", "session_type": "camera", "allow_guests": true });
        let started = show.post("/live/start", &show.host.token, start).await;
        show.id = started["id"].as_str().unwrap().to_owned();
        show
    }

    pub(super) async fn person(&self, name: &str) -> Person {
        let handle = format!("{name}_{}", next());
        let body = json!({ "handle": handle, "password": "long enough", "display_name": name });
        let made = self.post("/v1/accounts", "", body).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Person { id: text(&made["account"]["id"]), handle, token: text(&made["access_token"]) }
    }

    /// The host and a guest on stage, both with a socket.
    pub(super) async fn on_stage(&self) -> (Client, Client, Person) {
        let mut host = self.enter(&self.host).await;
        let guest = self.person("guest").await;
        let mut theirs = self.enter(&guest).await;
        self.seat(&mut host, &mut theirs, &guest).await;
        (host, theirs, guest)
    }

    /// Asks, is let in, and both have heard it.
    pub(super) async fn seat(&self, host: &mut Client, theirs: &mut Client, guest: &Person) {
        theirs.send(super::seed("s3_8_request_guest")).await;
        host.hear_of("guest_request", &guest.id).await;
        host.send(super::play("s3_9_respond_guest", [("target_user_id", &guest.id)])).await;
        theirs.hear_of("guest_joined", &guest.id).await;
        host.hear_of("guest_joined", &guest.id).await;
    }

    /// A socket of this person that has read its first frame.
    pub(super) async fn enter(&self, person: &Person) -> Client {
        self.enter_with(&person.token).await
    }

    /// A socket of whoever the token names.
    pub(super) async fn enter_with(&self, token: &str) -> Client {
        let mut client = self.open(&self.address(token)).await;
        client.first().await;
        client
    }

    /// A socket at the document's address, before anything was read from it.
    pub(super) async fn knock(&self, person: &Person, more: &str) -> Client {
        self.open(&format!("{}{more}", self.address(&person.token))).await
    }

    async fn open(&self, address: &str) -> Client {
        Client::open(&format!("{}{address}", self.url.replacen("http", "ws", 1))).await
    }

    /// The document's address (S3-2).
    pub(super) fn address(&self, token: &str) -> String {
        format!("/ws/live/{}?token={token}&username=USER", self.id)
    }

    /// What an upgrade is answered that is refused.
    pub(super) async fn refused(&self, address: &str) -> (u16, Value) {
        let request = self
            .http
            .get(format!("{}{address}", self.url))
            .timeout(PATIENCE)
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        let response = request.send().await.unwrap();
        assert_ne!(response.status(), StatusCode::SWITCHING_PROTOCOLS, "{address} was let in");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        (response.status().as_u16(), response.json().await.unwrap())
    }
}

impl Deref for Show {
    type Target = Api;

    fn deref(&self) -> &Api {
        &self.api
    }
}
