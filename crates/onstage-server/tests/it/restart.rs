//! Would catch anything a restart forgets: seats, blocks, mutes, words, deadlines, keys (hard case 7, the server's side).

use onstage_domain::media::{MediaGrant, MediaOrder};
use onstage_domain::ports::{
    Authenticate as _, Credential, ObservePresence as _, ReadLog as _, TakeSnapshot as _,
};
use onstage_domain::reply::Snapshot;
use onstage_domain::{Seq, SessionId};
use serde_json::json;

use crate::support::{Person, Stand, on_each};

/// A show with somebody on stage and muted, somebody waiting, somebody kicked, and a word said.
struct Scene {
    host: Person,
    guest: Person,
    asker: Person,
    kicked: Person,
    session: SessionId,
}

async fn scene(stand: &Stand) -> Scene {
    let host = stand.sign_up("host").await;
    let [guest, asker, kicked] =
        [stand.sign_up("guest").await, stand.sign_up("asker").await, stand.sign_up("kicked").await];
    let session = stand.go_live(&host).await;
    for person in [&host, &guest, &asker, &kicked] {
        stand.join(person, session).await;
    }
    observe(stand, &host, session, true).await;
    observe(stand, &guest, session, true).await;
    let scene = Scene { host, guest, asker, kicked, session };
    seat_guest(stand, &scene).await;
    do_deeds(stand, &scene).await;
    scene
}

async fn seat_guest(stand: &Stand, scene: &Scene) {
    let Scene { host, guest, .. } = scene;
    let path = format!("/v1/sessions/{}", scene.session);
    let request = stand.post(&format!("{path}/requests"), &guest.token, json!({})).await.expect(201);
    let accept = format!("{path}/requests/{}/accept", request["id"].as_str().unwrap());
    stand.post(&accept, &host.token, json!({})).await.expect(200);
    stand.post(&format!("{path}/people/me/go_on_stage"), &guest.token, json!({})).await.expect(200);
}

async fn do_deeds(stand: &Stand, scene: &Scene) {
    let Scene { host, guest, asker, kicked, .. } = scene;
    let path = format!("/v1/sessions/{}", scene.session);
    stand.post(&format!("{path}/requests"), &asker.token, json!({"message": "me, too"})).await.expect(201);
    let mute = format!("{path}/people/{}/mute", guest.id);
    stand.post(&mute, &host.token, json!({"media": "audio", "muted": true})).await.expect(200);
    stand.post(&format!("{path}/people/{}/kick", kicked.id), &host.token, json!({})).await.expect(200);
    stand.post(&format!("{path}/messages"), &guest.token, json!({"text": "hello"})).await.expect(201);
}

async fn observe(stand: &Stand, person: &Person, session: SessionId, present: bool) {
    let actor = stand.server.authenticate(Credential::Token(&person.token)).await.unwrap();
    stand.server.observe_presence(session, &actor, present).await;
}

async fn snapshot(stand: &Stand, person: &Person, session: SessionId) -> Snapshot {
    let actor = stand.server.authenticate(Credential::Token(&person.token)).await.unwrap();
    stand.server.take_snapshot(&actor, session).await.unwrap().0
}

#[tokio::test]
async fn everything_is_back_before_the_server_is_ready() {
    on_each(async |stand| {
        let scene = scene(&stand).await;
        let before = snapshot(&stand, &scene.host, scene.session).await;
        let stand = stand.restart().await;
        assert!(stand.server.is_ready().await);
        let after = snapshot(&stand, &scene.host, scene.session).await;
        let seats = |snapshot: &Snapshot| {
            snapshot.participants.iter().map(|person| (person.seat, person.user_id)).collect::<Vec<_>>()
        };
        assert_eq!(seats(&before), seats(&after));
        assert_eq!(before.requests, after.requests);
        assert_eq!(after.requests[0].user_id, scene.asker.id);
        assert_eq!(before.messages, after.messages);
        assert_eq!(after.messages[0].text, "hello");
        let guest = &after.participants[1];
        assert!(guest.host_muted_audio && guest.self_muted_audio);
        let kicked = format!("/v1/sessions/{}/join", scene.session);
        stand.post(&kicked, &scene.kicked.token, json!({})).await.expect_problem(403, "moderation/blocked");
    })
    .await;
}

