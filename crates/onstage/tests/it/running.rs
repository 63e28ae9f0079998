//! A server process of a test's own, its people and their sockets.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::ops::Deref;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// Longer than anything here takes; a test that waits so long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// An installation: a data folder and a port, with or without a process.
pub(crate) struct Installation {
    pub(crate) folder: TempDir,
    pub(crate) address: String,
    variables: Vec<(&'static str, String)>,
}

/// A server that answers.
pub(crate) struct Running {
    child: Child,
    api: Api,
    pub(crate) first_line: String,
    /// From the start of the process to its first line.
    pub(crate) ready_after: Duration,
}

/// The server's calls. Its connections belong to the runtime it is used on: a test has its own.
pub(crate) struct Api {
    pub(crate) http: Client,
    pub(crate) url: String,
}

impl Installation {
    pub(crate) fn new() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { folder: TempDir::new().unwrap(), address: format!("127.0.0.1:{port}"), variables: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    /// The command, with nothing of this machine's environment in it.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onstage"));
        command
            .env_clear()
            .env("ONSTAGE_DATA_DIR", self.folder.path().join("data"))
            .env("ONSTAGE_SERVER_LISTEN", &self.address)
            .env("ONSTAGE_MEDIA_UDP_PORT", "0")
            .env("ONSTAGE_MEDIA_SHARDS", "1")
            .envs(self.variables.iter().map(|(name, value)| (*name, value)))
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .stdout(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Starts the server and waits for its first line.
    pub(crate) fn start(&self) -> Running {
        let running = self.start_as(&["serve"]);
        assert!(running.first_line.starts_with("Onstage is live at"), "{}{}", running.first_line, self.log());
        running
    }

    /// Starts the binary with these words and waits for its first line.
    pub(crate) fn start_as(&self, words: &[&str]) -> Running {
        // First whatever may fail: a process without a `Running` around it would live on.
        let api = Api { http: Client::new(), url: format!("http://{}", self.address) };
        let begun = Instant::now();
        let log = std::fs::File::create(self.folder.path().join("log")).unwrap();
        let mut child = self.command(words).stderr(log).process_group(0).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut first_line = String::new();
        lines.read_line(&mut first_line).unwrap();
        let ready_after = begun.elapsed();
        Running { child, api, first_line, ready_after }
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _reaped_already = self.child.wait();
    }
}

impl Api {
    pub(crate) async fn call(&self, method: Method, path: &str, token: &str, body: Value) -> (u16, Value) {
        let mut request = self.http.request(method, format!("{}{path}", self.url)).timeout(PATIENCE);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap_or(Value::Null))
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: Value) -> Value {
        let (status, body) = self.call(Method::POST, path, token, body).await;
        assert!((200..300).contains(&status), "{path}: {status} {body}");
        body
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Value {
        let (status, body) = self.call(Method::GET, path, token, Value::Null).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }
}

impl Deref for Running {
    type Target = Api;

    fn deref(&self) -> &Api {
        &self.api
    }
}

impl Running {
    /// What a power cut does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// What a service manager does; answers whether it ended well.
    pub(crate) fn stop(mut self) -> bool {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap().success()
    }

    /// A fresh account's token.
    pub(crate) async fn sign_up(&self, handle: &str) -> String {
        let body = json!({ "handle": handle, "password": "long enough", "display_name": handle });
        self.post("/v1/accounts", "", body).await["access_token"].as_str().unwrap().to_owned()
    }

    /// A live session of this person.
    pub(crate) async fn go_live(&self, token: &str) -> String {
        let session = self.post("/v1/sessions", token, json!({ "title": "Show", "mode": "camera" })).await;
        session["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn socket(&self, token: &str) -> Socket {
        let url = format!("ws://{}/v1/events?token={token}", self.url.trim_start_matches("http://"));
        let (socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        Socket { socket, heard: 0 }
    }
}

/// A socket of `/v1/events`.
pub(crate) struct Socket {
    pub(crate) socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Frames so far.
    pub(crate) heard: usize,
}

impl Socket {
    pub(crate) async fn send(&mut self, frame: Value) {
        self.socket.send(Message::text(frame.to_string())).await.unwrap();
    }

    pub(crate) async fn subscribe(&mut self, session: &str, since: Option<i64>) {
        let mut frame = json!({ "id": 1, "type": "subscribe", "session_id": session });
        if let Some(since) = since {
            frame["since"] = json!(since);
        }
        self.send(frame).await;
        let answer = self.next().await.unwrap();
        assert_eq!(answer, json!({ "reply_to": 1, "ok": true }));
    }

    /// The next frame, or the code of the close.
    pub(crate) async fn next(&mut self) -> Result<Value, u16> {
        loop {
            match tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("a frame in time") {
                Some(Ok(Message::Text(text))) => {
                    self.heard += 1;
                    return Ok(serde_json::from_str(&text).unwrap());
                }
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(1006),
            }
        }
    }

    /// Reads events until one is the wanted one; all of them.
    pub(crate) async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut events = Vec::new();
        loop {
            let frame = self.next().await.unwrap();
            for event in frame["events"].as_array().into_iter().flatten() {
                events.push(event.clone());
            }
            if events.iter().any(&wanted) {
                return events;
            }
        }
    }
}
