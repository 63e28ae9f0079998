//! What is measured: the name, the labels and the meaning of every figure, once for the code, the page and the plots.

/// What kind of figure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How long something took, in seconds, sorted into buckets.
    Duration,
}

impl Kind {
    /// The word in tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Duration => "histogram",
        }
    }
}

/// A figure. No label ever holds an id, a name or a text of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meter {
    /// As Prometheus knows it.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Names of its labels; each has few values.
    pub labels: &'static [&'static str],
    /// What it tells, in one line.
    pub help: &'static str,
}

macro_rules! meters {
    ($($constant:ident = $kind:ident $name:literal [$($label:literal),*] $help:literal;)*) => {
        $(#[doc = $help] pub const $constant: Meter =
            Meter { name: $name, kind: Kind::$kind, labels: &[$($label),*], help: $help };)*

        /// Every figure.
        pub const ALL: &[Meter] = &[$($constant),*];
    };
}

meters! {
    SESSIONS_LIVE = Gauge "onstage_sessions_live" [] "Sessions that are live.";
    PEOPLE_ON_STAGE = Gauge "onstage_people_on_stage" [] "People with a seat, in all sessions.";
    VIEWERS = Gauge "onstage_viewers" [] "People who watch, in all sessions.";
    COMMANDS = Counter "onstage_commands_total" ["slice", "outcome"] "Commands by outcome: ok, refused or fault.";
    COMMAND_SECONDS = Duration "onstage_command_duration_seconds" ["slice"] "From a command to its answer.";
    EVENTS = Counter "onstage_events_total" ["event"] "Events that were told after their commit.";
    OUTBOX_LAG_SECONDS = Duration "onstage_outbox_lag_seconds" [] "From an event's record to its telling.";
    OUTBOX_WAITING = Gauge "onstage_outbox_waiting" [] "Commits that wait for the ones before them to be told.";
    TRANSACTION_SECONDS = Duration "onstage_database_transaction_seconds" [] "From a turn at the database to its commit.";
    TRANSACTION_WAIT_SECONDS = Duration "onstage_database_wait_seconds" [] "How long a change waits for its turn at the database.";
    ALARMS_RUNG = Counter "onstage_alarms_total" ["alarm", "outcome"] "Alarms by outcome: ok, or fault and rung again.";
    ALARMS_WAITING = Gauge "onstage_alarms_waiting" [] "Alarms that are set.";
    HTTP_REQUESTS = Counter "onstage_http_requests_total" ["route", "method", "status"] "Calls by route template, method and class of status.";
    HTTP_SECONDS = Duration "onstage_http_request_duration_seconds" ["route", "method"] "From a call to the head of its answer.";
    SOCKETS_OPEN = Gauge "onstage_sockets_open" ["dialect"] "Sockets that are open.";
    SOCKETS_CLOSED = Counter "onstage_sockets_closed_total" ["dialect", "reason"] "Sockets that were closed, and why.";
    SOCKET_FRAMES = Counter "onstage_socket_frames_sent_total" ["dialect"] "Frames written to sockets.";
    MEDIA_PARTICIPANTS = Gauge "onstage_media_participants" [] "People in media rooms.";
    MEDIA_PEERS = Gauge "onstage_media_peers" [] "Peer connections.";
    MEDIA_TRACKS = Gauge "onstage_media_tracks" [] "Published tracks.";
    MEDIA_PEERS_SHORT = Gauge "onstage_media_peers_short" [] "Peer connections whose way does not carry the pictures that they wish.";
    MEDIA_PICTURES_PAUSED = Gauge "onstage_media_pictures_paused" [] "Pictures that are held back altogether for lack of capacity.";
    MEDIA_TCP_CONNECTIONS = Gauge "onstage_media_tcp_connections" [] "Connections that carry media over TCP.";
    RELAY_ALLOCATIONS = Gauge "onstage_relay_allocations" [] "Allocations of the relay (TURN).";
    MEDIA_JOIN_SECONDS = Duration "onstage_media_join_seconds" [] "From a join at the media engine to the connection.";
    MEDIA_DATAGRAMS = Counter "onstage_media_datagrams_total" ["direction"] "Datagrams in and out.";
    MEDIA_BYTES = Counter "onstage_media_bytes_total" ["direction"] "Bytes in and out.";
    MEDIA_PACKETS = Counter "onstage_media_packets_total" ["direction"] "Packets of sound and picture in and out.";
    MEDIA_DROPPED = Counter "onstage_media_datagrams_dropped_total" [] "Datagrams that never left.";
    MEDIA_UNKNOWN = Counter "onstage_media_datagrams_unknown_total" [] "Datagrams that belonged to nobody.";
    MEDIA_KEY_FRAMES_ASKED = Counter "onstage_media_key_frames_asked_total" [] "Key frames that publishers were asked for (PLI).";
    MEDIA_FAULTS = Counter "onstage_media_faults_total" [] "Media connections that a fault of ours ended.";
    MEDIA_JOINS_REFUSED = Counter "onstage_media_joins_refused_total" [] "Joins that were turned away because too many came from one address.";
    WEBHOOKS_DROPPED = Counter "onstage_webhooks_dropped_total" [] "Webhooks that were given up, or for which there was no room.";
    MEDIA_SHARDS_ALIVE = Gauge "onstage_media_alive" [] "1 while every media thread runs.";
    LOG_LINES = Counter "onstage_log_lines_total" ["level"] "Lines of the log at levels warn and error.";
    BUILD = Gauge "onstage_build_info" ["version"] "1, labelled with the version.";
    CPU_SECONDS = Counter "process_cpu_seconds_total" [] "Processor time of the process.";
    MEMORY_BYTES = Gauge "process_resident_memory_bytes" [] "Memory of the process.";
    OPEN_FILES = Gauge "process_open_fds" [] "Files and sockets the process holds open.";
    THREADS = Gauge "process_threads" [] "Threads of the process.";
    STARTED_AT = Gauge "process_start_time_seconds" [] "When the process began, in Unix seconds.";
}