#[tokio::test]
async fn the_media_engine_is_told_everything_again_first() {
    on_each(async |stand| {
        let scene = scene(&stand).await;
        let stand = stand.restart().await;
        let orders = stand.engine.orders();
        assert!(matches!(orders[0], MediaOrder::Session { open: true, .. }), "{orders:?}");
        let first_of = |user| {
            orders.iter().find_map(|order| match order {
                MediaOrder::Person { user: whose, admitted, grant, .. } if *whose == user => {
                    Some((*admitted, *grant))
                }
                MediaOrder::Person { .. } | MediaOrder::Session { .. } => None,
            })
        };
        let (admitted, grant) = first_of(scene.guest.id).unwrap();
        assert!(admitted && grant.may_speak && grant.host_muted_audio && !grant.host_muted_video);
        assert!(first_of(scene.host.id).unwrap().1.may_show);
        assert_eq!(first_of(scene.kicked.id), Some((false, MediaGrant::NOTHING)));
        assert_eq!(first_of(scene.asker.id), None);
    })
    .await;
}

#[tokio::test]
async fn everybody_has_a_minute_to_come_back() {
    on_each(async |stand| {
        let scene = scene(&stand).await;
        let stand = stand.restart().await;
        let state = snapshot(&stand, &scene.host, scene.session).await;
        assert!(state.session.host_grace_until.is_some());
        assert!(state.participants[1].seat_until.is_some(), "{:?}", state.participants);
        observe(&stand, &scene.host, scene.session, true).await;
        stand.wind_ms(59_999).await;
        assert_eq!(snapshot(&stand, &scene.host, scene.session).await.participants.len(), 2);
        stand.wind_ms(1).await;
        let state = snapshot(&stand, &scene.host, scene.session).await;
        assert_eq!(state.participants.len(), 1, "the guest did not come back");
        assert!(state.session.host_grace_until.is_none(), "the host did");
        observe(&stand, &scene.host, scene.session, false).await;
        let stand = stand.restart().await;
        stand.wind_ms(60_000).await;
        let path = format!("/v1/sessions/{}", scene.session);
        assert_eq!(stand.get(&path, &scene.host.token).await.expect(200)["status"], "ended");
    })
    .await;
}

#[tokio::test]
async fn the_log_goes_on_where_it_ended_and_the_rest_is_told_once() {
    on_each(async |stand| {
        let scene = scene(&stand).await;
        let last = snapshot(&stand, &scene.host, scene.session).await.seq;
        let told_before = stand.listener.of(scene.session).len();
        assert!(told_before > 0);
        let stand = stand.restart().await;
        let log = stand.server.read_log(scene.session, Seq(0), 200).await.unwrap().unwrap();
        let seqs: Vec<i64> = log.iter().filter_map(|envelope| envelope.seq).map(|seq| seq.0).collect();
        let count = i64::try_from(seqs.len()).unwrap();
        assert_eq!(seqs, (1..=count).collect::<Vec<_>>(), "no gap and no repeat");
        assert!(count > last.0, "the restart itself is in the log");
        let again: Vec<Seq> =
            stand.listener.of(scene.session).iter().filter_map(|envelope| envelope.seq).collect();
        assert!(again.contains(&last), "what may not have been told is told again");
        let stand = stand.restart().await;
        let again: Vec<Seq> =
            stand.listener.of(scene.session).iter().filter_map(|envelope| envelope.seq).collect();
        assert!(!again.contains(&last), "and not a third time: {again:?}");
    })
    .await;
}

#[tokio::test]
async fn people_stay_signed_in() {
    on_each(async |stand| {
        let ada = stand.sign_up("ada").await;
        let stand = stand.restart().await;
        stand.get("/v1/me", &ada.token).await.expect(200);
        let body = json!({"refresh_token": ada.refresh_token});
        stand.post("/v1/tokens/refresh", "", body).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_host_who_never_had_a_socket_has_the_same_minute() {
    on_each(async |stand| {
        let host = stand.sign_up("host").await;
        let session = stand.go_live(&host).await;
        let path = format!("/v1/sessions/{session}");
        let stand = stand.restart().await;
        let shown = stand.get(&path, &host.token).await.expect(200);
        assert_eq!(shown["host_grace_until"], "2026-11-21T07:01:00.000Z", "start-up and a minute");
        observe(&stand, &host, session, true).await;
        stand.wind_ms(60_000).await;
        let shown = stand.get(&path, &host.token).await.expect(200);
        assert_eq!((&shown["status"], &shown["host_grace_until"]), (&json!("live"), &json!(null)));
    })
    .await;
}
