//! Getting in: sign up, sign in, watch anonymously; and the one function that talks HTTP.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::Fault;

/// Longest wait for one reply.
const REPLY_WITHIN: Duration = Duration::from_secs(30);

/// The outside of one Onstage.
#[derive(Debug, Clone)]
pub struct Door {
    base: String,
    http: reqwest::Client,
}

/// What it takes to open an account.
#[derive(Debug, Clone, Copy)]
pub struct SignUp<'a> {
    /// Unique name.
    pub handle: &'a str,
    /// Shown name.
    pub display_name: &'a str,
    /// Password.
    pub password: &'a str,
    /// Where the first account needs one.
    pub setup_code: Option<&'a str>,
}

/// Somebody with a token.
#[derive(Clone)]
pub struct Person {
    door: Door,
    token: String,
    /// Account id; empty for anonymous watchers.
    pub id: String,
    /// Unique name; empty for anonymous watchers.
    pub handle: String,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Person").field("id", &self.id).field("handle", &self.handle).finish()
    }
}

impl Door {
    /// `http://host:port`.
    pub fn new(base: &str) -> Result<Self, Fault> {
        let http = reqwest::Client::builder().timeout(REPLY_WITHIN).build()?;
        Ok(Self { base: base.trim_end_matches('/').to_owned(), http })
    }

    /// Its address.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Opens an account.
    pub async fn sign_up(&self, who: SignUp<'_>) -> Result<Person, Fault> {
        let mut body = json!({
            "handle": who.handle, "display_name": who.display_name, "password": who.password,
        });
        if let (Some(code), Some(fields)) = (who.setup_code, body.as_object_mut()) {
            fields.insert("setup_code".to_owned(), json!(code));
        }
        let reply = self.call(Method::POST, "/v1/accounts", None, Some(body)).await?;
        self.person(&reply)
    }

    /// Signs in.
    pub async fn sign_in(&self, handle: &str, password: &str) -> Result<Person, Fault> {
        let body = json!({ "handle": handle, "password": password, "ttl_s": 86_400 });
        let reply = self.call(Method::POST, "/v1/tokens", None, Some(body)).await?;
        let token = text(&reply, "access_token")?;
        let me = self.call(Method::GET, "/v1/me", Some(&token), None).await?;
        let account = me.get("account").ok_or(Fault::Missing("account"))?;
        Ok(Person { door: self.clone(), token, id: text(account, "id")?, handle: text(account, "handle")? })
    }

    /// A watcher without an account.
    pub async fn anonymous(&self, display_name: &str) -> Result<Person, Fault> {
        let body = json!({ "display_name": display_name });
        let reply = self.call(Method::POST, "/v1/tokens/anonymous", None, Some(body)).await?;
        Ok(self.with_token(&text(&reply, "access_token")?))
    }

    /// Whoever this token is for, when only the token matters.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Person {
        Person { door: self.clone(), token: token.to_owned(), id: String::new(), handle: String::new() }
    }

    /// Whether the server is ready.
    pub async fn is_ready(&self) -> bool {
        self.call(Method::GET, "/readyz", None, None).await.is_ok()
    }

    fn person(&self, reply: &Value) -> Result<Person, Fault> {
        let account = reply.get("account").ok_or(Fault::Missing("account"))?;
        Ok(Person {
            door: self.clone(),
            token: text(reply, "access_token")?,
            id: text(account, "id")?,
            handle: text(account, "handle")?,
        })
    }

    /// One request. A refusal becomes `Fault::Problem`; an empty or unreadable success becomes `null`.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> Result<Value, Fault> {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let status = response.status();
        let reply: Value = serde_json::from_slice(&response.bytes().await?).unwrap_or_default();
        if status.is_success() { Ok(reply) } else { Err(problem(status.as_u16(), &reply)) }
    }
}

impl Person {
    /// One request as this person.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Fault> {
        self.door.call(method, path, Some(&self.token), body).await
    }

    /// The access token, for sockets.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The server this person came through.
    #[must_use]
    pub fn door(&self) -> &Door {
        &self.door
    }
}

fn problem(status: u16, reply: &Value) -> Fault {
    let word = |name| reply.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    Fault::Problem { status, code: word("code"), detail: word("detail") }
}

/// A text field that must be there.
pub(super) fn text(value: &Value, name: &'static str) -> Result<String, Fault> {
    value.get(name).and_then(Value::as_str).map(str::to_owned).ok_or(Fault::Missing(name))
}
