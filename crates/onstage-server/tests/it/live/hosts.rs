//! Roles, and what a host does to people.

use onstage_domain::media::{MediaOrder, Seen, Source};
use serde_json::{Value, json};

use super::Show;
use super::seed::{Seed, assert_columns, column_words};
use crate::support::{Person, Stand, on_each};

async fn done(stand: &Stand, show: &Show, whom: &Person, action: &str) -> Value {
    let answer = stand.manage_live(&show.host, show, (whom, action)).await.expect(200);
    assert!(!answer["message"].as_str().unwrap().is_empty());
    assert_eq!(answer["participant"]["user_id"], json!(whom.id));
    answer
}

#[tokio::test]
async fn s1_2_host_cohost_guest_and_viewer_have_their_words_everywhere() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let (cohost, guest) =
            (stand.guest_live(&show, "helper").await, stand.guest_live(&show, "guest").await);
        let viewer = stand.join_live(&show, "viewer").await;
        done(&stand, &show, &cohost, "promote_cohost").await;
        let roles = column_words("live_participants", "role");
        let join = Seed::read("join").request(&[("session_id", json!(show.id))]).0;
        for (person, role) in
            [(&show.host, "host"), (&cohost, "cohost"), (&guest, "guest"), (&viewer, "viewer")]
        {
            assert!(roles.iter().any(|word| word == role));
            assert_eq!(stand.shown_live(&show, person).await["role"], role);
            let joined = stand.post("/live/join", &person.token, join.clone()).await.expect(200);
            assert_eq!(joined["role"], role);
        }
    })
    .await;
}

#[tokio::test]
async fn s1_4_a_hosts_hand_turns_a_camera_off_and_lifts_the_ban_but_turns_none_on() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let guest = stand.guest_live(&show, "guest").await;
        let other = stand.guest_live(&show, "other").await;
        let off = done(&stand, &show, &guest, "mute_video").await;
        assert_eq!((&off["participant"]["video_enabled"], off.get("prompted")), (&json!(false), None));
        let grant = |order| match order {
            Some(MediaOrder::Person { grant, .. }) => (grant.host_muted_video, grant.self_muted_video),
            order => panic!("{order:?}"),
        };
        assert_eq!(grant(stand.engine.last_of(guest.id)), (true, true));
        assert_eq!(stand.shown_live(&show, &other).await["video_enabled"], true, "one by one");
        let asked = done(&stand, &show, &guest, "unmute_video").await;
        assert_eq!(
            (&asked["participant"]["video_enabled"], &asked["prompted"]),
            (&json!(false), &json!(true))
        );
        assert_eq!(grant(stand.engine.last_of(guest.id)), (false, true));
        assert!(stand.listener.names(show.id).contains(&"stage.unmute_asked"));
        let own = format!("/v1/sessions/{}/people/me/media", show.id);
        stand.post(&own, &guest.token, json!({"video_enabled": true})).await.expect(200);
        assert_eq!(stand.shown_live(&show, &guest).await["video_enabled"], true);
    })
    .await;
}

#[tokio::test]
async fn s1_4_guests_may_be_seated_without_microphone_and_camera() {
    on_each(async |stand| {
        let changes = json!({"guest_audio_default": false, "guest_video_default": false});
        let show = stand.start_live(changes).await;
        let guest = stand.guest_live(&show, "guest").await;
        let shown = stand.shown_live(&show, &guest).await;
        assert_eq!((&shown["audio_enabled"], &shown["video_enabled"]), (&json!(false), &json!(false)));
        assert_eq!(shown["status"], "muted");
    })
    .await;
}

#[tokio::test]
async fn s1_5_sharing_a_screen_is_shown_and_can_be_disallowed_for_each_guest() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let (guest, other) = (stand.guest_live(&show, "guest").await, stand.guest_live(&show, "other").await);
        stand.connect(&guest, show.id, true).await;
        stand.fact(1, &guest, show.id, Seen::Published { source: Source::Screen }).await;
        assert_eq!(stand.shown_live(&show, &guest).await["screen_sharing"], true);
        let disallow = ("permissions", json!({"may_share": false}));
        stand.on(&show.host, &guest, show.id, disallow).await.expect(200);
        let may_share = |person: &Person| match stand.engine.last_of(person.id) {
            Some(MediaOrder::Person { grant, .. }) => grant.may_share,
            order => panic!("{order:?}"),
        };
        assert_eq!((may_share(&guest), may_share(&other)), (false, true));
        stand.fact(2, &guest, show.id, Seen::Unpublished { source: Source::Screen }).await;
        assert_eq!(stand.shown_live(&show, &guest).await["screen_sharing"], false);
    })
    .await;
}

