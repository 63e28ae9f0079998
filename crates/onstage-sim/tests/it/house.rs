//! One media engine with one open room, and people who come in.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use onstage_domain::media::{MediaFact, MediaGrant, MediaOrder};
use onstage_domain::ports::{AccessRequest, CarryOut, ObserveMedia, Pending};
use onstage_domain::{Actor, At, Identity, SessionId, UserId};
use onstage_media::{Media, MediaConfig};
use onstage_sim::media::{CAST, Film};
use onstage_sim::rtc::{Options, RtcClient};

/// Long enough for anything on a busy machine; nothing waits for it in vain.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

const ROOM: &str = "house";

pub(crate) struct House {
    pub(crate) media: Media,
    session: SessionId,
}

struct Deaf;

impl ObserveMedia for Deaf {
    fn observe_media(&self, _fact: MediaFact) -> Pending<'_, ()> {
        Box::pin(async {})
    }
}

impl House {
    pub(crate) async fn open() -> Self {
        let _said = tracing_subscriber::fmt()
            .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
            .with_test_writer()
            .try_init();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let config = MediaConfig {
            api_key: "key".to_owned(),
            api_secret: "a secret that is long enough for anyone".to_owned(),
            listen: [127, 0, 0, 1].into(),
            udp_port: 0,
            tcp_port: onstage_media::Listening::Preferred(0),
            turn_port: onstage_media::Listening::Preferred(0),
            tls: None,
            shards: 1,
            public_ips: Vec::new(),
            auto_create_rooms: false,
            ice_servers: Vec::new(),
            limits_enabled: false,
            public_url: format!("http://{}", listener.local_addr().unwrap()),
        };
        let media = Media::start(config, Arc::new(Deaf)).unwrap();
        tokio::spawn(axum::serve(listener, media.router()).into_future());
        let house = Self { media, session: SessionId::new(uuid::Uuid::now_v7()) };
        house
            .order(MediaOrder::Session { session: house.session, room_name: ROOM.to_owned(), open: true })
            .await;
        house.media.open_doors();
        house
    }

    async fn order(&self, order: MediaOrder) {
        assert!(self.media.carry_out(vec![order]).await, "every order is enforced");
    }

    /// What somebody may do from now on; resolves once it is enforced.
    pub(crate) async fn allow(&self, user: UserId, admitted: bool, grant: MediaGrant) {
        self.order(MediaOrder::Person { session: self.session, user, admitted, grant }).await;
    }

    /// Somebody who may do everything.
    pub(crate) async fn guest(&self) -> UserId {
        let user = UserId::new(uuid::Uuid::now_v7());
        self.allow(user, true, everything()).await;
        user
    }

    pub(crate) fn options(&self, user: UserId, staged: bool) -> Options {
        let actor = Actor {
            user_id: user,
            handle: "bot".to_owned(),
            display_name: "Bot".to_owned(),
            avatar_url: None,
            identity: Identity::Account { operator: false },
            family: None,
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let now = At(i64::try_from(now.as_millis()).unwrap());
        let access =
            self.media.access(AccessRequest { room_name: ROOM, actor: &actor, staged, now }).unwrap();
        Options::new(&access.url, &access.token)
    }

    /// Somebody on stage who shows a film and speaks.
    pub(crate) async fn show(&self, user: UserId, film: Film) -> RtcClient {
        let options = Options { obeys_mute: false, ..self.options(user, true) };
        let client = RtcClient::join(options).await.unwrap();
        client.publish(Some(film), Some(CAST[0].voice().unwrap())).await.unwrap();
        client.speak(true).await.unwrap();
        client.wait("sending", PATIENCE, |report| (report.packets_sent > 50).then_some(())).await.unwrap();
        client
    }

    /// Somebody who watches and remembers every picture.
    pub(crate) async fn watch(&self) -> RtcClient {
        let user = UserId::new(uuid::Uuid::now_v7());
        let options = Options { keeps_pictures: true, ..self.options(user, false) };
        let client = RtcClient::join(options).await.unwrap();
        client.connected().await.unwrap();
        client
    }
}

pub(crate) fn everything() -> MediaGrant {
    MediaGrant { may_speak: true, may_show: true, may_share: true, ..MediaGrant::default() }
}

/// Three layers whose pictures say who they are; a key frame comes only when it is asked for.
pub(crate) fn marked_film() -> Film {
    Film::marked(&[(320, 180, 700), (640, 360, 2_000), (1280, 720, 5_000)], 30, u32::MAX)
}
