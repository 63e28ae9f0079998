//! Every key there is, what it may hold, and the other names it goes by.

/// What a key holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    Switch,
    /// In a variable: separated by commas.
    List,
}

/// Whether what the key is for exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Built,
    /// Named when it is set, instead of being silently without effect.
    NotYet(&'static str),
}

/// A key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// `section.name`.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Variables of other products that are read as well.
    pub(crate) aliases: &'static [&'static str],
    pub(crate) state: State,
}

impl Key {
    /// `ONSTAGE_<SECTION>_<KEY>`.
    pub(crate) fn variable(&self) -> String {
        format!("ONSTAGE_{}", self.name.replace('.', "_").to_uppercase())
    }
}

const fn key(name: &'static str, kind: Kind) -> Key {
    Key { name, kind, aliases: &[], state: State::Built }
}

const fn also(name: &'static str, kind: Kind, aliases: &'static [&'static str]) -> Key {
    Key { name, kind, aliases, state: State::Built }
}

const fn not_yet(name: &'static str, what: &'static str) -> Key {
    Key { name, kind: Kind::Text, aliases: &[], state: State::NotYet(what) }
}

const REDIS: &str = "several nodes on one bus";
const PAYMENTS: &str = "payments";

/// All of them, in the order people read them.
pub(crate) const KEYS: &[Key] = &[
    key("server.listen", Kind::Text),
    key("server.public_url", Kind::Text),
    key("server.tls", Kind::Text),
    key("server.tls_certificate", Kind::Text),
    key("server.tls_key", Kind::Text),
    key("server.trusted_proxies", Kind::List),
    key("server.cors_origins", Kind::List),
    also("database.url", Kind::Text, &["DATABASE_URL"]),
    Key { name: "redis.url", kind: Kind::Text, aliases: &["REDIS_URL"], state: State::NotYet(REDIS) },
    not_yet("storage.url", "files such as recordings and pictures"),
    key("media.engine", Kind::Text),
    also("media.api_key", Kind::Text, &["LIVEKIT_API_KEY"]),
    also("media.api_secret", Kind::Text, &["LIVEKIT_API_SECRET"]),
    key("media.listen", Kind::Text),
    key("media.auto_create_rooms", Kind::Switch),
    key("media.udp_port", Kind::Number),
    key("media.tcp_port", Kind::Number),
    key("media.turn_port", Kind::Number),
    key("media.public_ip", Kind::List),
    key("media.shards", Kind::Number),
    key("media.ice_servers", Kind::List),
    key("webhooks.urls", Kind::List),
    key("accounts.sign_up", Kind::Text),
    also("sockets.ping_interval_ms", Kind::Number, &["SOCKET_PING_INTERVAL"]),
    also("sockets.ping_timeout_ms", Kind::Number, &["SOCKET_PING_TIMEOUT"]),
    key("sockets.relay_signals", Kind::Switch),
    key("limits.enabled", Kind::Switch),
    key("plans.default_plan", Kind::Text),
    key("metrics.listen", Kind::Text),
    key("log.retention_days", Kind::Number),
    key("log.format", Kind::Text),
    key("log.level", Kind::Text),
    not_yet("payments.provider", PAYMENTS),
    not_yet("payments.stripe_secret_key", PAYMENTS),
    not_yet("payments.stripe_webhook_secret", PAYMENTS),
    not_yet("mail.url", "mail"),
    not_yet("mail.from", "mail"),
    not_yet("push.vapid_key", "push messages"),
    not_yet("push.subject", "push messages"),
    key("sentry.dsn", Kind::Text),
    not_yet("otel.endpoint", "traces by OpenTelemetry"),
];

/// Sections of features to come: whatever stands in them is named as not built.
pub(crate) const SECTIONS_TO_COME: &[(&str, &str)] =
    &[("payments", PAYMENTS), ("mail", "mail"), ("push", "push messages")];

/// Variables that are read elsewhere: by the flag, and by the tests around the binary.
pub(crate) const OTHER_VARIABLES: &[&str] = &["ONSTAGE_DATA_DIR", "ONSTAGE_BIN"];
/// What tests set for themselves.
pub(crate) const TEST_PREFIX: &str = "ONSTAGE_TEST_";

/// Variables that choose the engine or its servers under another product's name.
pub(crate) const LIVEKIT_URL: &str = "LIVEKIT_URL";
/// Read into `media.ice_servers`.
pub(crate) const STUN_SERVER_URL: &str = "STUN_SERVER_URL";
/// Read into `media.ice_servers`.
pub(crate) const TURN_SERVER_URL: &str = "TURN_SERVER_URL";
/// Read into `media.ice_servers`.
pub(crate) const TURN_USERNAME: &str = "TURN_USERNAME";
/// Read into `media.ice_servers`.
pub(crate) const TURN_PASSWORD: &str = "TURN_PASSWORD";

/// Products whose wire protocols are out of scope; their variables have no effect.
pub(crate) const NO_EFFECT_PREFIXES: &[&str] = &["AGORA_", "DAILY_"];

/// The key of that name.
pub(crate) fn of(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}