#[tokio::test]
async fn s1_6_a_guest_is_promoted_and_demoted_step_by_step() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let guest = stand.guest_live(&show, "guest").await;
        for (action, role) in [("promote_cohost", "cohost"), ("demote", "guest"), ("demote", "viewer")] {
            let answer = done(&stand, &show, &guest, action).await;
            assert_eq!(answer["participant"]["role"], role, "{action}");
            assert_eq!(stand.shown_live(&show, &guest).await["role"], role, "{action}");
        }
        assert_eq!(stand.details_live(&show).await["guest_count"], 0, "the seat is free");
        let viewer = stand.manage_live(&show.host, &show, (&guest, "promote_cohost")).await;
        viewer.expect_problem(409, "stage/promote_viewer");
        let lower = stand.manage_live(&show.host, &show, (&guest, "demote")).await;
        lower.expect_problem(409, "stage/not_on_stage");
    })
    .await;
}

#[tokio::test]
async fn s1_15_a_participant_goes_through_every_status_of_the_table() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let (guest, loud) = (stand.guest_live(&show, "guest").await, stand.guest_live(&show, "loud").await);
        let item = stand.shown_live(&show, &guest).await;
        assert_columns("live_participants", &item, &["id", "session_id", "left_at"]);
        let mut seen = vec![item["status"].clone()];
        seen.push(done(&stand, &show, &guest, "mute_audio").await["participant"]["status"].clone());
        seen.push(done(&stand, &show, &loud, "kick").await["participant"]["status"].clone());
        assert_eq!(stand.shown_live(&show, &loud).await, Value::Null, "who was kicked is not listed");
        // Who left is in no list either: when, and that they did, says the line of the history.
        done(&stand, &show, &guest, "demote").await;
        let last = stand.history_live(&show, &show.host).await.pop().unwrap();
        assert_eq!(last["metadata"]["user_id"], json!(guest.id));
        super::seed::assert_time(last["created_at"].as_str().unwrap());
        seen.push(last["metadata"]["status"].clone());
        assert_eq!(json!(seen), json!(column_words("live_participants", "status")));
    })
    .await;
}

#[tokio::test]
async fn s1_26_every_action_of_the_document_is_carried_out_and_answered_with_the_real_state() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let guest = stand.guest_live(&show, "guest").await;
        let asked = |state: &Value| {
            (state["audio_enabled"].clone(), state["video_enabled"].clone(), state["role"].clone())
        };
        let expected = [
            ("mute_audio", (json!(false), json!(true), json!("guest")), false),
            ("unmute_audio", (json!(false), json!(true), json!("guest")), true),
            ("mute_video", (json!(false), json!(false), json!("guest")), false),
            ("unmute_video", (json!(false), json!(false), json!("guest")), true),
            ("promote_cohost", (json!(false), json!(false), json!("cohost")), false),
            ("demote", (json!(false), json!(false), json!("guest")), false),
            ("kick", (json!(false), json!(false), json!("viewer")), false),
        ];
        let words = Seed::read("manage-participant").words("action");
        assert_eq!(words.len(), expected.len());
        for (action, state, prompted) in expected {
            assert!(words.iter().any(|word| word == action));
            let answer = done(&stand, &show, &guest, action).await;
            assert_columns("live_participants", &answer["participant"], &["id", "session_id", "left_at"]);
            assert_eq!(asked(&answer["participant"]), state, "{action}");
            assert_eq!(answer.get("prompted"), prompted.then_some(&json!(true)), "{action}");
        }
        let join = Seed::read("join").request(&[("session_id", json!(show.id))]).0;
        stand.post("/live/join", &guest.token, join).await.expect_problem(403, "moderation/blocked");
    })
    .await;
}

#[tokio::test]
async fn s1_27_participants_are_listed_as_the_document_shows() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let guest = stand.guest_live(&show, "guest").await;
        stand.join_live(&show, "viewer").await;
        let seed = Seed::read("participants");
        let place = [("session_id", show.id.to_string())];
        let people = stand.call_of(&seed, (&place, ""), Value::Null).await.expect(200);
        seed.assert_answers(&people);
        let names: Vec<&Value> = people.as_array().unwrap().iter().map(|item| &item["username"]).collect();
        assert_eq!(names, ["creator", "guest", "viewer"], "the stage first");
        let host = &people[0];
        assert_eq!(
            (&host["role"], &host["status"], &host["screen_sharing"]),
            (&json!("host"), &json!("active"), &json!(false))
        );
        assert_eq!((&host["audio_enabled"], &host["video_enabled"]), (&json!(true), &json!(true)));
        done(&stand, &show, &guest, "mute_audio").await;
        assert_eq!(stand.shown_live(&show, &guest).await["status"], "muted");
        assert_eq!(people[2]["status"], "active", "who only watches is not muted");
    })
    .await;
}
