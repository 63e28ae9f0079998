//! The promises, counted: every cell of the permission matrix is asked over HTTP, every command belongs to a row, and
//! every problem has its page. Would catch an endpoint that forgot to ask, and a code that leads nowhere.

mod live;

use std::collections::BTreeSet;
use std::path::Path;

use http::Method;
use onstage_dialects::v1::VERBS;
use onstage_domain::permissions::{Cell, Column, Operation, cell};
use onstage_domain::{Code, SessionId};
use serde_json::{Value, json};

use crate::support::{Person, Stand, on_each};

/// What is one's own to do, whatever the role: these commands stand in no row of the matrix.
const OWN: [&str; 11] = [
    "accounts.rename",
    "accounts.delete_me",
    "accounts.set_plan", // operators, see accounts.rs
    "accounts.ban",      // operators, see accounts.rs
    "sessions.create",
    "sessions.leave",
    "stage.cancel_request",
    "stage.accept_invitation",
    "stage.decline_invitation",
    "stage.step_down",
    "stage.go_on_stage",
];

/// A call that stands for a row of the matrix.
#[derive(Clone)]
struct Probe {
    verb: &'static str,
    method: Method,
    path: String,
    body: Value,
}

fn post(verb: &'static str, path: String, body: Value) -> Probe {
    Probe { verb, method: Method::POST, path, body }
}

fn get(verb: &'static str, path: String) -> Probe {
    Probe { verb, method: Method::GET, path, body: Value::Null }
}

/// Everybody a session needs so that each call has somebody to be done to.
struct Cast {
    host: Person,
    cohosts: Vec<Person>,
    guests: Vec<Person>,
    viewers: Vec<Person>,
    operator: Person,
}

/// One session with its cast in place.
struct Scene<'a> {
    cast: &'a Cast,
    session: SessionId,
    requests: Vec<String>,
    message: String,
}

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    Owner,
    Cohost,
    CohostWithoutSwitch,
    Guest,
    Moderator,
    Viewer,
    Stranger,
    Anonymous,
    Operator,
    Kicked,
}

const CALLERS: [Caller; 10] = [
    Caller::Owner,
    Caller::Cohost,
    Caller::CohostWithoutSwitch,
    Caller::Guest,
    Caller::Moderator,
    Caller::Viewer,
    Caller::Stranger,
    Caller::Anonymous,
    Caller::Operator,
    Caller::Kicked,
];

impl Caller {
    fn may(self, operation: Operation) -> bool {
        let column = match self {
            Self::Owner => Column::Owner,
            Self::Cohost | Self::CohostWithoutSwitch => Column::Cohost,
            Self::Guest | Self::Moderator => Column::Guest,
            Self::Viewer | Self::Stranger => Column::Viewer,
            Self::Anonymous => Column::Anonymous,
            Self::Operator => Column::Operator,
            Self::Kicked => return false,
        };
        match cell(operation, column) {
            Cell::Yes => true,
            Cell::No => false,
            Cell::BySwitch => self != Self::CohostWithoutSwitch,
            Cell::IfModerator => self == Self::Moderator,
        }
    }
}

