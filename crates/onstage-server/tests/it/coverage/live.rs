//! The calls of the seeds' languages, each in the row of the matrix it belongs to.

use std::collections::BTreeSet;

use http::Method;
use onstage_domain::UserId;
use onstage_domain::permissions::Operation;
use serde_json::{Value, json};

use super::{Probe, Scene, get, hire, post, rows, set};
use crate::support::on_each;

/// Calls that are about no session yet.
const ONES_OWN: [&str; 2] = ["post /live/start", "get /live/active"];

impl Scene<'_> {
    fn live(&self, verb: &'static str, call: &str, mut body: Value) -> Probe {
        body["session_id"] = json!(self.session);
        post(verb, format!("/live/{call}"), body)
    }

    fn about(&self, verb: &'static str, call: &str) -> Probe {
        get(verb, format!("/live/{call}/{}", self.session))
    }

    fn manage(&self, (whom, actions): (UserId, &[&str])) -> Vec<Probe> {
        let body = |action: &&str| json!({"user_id": whom, "action": action});
        actions.iter().map(|action| self.live("live.manage", "manage-participant", body(action))).collect()
    }

    fn answer(&self, n: usize, action: &str) -> Probe {
        let body = json!({"request_id": self.requests[n], "action": action});
        post("live.respond", "/live/respond-guest-request".to_owned(), body)
    }

    /// The same rows through the seeds' doors.
    pub(super) fn seed_probes(&self, operation: Operation) -> Vec<Probe> {
        let (guest, other, leaving) = (&self.cast.guests[0], &self.cast.guests[1], &self.cast.guests[2]);
        let at = |rest: &str| format!("/ws/live/{}/{rest}", self.session);
        match operation {
            Operation::Watch => vec![
                self.about("live.session", "session"),
                self.about("live.participants", "participants"),
                self.about("live.messages", "messages"),
                get("socket.stats", at("stats")),
                self.live("live.join", "join", json!({})),
            ],
            Operation::TakePart => vec![
                self.live("live.send_message", "send-message", json!({"message": "hello again"})),
                self.live("live.react", "react", json!({"reaction_type": "heart"})),
                self.live("live.request_guest", "request-guest", json!({})),
            ],
            Operation::ManageQueue => vec![
                self.about("live.guest_requests", "guest-requests"),
                self.answer(0, "approved"),
                self.answer(1, "rejected"),
            ],
            Operation::ManageGuests => {
                let hands = ["mute_audio", "unmute_audio", "mute_video", "unmute_video"];
                [self.manage((guest.id, &hands)), self.manage((leaving.id, &["kick"]))].concat()
            }
            Operation::Direct => self.manage((other.id, &["promote_cohost", "demote"])),
            Operation::ActOnCohost => self.manage((self.cast.cohosts[1].id, &["mute_audio", "mute_video"])),
            Operation::ActOnOwner => {
                let all = ["mute_audio", "unmute_audio", "mute_video", "kick", "promote_cohost", "demote"];
                self.manage((self.cast.host.id, &all))
            }
            Operation::End => vec![
                post("live.end", format!("/live/end/{}", self.session), json!({})),
                post("socket.end", at("end"), json!({})),
                Probe { verb: "socket.end", method: Method::DELETE, path: at("end"), body: Value::Null },
            ],
            Operation::Perform | Operation::ModerateChat | Operation::Arrange => Vec::new(),
        }
    }
}

#[tokio::test]
async fn every_call_of_the_seeds_languages_is_in_a_row_of_the_matrix() {
    on_each(async |stand| {
        let cast = hire(&stand).await;
        let scene = set(&stand, &cast, true).await;
        let probes = rows().into_iter().flat_map(|row| scene.seed_probes(row));
        let session = scene.session.to_string();
        let name = |method: &str, path: &str| format!("{} {path}", method.to_lowercase());
        let mut known: BTreeSet<String> = probes
            .map(|probe| name(probe.method.as_str(), &probe.path.replace(&session, "{session_id}")))
            .collect();
        known.extend(ONES_OWN.map(str::to_owned));
        let api = serde_json::to_value(onstage_server::openapi()).unwrap();
        let mut documented = BTreeSet::new();
        for (path, operations) in api["paths"].as_object().unwrap() {
            if path.starts_with("/live/") || path.starts_with("/ws/live/") {
                documented.extend(operations.as_object().unwrap().keys().map(|method| name(method, path)));
            }
        }
        assert_eq!(known, documented);
    })
    .await;
}
