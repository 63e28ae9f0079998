//! Asking, answering, muting, promoting, kicking.

use reqwest::Method;
use serde_json::{Value, json};

use super::client::types;
use super::house::shows;
use super::{play, seed, shows as shows_seed};

#[tokio::test]
async fn s3_1_8_and_18_a_request_reaches_host_and_cohosts_and_nobody_else() {
    for show in shows().await {
        let (mut host, mut cohost, person) = show.on_stage().await;
        let mut promote = play("s3_10_participant_action", [("target_user_id", &person.id)]);
        promote["action_type"] = json!("promote");
        host.send(promote).await;
        cohost.hear("promoted").await;
        let (asker, other) = (show.person("asker").await, show.person("other").await);
        let mut asking = show.enter(&asker).await;
        let mut watching = show.enter(&other).await;
        watching.hear_of("user_joined", &other.id).await;
        asking.send(seed("s3_8_request_guest")).await;
        for client in [&mut host, &mut cohost] {
            let asked = client.hear_of("guest_request", &asker.id).await;
            shows_seed("s3_18_guest_request", &asked);
            assert_eq!(asked["username"], asker.handle.as_str());
        }
        host.send(play("s3_6_chat", [("message", "after")])).await;
        for client in [&mut asking, &mut watching] {
            let frames = client.until(|frame| frame["message"] == "after").await;
            assert!(!types(&frames).contains(&"guest_request"), "{frames:?}");
        }
    }
}

#[tokio::test]
async fn s3_9_19_21_and_35_an_approval_seats_at_once_and_is_told_to_all() {
    for show in shows().await {
        let mut host = show.enter(&show.host).await;
        let (guest, other) = (show.person("guest").await, show.person("other").await);
        let mut theirs = show.enter(&guest).await;
        let mut watching = show.enter(&other).await;
        theirs.send(seed("s3_8_request_guest")).await;
        host.hear_of("guest_request", &guest.id).await;
        host.send(play("s3_9_respond_guest", [("target_user_id", &guest.id)])).await;
        let heard = theirs.until(|frame| frame["type"] == "guest_joined").await;
        let approved =
            heard.iter().find(|frame| frame["type"] == "guest_approved").expect("the approval comes first");
        shows_seed("s3_19_guest_approved", approved);
        assert_eq!((&approved["approved_by"], &approved["role"]), (&json!(show.host.id), &json!("guest")));
        assert_eq!(approved["approved_by_username"], show.host.handle.as_str());
        let joined = host.hear_of("guest_joined", &guest.id).await;
        shows_seed("s3_21_guest_joined", &joined);
        let frames = watching.until(|frame| frame["type"] == "guest_joined").await;
        assert_eq!(frames.last().unwrap()["username"], guest.handle.as_str());
        assert!(!types(&frames).contains(&"guest_approved"), "{frames:?}");
        let people = show.get(&format!("/live/participants/{}", show.id), &guest.token).await;
        assert_eq!((&people[1]["user_id"], &people[1]["role"]), (&json!(guest.id), &json!("guest")));
        // The first answer wins.
        host.send(play("s3_9_respond_guest", [("target_user_id", &guest.id)])).await;
        assert_eq!(host.hear("error").await["action"], "respond_guest");
    }
}

#[tokio::test]
async fn s3_20_a_rejection_is_told_to_the_asker_alone() {
    for show in shows().await {
        let mut host = show.enter(&show.host).await;
        let (asker, other) = (show.person("asker").await, show.person("other").await);
        let mut theirs = show.enter(&asker).await;
        let mut watching = show.enter(&other).await;
        theirs.send(seed("s3_8_request_guest")).await;
        host.hear_of("guest_request", &asker.id).await;
        let mut answer = play("s3_9_respond_guest", [("target_user_id", &asker.id)]);
        answer["approved"] = json!(false);
        host.send(answer).await;
        let rejected = theirs.hear("guest_rejected").await;
        shows_seed("s3_20_guest_rejected", &rejected);
        assert_eq!(rejected["rejected_by"], show.host.id.as_str());
        assert_eq!(rejected["rejected_by_username"], show.host.handle.as_str());
        host.send(seed("s3_6_chat")).await;
        for client in [&mut host, &mut watching] {
            let frames = client.until(|frame| frame["type"] == "chat_message").await;
            assert!(!types(&frames).contains(&"guest_rejected"), "{frames:?}");
        }
    }
}

#[tokio::test]
async fn s3_10_22_and_36_a_mute_is_forced_and_its_effect_is_told_to_all() {
    for show in shows().await {
        let (mut host, mut theirs, guest) = show.on_stage().await;
        host.send(play("s3_10_participant_action", [("target_user_id", &guest.id)])).await;
        let forced = theirs.hear("force_mute_audio").await;
        shows_seed("s3_22_force_mute_audio", &forced);
        assert_eq!((&forced["by"], &forced["by_username"]), (&json!(show.host.id), &json!(show.host.handle)));
        for client in [&mut host, &mut theirs] {
            let changed = client.hear_of("participant_media_changed", &guest.id).await;
            shows_seed("s3_26_participant_media_changed", &changed);
            assert_eq!((&changed["audio_enabled"], &changed["video_enabled"]), (&json!(false), &json!(true)));
        }
        // The host lifts it: nobody's microphone opens by itself, the person is asked (K18).
        let mut lift = play("s3_10_participant_action", [("target_user_id", &guest.id)]);
        lift["action_type"] = json!("unmute");
        host.send(lift).await;
        let asked = theirs.hear("unmute_requested").await;
        assert_eq!((&asked["media"], &asked["by"]), (&json!("audio"), &json!(show.host.id)));
        assert_eq!(host.hear_of("participant_media_changed", &guest.id).await["audio_enabled"], false);
        theirs.send(json!({ "action": "update_media_status", "audio_enabled": true })).await;
        assert_eq!(host.hear_of("participant_media_changed", &guest.id).await["audio_enabled"], true);
    }
}