impl Scene<'_> {
    fn at(&self, rest: &str) -> String {
        format!("/v1/sessions/{}{rest}", self.session)
    }

    fn person(&self, person: &Person, verb: &str) -> String {
        self.at(&format!("/people/{}/{verb}", person.id))
    }

    /// Calls for a row; a new row does not compile until it has one. Those that end something come last.
    fn probes(&self, operation: Operation) -> Vec<Probe> {
        let viewer = &self.cast.viewers[0];
        match operation {
            Operation::Watch => vec![
                get("read.session", self.at("")),
                get("read.people", self.at("/people")),
                get("read.messages", self.at("/messages")),
                get("read.events", self.at("/events")),
                post("sessions.join", self.at("/join"), json!({})),
            ],
            Operation::TakePart => vec![
                post("chat.send", self.at("/messages"), json!({"text": "hello"})),
                post("chat.react", self.at("/reactions"), json!({"kind": "heart"})),
                post("stage.request", self.at("/requests"), json!({})),
            ],
            Operation::Perform => {
                vec![post("stage.media", self.at("/people/me/media"), json!({"audio_enabled": true}))]
            }
            Operation::ManageQueue => vec![
                get("read.requests", self.at("/requests")),
                post("stage.accept", self.at(&format!("/requests/{}/accept", self.requests[0])), json!({})),
                post("stage.decline", self.at(&format!("/requests/{}/decline", self.requests[1])), json!({})),
                post("stage.invite", self.at("/invitations"), json!({"user_id": viewer.id})),
            ],
            Operation::End => vec![
                get("read.analytics", self.at("/analytics")),
                post("sessions.end", self.at("/end"), json!({})),
            ],
            Operation::ManageGuests
            | Operation::ModerateChat
            | Operation::Direct
            | Operation::Arrange
            | Operation::ActOnCohost
            | Operation::ActOnOwner => self.probes_of_others(operation),
        }
    }

    /// Calls that are done to somebody.
    fn probes_of_others(&self, operation: Operation) -> Vec<Probe> {
        let (guest, other, leaving) = (&self.cast.guests[0], &self.cast.guests[1], &self.cast.guests[2]);
        let (viewer, asker) = (&self.cast.viewers[0], &self.cast.viewers[1]);
        let (host, cohost) = (&self.cast.host, &self.cast.cohosts[1]);
        let audio = || json!({"media": "audio"});
        let mute = || json!({"media": "audio", "muted": true});
        match operation {
            Operation::ManageGuests => vec![
                post("stage.mute", self.person(guest, "mute"), mute()),
                post("stage.mute", self.person(viewer, "mute"), mute()),
                post("stage.ask_unmute", self.person(guest, "ask_unmute"), audio()),
                post("stage.mute_all", self.at("/mute_all"), audio()),
                post("stage.kick", self.person(leaving, "kick"), json!({})),
                post("stage.allow_back", self.person(leaving, "allow_back"), json!({})),
            ],
            Operation::ModerateChat => vec![
                post("moderation.timeout", self.person(asker, "timeout"), json!({"duration_s": 1})),
                Probe {
                    verb: "chat.delete",
                    method: Method::DELETE,
                    path: self.at(&format!("/messages/{}", self.message)),
                    body: Value::Null,
                },
            ],
            Operation::Direct => vec![
                post("stage.permissions", self.person(guest, "permissions"), json!({"may_share": false})),
                post("stage.role", self.person(other, "role"), json!({"role": "viewer"})),
                Probe {
                    verb: "sessions.update",
                    method: Method::PATCH,
                    path: self.at(""),
                    body: json!({"title": "Another title"}),
                },
            ],
            Operation::Arrange => vec![
                post("sessions.layout", self.at("/layout"), json!({"layout": "spotlight"})),
                post("sessions.lock", self.at("/lock"), json!({"locked": true})),
                post("stage.seat", self.person(guest, "seat"), json!({"seat": 40})),
            ],
            Operation::ActOnCohost => vec![
                post("stage.mute", self.person(cohost, "mute"), mute()),
                post("moderation.timeout", self.person(cohost, "timeout"), json!({"duration_s": 1})),
                post("stage.kick", self.person(cohost, "kick"), json!({})),
            ],
            Operation::ActOnOwner => vec![
                post("stage.mute", self.person(host, "mute"), mute()),
                post("stage.kick", self.person(host, "kick"), json!({})),
                post("stage.role", self.person(host, "role"), json!({"role": "viewer"})),
                post("stage.seat", self.person(host, "seat"), json!({"seat": 45})),
                post("moderation.timeout", self.person(host, "timeout"), json!({"duration_s": 1})),
            ],
            Operation::Watch
            | Operation::TakePart
            | Operation::Perform
            | Operation::ManageQueue
            | Operation::End => Vec::new(),
        }
    }
}

/// Rows in an order in which none spoils the next.
fn rows() -> Vec<Operation> {
    let last = [Operation::ActOnCohost, Operation::End];
    let first = Operation::ALL.iter().copied().filter(|operation| !last.contains(operation));
    first.chain(last).collect()
}

async fn hire(stand: &Stand) -> Cast {
    let operator = stand.sign_up("operator").await;
    let mut cast = Cast {
        host: stand.sign_up("host").await,
        cohosts: Vec::new(),
        guests: Vec::new(),
        viewers: Vec::new(),
        operator,
    };
    for n in 0..2 {
        cast.cohosts.push(stand.sign_up(&format!("cohost_{n}")).await);
        cast.viewers.push(stand.sign_up(&format!("viewer_{n}")).await);
    }
    for n in 0..4 {
        cast.guests.push(stand.sign_up(&format!("guest_{n}")).await);
    }
    cast.viewers.push(stand.sign_up("viewer_2").await);
    cast
}

async fn set<'a>(stand: &Stand, cast: &'a Cast, switch: bool) -> Scene<'a> {
    let host = &cast.host;
    let session = stand.go_live_with(host, json!({"cohosts_manage_guests": switch})).await;
    for person in cast.cohosts.iter().chain(&cast.guests) {
        stand.seat(host, person, session).await;
    }
    for cohost in &cast.cohosts {
        stand.on(host, cohost, session, ("role", json!({"role": "cohost"}))).await.expect(200);
    }
    let mut requests = Vec::new();
    for viewer in &cast.viewers {
        stand.join(viewer, session).await;
    }
    for viewer in &cast.viewers[..2] {
        requests.push(stand.ask(viewer, session).await);
    }
    let path = format!("/v1/sessions/{session}/messages");
    let body = json!({"text": "take me away"});
    let message = stand.post(&path, &cast.viewers[0].token, body).await.expect(201);
    let message = message["id"].as_str().unwrap().to_owned();
    Scene { cast, session, requests, message }
}

