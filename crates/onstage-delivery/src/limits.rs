//! How much of everything; each limit has a test that reaches it.

use std::time::Duration;

/// Frames a socket may lag behind before it is closed and told to resume.
pub(crate) const SOCKET_QUEUE_MAX: usize = 256;
/// What is written to a socket at once, where that much waits.
pub(crate) const WIRES_PER_WRITE_MAX: usize = 16;
/// Messages that wait for a session's fan-out; beyond it the log is read instead.
pub(crate) const ROOM_QUEUE_MAX: usize = 4_096;
/// Messages a session's fan-out takes in one turn; also how many events one frame carries at most.
pub(crate) const ROOM_TURN_MAX: usize = 64;
/// Kept events a session holds for subscribers that are just catching up.
pub(crate) const RECENT_EVENTS_MAX: usize = 512;
/// Arrivals in the audience a session remembers for who is just being told who is there.
pub(crate) const ARRIVALS_REMEMBERED_MAX: usize = 16;
/// Events read from the log at a time.
pub(crate) const LOG_PAGE_MAX: u32 = 200;
/// Missed events beyond which a snapshot is cheaper than the log.
pub(crate) const CATCH_UP_EVENTS_MAX: usize = 5_000;
/// Sessions one socket may listen to.
pub(crate) const SUBSCRIPTIONS_PER_SOCKET_MAX: usize = 32;
/// Frames nobody understands, in a minute, before the socket is closed.
pub(crate) const BAD_FRAMES_PER_MINUTE_MAX: usize = 10;
/// Sockets of this process.
pub(crate) const CONNECTIONS_MAX: usize = 50_000;
/// Sockets of one person: several windows on several devices, and some that broke and were not noticed yet.
pub(crate) const SOCKETS_PER_PERSON_MAX: usize = 20;
/// Sockets in a session above which presence and reactions are counted instead of told one by one (K33).
pub(crate) const BATCH_ABOVE_CONNECTIONS: usize = 200;
/// Length of such a count.
pub(crate) const PRESENCE_WINDOW_MS: u64 = 1_000;
/// Joins, leaves and reactions told one by one within a window, also in a small session; the rest is counted.
pub(crate) const TOLD_SINGLY_PER_WINDOW_MAX: u32 = 20;
/// In a large session, events of this long share a frame.
pub(crate) const BATCH_TICK_MS: u64 = 50;
/// A socket without any inbound frame for this long is closed.
pub(crate) const SILENCE_MS_MAX: u64 = 75_000;
/// How often a socket is asked for a sign of life.
pub(crate) const PING_EVERY_MS: u64 = 25_000;
/// How long a fresh socket may take to say who it is.
pub(crate) const AUTHENTICATE_WAIT_MS: u64 = 10_000;
/// How long a closing socket may take to read what is left for it.
pub(crate) const CLOSE_WAIT_MS: u64 = 2_000;
/// Tries of a subscriber to catch up with a session that runs away from it.
pub(crate) const CATCH_UP_ROUNDS_MAX: usize = 4;
/// WebRTC signals one socket may send within ten seconds: a newcomer on a full stage offers, answers and names its
/// addresses to 49 others.
pub(crate) const SIGNALS_PER_WINDOW_MAX: u32 = 1_000;
/// Notes that wait for a socket's reader.
pub(crate) const NOTES_MAX: usize = 64;

/// The limits a test can set lower.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// See [`CONNECTIONS_MAX`].
    pub connections: usize,
    /// See [`SOCKETS_PER_PERSON_MAX`].
    pub per_person: usize,
    /// See [`SUBSCRIPTIONS_PER_SOCKET_MAX`].
    pub subscriptions: usize,
    /// See [`BATCH_ABOVE_CONNECTIONS`].
    pub batch_above: usize,
    /// See [`PRESENCE_WINDOW_MS`].
    pub presence_window: Duration,
    /// See [`CATCH_UP_EVENTS_MAX`].
    pub catch_up_events: usize,
    /// See [`ROOM_QUEUE_MAX`].
    pub room_queue: usize,
    /// See [`RECENT_EVENTS_MAX`].
    pub recent_events: usize,
    /// See [`SILENCE_MS_MAX`].
    pub silence: Duration,
    /// See [`PING_EVERY_MS`].
    pub ping_every: Duration,
    /// See [`AUTHENTICATE_WAIT_MS`].
    pub authenticate_wait: Duration,
    /// Whether WebRTC signals between people on stage are relayed.
    pub relay_signals: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: CONNECTIONS_MAX,
            per_person: SOCKETS_PER_PERSON_MAX,
            subscriptions: SUBSCRIPTIONS_PER_SOCKET_MAX,
            batch_above: BATCH_ABOVE_CONNECTIONS,
            presence_window: Duration::from_millis(PRESENCE_WINDOW_MS),
            catch_up_events: CATCH_UP_EVENTS_MAX,
            room_queue: ROOM_QUEUE_MAX,
            recent_events: RECENT_EVENTS_MAX,
            silence: Duration::from_millis(SILENCE_MS_MAX),
            ping_every: Duration::from_millis(PING_EVERY_MS),
            authenticate_wait: Duration::from_millis(AUTHENTICATE_WAIT_MS),
            relay_signals: true,
        }
    }
}