#[tokio::test]
async fn s3_23_a_camera_is_forced_off() {
    for show in shows().await {
        let (mut host, mut theirs, guest) = show.on_stage().await;
        let mut off = play("s3_10_participant_action", [("target_user_id", &guest.id)]);
        off["action_type"] = json!("mute_video");
        host.send(off).await;
        let forced = theirs.hear("force_mute_video").await;
        shows_seed("s3_23_force_mute_video", &forced);
        assert_eq!(host.hear_of("participant_media_changed", &guest.id).await["video_enabled"], false);
    }
}

#[tokio::test]
async fn s3_12_and_26_ones_own_microphone_and_camera_are_told_to_all() {
    for show in shows().await {
        let (mut host, mut theirs, guest) = show.on_stage().await;
        theirs.send(seed("s3_12_update_media_status")).await;
        for client in [&mut host, &mut theirs] {
            let changed = client.hear_of("participant_media_changed", &guest.id).await;
            shows_seed("s3_26_participant_media_changed", &changed);
            assert_eq!((&changed["audio_enabled"], &changed["video_enabled"]), (&json!(false), &json!(true)));
        }
    }
}

#[tokio::test]
async fn s3_24_and_48_a_kick_is_told_closes_and_keeps_out() {
    for show in shows().await {
        let (mut host, mut theirs, guest) = show.on_stage().await;
        let mut kick = play("s3_10_participant_action", [("target_user_id", &guest.id)]);
        kick["action_type"] = json!("kick");
        kick["reason"] = json!("Rude");
        host.send(kick).await;
        let (heard, code) = theirs.until_closed().await;
        let kicked = heard.iter().find(|frame| frame["type"] == "kicked").expect("told before the close");
        shows_seed("s3_24_kicked", kicked);
        assert_eq!((&kicked["by"], &kicked["reason"]), (&json!(show.host.id), &json!("Rude")));
        assert_eq!((&kicked["by_username"], code), (&json!(show.host.handle), 4403));
        let left = host.hear_of("user_left", &guest.id).await;
        shows_seed("s3_15_user_left", &left);
        let (status, problem) = show.refused(&show.address(&guest.token)).await;
        assert_eq!((status, &problem["code"]), (403, &json!("moderation/blocked")));
    }
}

#[tokio::test]
async fn s3_25_promotion_and_demotion_are_told_to_their_person() {
    for show in shows().await {
        let (mut host, mut theirs, guest) = show.on_stage().await;
        for (word, role) in [("promote_cohost", "cohost"), ("demote", "guest"), ("demote", "viewer")] {
            let mut action = play("s3_10_participant_action", [("target_user_id", &guest.id)]);
            action["action_type"] = json!(word);
            host.send(action).await;
            let promoted = theirs.hear("promoted").await;
            shows_seed("s3_25_promoted", &promoted);
            assert_eq!(promoted["new_role"], role);
        }
        // For the others: a role, and in the end a loss.
        let frames = host.until(|frame| frame["type"] == "user_left").await;
        let roles: Vec<&Value> = frames
            .iter()
            .filter(|frame| frame["type"] == "participant_media_changed")
            .map(|frame| &frame["role"])
            .collect();
        assert_eq!(roles, ["cohost", "guest"]);
        assert_eq!(host.hear_of("user_joined", &guest.id).await["role"], "viewer");
    }
}

#[tokio::test]
async fn s3_10_what_a_role_does_not_allow_is_refused_with_its_problem() {
    for show in shows().await {
        let (_host, mut theirs, guest) = show.on_stage().await;
        theirs.send(play("s3_10_participant_action", [("target_user_id", &show.host.id)])).await;
        let error = theirs.hear("error").await;
        assert_eq!(
            (&error["action"], &error["problem"]["status"]),
            (&json!("participant_action"), &json!(403))
        );
        assert_eq!(error["code"], error["problem"]["code"]);
        let viewer = show.person("viewer").await;
        let mut watching = show.enter(&viewer).await;
        watching.send(play("s3_10_participant_action", [("target_user_id", &guest.id)])).await;
        assert_eq!(watching.hear("error").await["code"], "stage/not_allowed");
        watching.send(seed("s3_12_update_media_status")).await;
        assert_eq!(watching.hear("error").await["action"], "update_media_status");
    }
}

#[tokio::test]
async fn s3_37_stages_have_8_10_and_20_seats_for_guests() {
    for show in shows().await {
        for (mode, seats) in [("voice", 8), ("camera", 10), ("studio", 20)] {
            let host = show.person("host").await;
            let start = json!({ "title": "Show", "session_type": mode });
            let started = show.post("/live/start", &host.token, start).await;
            let id = started["id"].as_str().unwrap();
            let session = show.get(&format!("/v1/sessions/{id}"), &host.token).await;
            assert_eq!((&session["mode"], &session["effective_max_guests"]), (&json!(mode), &json!(seats)));
            let (status, _) =
                show.call(Method::POST, &format!("/ws/live/{id}/end"), &host.token, json!({})).await;
            assert_eq!(status, 200);
        }
    }
}
