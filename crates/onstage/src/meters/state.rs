//! Figures that are a state: asked for when somebody reads them.

use std::time::Duration;

use metrics::{counter, gauge};
use onstage_domain::meters;
use onstage_media::MediaFigures;
use onstage_server::Figures;
use tokio::time::timeout;

use crate::house::House;

/// How long a part may take to say how it is; after that its figures stay as they were.
const ANSWER_WAIT: Duration = Duration::from_secs(5);

/// Asks every part.
pub(super) async fn take(house: &House) {
    if let Ok(Ok(figures)) = timeout(ANSWER_WAIT, house.server.figures()).await {
        set_show(figures);
    }
    if let Ok(Some(figures)) = timeout(ANSWER_WAIT, house.media.figures()).await {
        set_media(figures);
    }
    let alive = house.media.answers().await;
    gauge!(meters::MEDIA_SHARDS_ALIVE.name).set(u32::from(alive));
}

fn set_show(figures: Figures) {
    gauge!(meters::SESSIONS_LIVE.name).set(figures.sessions_live);
    gauge!(meters::PEOPLE_ON_STAGE.name).set(figures.people_on_stage);
    gauge!(meters::VIEWERS.name).set(figures.viewers);
    gauge!(meters::OUTBOX_WAITING.name).set(figures.outbox_waiting);
    gauge!(meters::ALARMS_WAITING.name).set(figures.alarms_waiting);
}

fn set_media(figures: MediaFigures) {
    gauge!(meters::MEDIA_PARTICIPANTS.name).set(small(figures.participants));
    gauge!(meters::MEDIA_PEERS.name).set(small(figures.peers));
    gauge!(meters::MEDIA_TRACKS.name).set(small(figures.tracks));
    gauge!(meters::MEDIA_PEERS_SHORT.name).set(small(figures.peers_short));
    gauge!(meters::MEDIA_PICTURES_PAUSED.name).set(small(figures.pictures_paused));
    gauge!(meters::MEDIA_TCP_CONNECTIONS.name).set(small(figures.tcp_connections));
    gauge!(meters::RELAY_ALLOCATIONS.name).set(small(figures.relay_allocations));
    both_ways(meters::MEDIA_DATAGRAMS.name, figures.datagrams_in, figures.datagrams_out);
    both_ways(meters::MEDIA_BYTES.name, figures.bytes_in, figures.bytes_out);
    both_ways(meters::MEDIA_PACKETS.name, figures.packets_in, figures.packets_out);
    counter!(meters::MEDIA_DROPPED.name).absolute(figures.dropped);
    counter!(meters::MEDIA_UNKNOWN.name).absolute(figures.unknown);
    counter!(meters::MEDIA_KEY_FRAMES_ASKED.name).absolute(figures.key_frames_asked);
    counter!(meters::MEDIA_FAULTS.name).absolute(figures.faults);
    counter!(meters::MEDIA_JOINS_REFUSED.name).absolute(figures.joins_refused);
    counter!(meters::WEBHOOKS_DROPPED.name).absolute(figures.webhooks_dropped);
}

fn both_ways(name: &'static str, inward: u64, outward: u64) {
    counter!(name, "direction" => "in").absolute(inward);
    counter!(name, "direction" => "out").absolute(outward);
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