/// The token of the caller, after they were put into their place.
async fn enter(stand: &Stand, scene: &Scene<'_>, caller: Caller) -> String {
    let (cast, session) = (scene.cast, scene.session);
    match caller {
        Caller::Owner => cast.host.token.clone(),
        Caller::Cohost | Caller::CohostWithoutSwitch => cast.cohosts[0].token.clone(),
        Caller::Guest => cast.guests[3].token.clone(),
        Caller::Moderator => {
            let moderator = &cast.guests[3];
            let flag = ("permissions", json!({"is_moderator": true}));
            stand.on(&cast.host, moderator, session, flag).await.expect(200);
            moderator.token.clone()
        }
        Caller::Viewer => cast.viewers[2].token.clone(),
        Caller::Stranger => stand.sign_up("stranger").await.token,
        Caller::Anonymous => stand.anonymous().await,
        Caller::Operator => cast.operator.token.clone(),
        Caller::Kicked => {
            let kicked = &cast.guests[3];
            stand.on(&cast.host, kicked, session, ("kick", json!({}))).await.expect(200);
            kicked.token.clone()
        }
    }
}

#[tokio::test]
async fn every_cell_of_the_permission_matrix_is_asked() {
    on_each(async |stand| {
        let cast = hire(&stand).await;
        let mut asked = 0;
        for caller in CALLERS {
            let scene = set(&stand, &cast, caller != Caller::CohostWithoutSwitch).await;
            let token = enter(&stand, &scene, caller).await;
            for operation in rows() {
                for probe in scene.probes(operation).into_iter().chain(scene.seed_probes(operation)) {
                    let answer = stand.call(probe.method, &probe.path, &token, probe.body).await;
                    let (status, word) = (answer.status.as_u16(), operation.word());
                    let place = format!("{caller:?} × {word} × {}: {status} {}", probe.verb, answer.body);
                    if caller.may(operation) {
                        assert!(![401, 403, 404].contains(&status) && status < 500, "refused: {place}");
                    } else {
                        // A seat is what performing needs; without one the answer says so.
                        let seatless =
                            operation == Operation::Perform && answer.code() == "stage/not_on_stage";
                        assert!(status == 403 || seatless, "not refused: {place}");
                    }
                    asked += 1;
                }
            }
            let path = format!("/v1/sessions/{}", scene.session);
            let shown = stand.get(&path, &cast.operator.token).await.expect(200);
            let ended = shown["status"] == "ended";
            assert_eq!(ended, caller.may(Operation::End), "{caller:?}");
        }
        assert!(asked > Operation::ALL.len() * CALLERS.len() * 2);
    })
    .await;
}

#[tokio::test]
async fn every_command_stands_in_a_row_of_the_matrix_or_is_ones_own() {
    on_each(async |stand| {
        let cast = hire(&stand).await;
        let scene = set(&stand, &cast, true).await;
        let probed: BTreeSet<_> =
            rows().into_iter().flat_map(|row| scene.probes(row)).map(|probe| probe.verb).collect();
        for verb in VERBS {
            let covered = probed.contains(verb.name) ^ OWN.contains(&verb.name);
            assert!(covered, "{} is in no row, or in a row and called one's own", verb.name);
        }
    })
    .await;
}

/// Files below a folder, as `slice/word`.
fn pages(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for slice in std::fs::read_dir(folder).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        for page in std::fs::read_dir(slice.path()).unwrap().flatten() {
            let name = page.file_name().into_string().unwrap();
            let word = name.strip_suffix(".md").unwrap_or(&name);
            found.insert(format!("{}/{word}", slice.file_name().into_string().unwrap()));
        }
    }
    found
}

#[test]
fn every_problem_has_a_page_and_every_page_a_problem() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/problems");
    let codes: BTreeSet<String> = Code::ALL.iter().map(|code| code.name().to_owned()).collect();
    assert_eq!(pages(&folder), codes);
    for code in Code::ALL {
        let text = std::fs::read_to_string(folder.join(format!("{}.md", code.name()))).unwrap();
        assert!(
            text.starts_with(&format!("# {}\n", code.title())),
            "{}: the title is the code's",
            code.name()
        );
        assert!(text.contains(&format!("`{}` · {}", code.name(), code.status())), "{}", code.name());
        assert!(text.contains("## What to do"), "{}", code.name());
    }
}
