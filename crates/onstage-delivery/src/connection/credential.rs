//! Who a socket is, and where it goes on, as its address and its headers say it.

use axum::http::{HeaderMap, header};
use onstage_domain::Seq;
use onstage_domain::ports::Credential;
use onstage_domain::problem::{Code, Problem};
use serde::Deserialize;

/// What comes in the address; a name that a client gives itself (`username`) is not read.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct InAddress {
    ticket: Option<String>,
    token: Option<String>,
    access_token: Option<String>,
    since: Option<String>,
}

impl InAddress {
    /// From the address, else from the `Authorization` header.
    pub(super) fn credential<'a>(&'a self, headers: &'a HeaderMap) -> Option<Credential<'a>> {
        let ticket = self.ticket.as_deref().map(Credential::Ticket);
        let either = || self.token.as_deref().or(self.access_token.as_deref()).map(Credential::Either);
        ticket.or_else(either).or_else(|| bearer(headers).map(Credential::Token))
    }

    /// The last `seq` the client has.
    pub(super) fn since(&self) -> Result<Option<Seq>, Problem> {
        let Some(since) = self.since.as_deref().filter(|since| !since.is_empty()) else { return Ok(None) };
        let seq = since.parse().ok().filter(|seq| *seq >= 0);
        let unreadable = || Problem::because(Code::Unreadable, "since is a number from 0");
        seq.map(|seq| Some(Seq(seq))).ok_or_else(unreadable)
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
