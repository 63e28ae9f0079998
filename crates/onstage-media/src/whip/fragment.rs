//! SDP fragments (RFC 8840): candidates that come later, and restarts of ICE.

use onstage_domain::{Code, Problem};

use super::CANDIDATES_PER_PATCH_MAX;
use super::description::value;

/// What a fragment says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fragment {
    pub(super) ufrag: String,
    pub(super) password: String,
    pub(super) candidates: Vec<String>,
}

impl Fragment {
    /// Reads a fragment; one that says nothing at all is none.
    pub(super) fn read(text: &str) -> Result<Self, Problem> {
        let candidates: Vec<String> = text
            .lines()
            .filter_map(|line| line.trim_end().strip_prefix("a="))
            .filter(|attribute| attribute.starts_with("candidate:"))
            .take(CANDIDATES_PER_PATCH_MAX)
            .map(str::to_owned)
            .collect();
        let (ufrag, password) = (value(text, "a=ice-ufrag:"), value(text, "a=ice-pwd:"));
        let says_end = text.lines().any(|line| line.starts_with("a=end-of-candidates"));
        if candidates.is_empty() && !says_end && (ufrag.is_empty() || password.is_empty()) {
            return Err(Problem::because(Code::Unreadable, "The body is no SDP fragment (RFC 8840)."));
        }
        Ok(Self { ufrag, password, candidates })
    }

    /// Whether it names another pair than this: a restart.
    pub(super) fn restarts(&self, ufrag: &str, password: &str) -> bool {
        let is_named = !self.ufrag.is_empty() && !self.password.is_empty();
        is_named && (self.ufrag != ufrag || self.password != password)
    }
}

/// Our side of a restart: what of an answer belongs into a fragment.
pub(super) fn of_answer(answer: &str) -> String {
    let mut fragment = format!(
        "a=ice-ufrag:{}\r\na=ice-pwd:{}\r\n",
        value(answer, "a=ice-ufrag:"),
        value(answer, "a=ice-pwd:")
    );
    let first = answer.lines().skip_while(|line| !line.starts_with("m="));
    let section = first.enumerate().take_while(|(place, line)| *place == 0 || !line.starts_with("m="));
    for (_, line) in section {
        let belongs = ["m=", "a=mid:", "a=candidate:"].iter().any(|start| line.starts_with(start));
        if belongs {
            fragment.push_str(line.trim_end());
            fragment.push_str("\r\n");
        }
    }
    fragment.push_str("a=end-of-candidates\r\n");
    fragment
}
