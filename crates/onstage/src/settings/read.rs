//! From what was given to settings: every mistake at once.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use onstage_domain::accounts::{Plan, SignUp};
use onstage_domain::media::IceServer;
use onstage_media::Listening;
use onstage_server::Network;
use sentry::types::Dsn;
use toml::Value;

use super::given::{Found, mistake, wrong_kind};
use super::keys::{self, Kind, LIVEKIT_URL, STUN_SERVER_URL, TURN_PASSWORD, TURN_SERVER_URL, TURN_USERNAME};
use super::{ApiKey, Given, LogFormat, Mistake, Settings, Tls};

/// As many threads as this for media, whatever the machine has.
const SHARDS_WISH_MAX: u16 = 64;
/// Silence that ends a plain socket where nothing else was given (K25).
const SILENCE_MS: u32 = 75_000;
const PING_INTERVAL_MS: u32 = 25_000;

/// Where ICE over TCP and the relay are usually found.
const TCP_PORT: u16 = 7881;
const TURN_PORT: u16 = 3478;

/// Libraries that tell more than people want to know; that of STUN warns of whatever anybody sends.
const LOG_LEVEL: &str =
    "info,str0m=error,is=error,dimpl=error,sctp_proto=off,stun_types=error,sea_orm_migration=warn";

pub(super) struct Reading<'given> {
    given: &'given Given,
    mistakes: Vec<Mistake>,
}

/// The settings, or everything that is wrong with them.
pub(crate) fn read(given: &Given) -> Result<Settings, Vec<Mistake>> {
    let mut reading = Reading { given, mistakes: given.mistakes.clone() };
    let settings = reading.settings();
    if reading.mistakes.is_empty() { Ok(settings) } else { Err(reading.mistakes) }
}

impl Reading<'_> {
    fn settings(&mut self) -> Settings {
        let listen = self.parsed("server.listen").unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)));
        let media_listen = self.parsed("media.listen").unwrap_or(listen.ip());
        let (ping_interval, silence) = self.sockets();
        Settings {
            data_dir: self.given.data_dir.clone(),
            listen,
            public_url: self.public_url(),
            tls: self.tls(),
            trusted_proxies: self.parsed_list::<Network>("server.trusted_proxies"),
            cors_origins: self.list("server.cors_origins"),
            database_url: self.text("database.url").unwrap_or_else(|| self.default_database()),
            api_key: self.api_key(),
            cluster_url: self.cluster_url(),
            media_listen,
            auto_create_rooms: self.switch("media.auto_create_rooms", false),
            udp_port: self.port("media.udp_port").unwrap_or(7882),
            tcp_port: self.listening("media.tcp_port", TCP_PORT),
            turn_port: self.listening("media.turn_port", TURN_PORT),
            public_ips: self.public_ips(media_listen),
            shards: self.shards(),
            ice_servers: self.ice_servers(),
            webhook_urls: self.webhook_urls(),
            sign_up: self.sign_up(),
            ping_interval,
            silence,
            relay_signals: self.switch("sockets.relay_signals", true),
            limits_enabled: self.switch("limits.enabled", true),
            default_plan: self.plan(),
            log_retention_days: self.number("log.retention_days", 0, u32::MAX).unwrap_or(30),
            metrics_listen: self.parsed("metrics.listen"),
            sentry_dsn: self.sentry_dsn(),
            log_format: self
                .one_of("log.format", &[("pretty", LogFormat::Pretty), ("json", LogFormat::Json)])
                .unwrap_or(LogFormat::Pretty),
            log_level: self.text("log.level").unwrap_or_else(|| LOG_LEVEL.to_owned()),
            warnings: self.given.warnings.clone(),
        }
    }

    fn found(&self, name: &'static str) -> Option<&Found> {
        debug_assert!(keys::of(name).is_some(), "{name} is not in the list of keys");
        self.given.found.get(name)
    }

    pub(super) fn wrong(&mut self, name: &'static str, why: impl Into<String>) {
        let source = self.found(name).map(|found| found.source.clone()).unwrap_or_default();
        self.mistakes.push(mistake(name, source, why));
    }

    fn text(&mut self, name: &'static str) -> Option<String> {
        let text = self.found(name)?.value.as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong(name, wrong_kind(Kind::Text));
        }
        text
    }

    fn parsed<T: FromStr>(&mut self, name: &'static str) -> Option<T> {
        let text = self.text(name)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.wrong(name, format!("`{text}` cannot be read"));
        }
        parsed
    }

    /// Holds a key, so what was given is not shown.
    fn sentry_dsn(&mut self) -> Option<Dsn> {
        let text = self.text("sentry.dsn")?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.wrong("sentry.dsn", "has the form https://<key>@<host>/<project>".to_owned());
        }
        parsed
    }

    fn number(&mut self, name: &'static str, min: u32, max: u32) -> Option<u32> {
        let value = self.found(name).map(|found| found.value.clone())?;
        let Value::Integer(number) = value else {
            self.wrong(name, wrong_kind(Kind::Number));
            return None;
        };
        let fits = u32::try_from(number).ok().filter(|number| (min..=max).contains(number));
        if fits.is_none() {
            self.wrong(name, format!("must be a number from {min} to {max}"));
        }
        fits
    }

    fn port(&mut self, name: &'static str) -> Option<u16> {
        self.number(name, 0, u32::from(u16::MAX)).and_then(|port| u16::try_from(port).ok())
    }

    /// What was given has to be had; the usual port is no reason not to start, and where the system chooses the UDP port
    /// it chooses these as well.
    fn listening(&mut self, name: &'static str, usual: u16) -> Listening {
        match self.port(name) {
            Some(0) => Listening::Off,
            Some(port) => Listening::Required(port),
            None if self.found("media.udp_port").is_some_and(|found| found.value == Value::Integer(0)) => {
                Listening::Preferred(0)
            }
            None => Listening::Preferred(usual),
        }
    }

    fn switch(&mut self, name: &'static str, default: bool) -> bool {
        match self.found(name).map(|found| found.value.clone()) {
            None => default,
            Some(Value::Boolean(on)) => on,
            Some(_) => {
                self.wrong(name, wrong_kind(Kind::Switch));
                default
            }
        }
    }

    pub(super) fn list(&mut self, name: &'static str) -> Vec<String> {
        let Some(value) = self.found(name).map(|found| found.value.clone()) else { return Vec::new() };
        let items = value.as_array().cloned().unwrap_or_else(|| vec![value]);
        let texts: Option<Vec<String>> = items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
        texts.unwrap_or_else(|| {
            self.wrong(name, wrong_kind(Kind::List));
            Vec::new()
        })
    }

    fn parsed_list<T: FromStr>(&mut self, name: &'static str) -> Vec<T> {
        let mut parsed = Vec::new();
        for text in self.list(name) {
            match text.parse() {
                Ok(item) => parsed.push(item),
                Err(_) => self.wrong(name, format!("`{text}` cannot be read")),
            }
        }
        parsed
    }

    /// Addresses that clients can be sent to, of a kind that the media sockets take.
    fn public_ips(&mut self, listen: IpAddr) -> Vec<IpAddr> {
        let ips = self.parsed_list::<IpAddr>("media.public_ip");
        for ip in &ips {
            if let Some(why) = unreachable(ip.to_canonical(), listen) {
                self.wrong("media.public_ip", format!("`{ip}` {why}"));
            }
        }
        ips
    }

    fn one_of<T: Copy>(&mut self, name: &'static str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(name)?;
        let chosen = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if chosen.is_none() {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.wrong(name, format!("`{text}` is not one of: {}", words.join(", ")));
        }
        chosen
    }

    /// A value that is known, but whose feature does not exist yet.
    fn refuse(&mut self, name: &'static str, value: &str, what: &str) {
        if self.found(name).is_some_and(|found| found.value.as_str() == Some(value)) {
            self.wrong(name, format!("not built yet: {what}; leave it out"));
        }
    }

    fn public_url(&mut self) -> Option<String> {
        let url = self.text("server.public_url")?;
        let known = url.starts_with("http://") || url.starts_with("https://");
        if !known {
            self.wrong("server.public_url", "must begin with http:// or https://");
        }
        Some(url.trim_end_matches('/').to_owned())
    }

    fn tls(&mut self) -> Tls {
        let certificate = self.text("server.tls_certificate").map(PathBuf::from);
        let key = self.text("server.tls_key").map(PathBuf::from);
        self.refuse("server.tls", "acme", "certificates by ACME");
        let files = self.one_of("server.tls", &[("off", false), ("files", true), ("acme", false)]);
        match (files.unwrap_or(false), certificate, key) {
            (true, Some(certificate), Some(key)) => Tls::Files { certificate, key },
            (true, _, _) => {
                self.wrong("server.tls", "files: set server.tls_certificate and server.tls_key as well");
                Tls::Off
            }
            (false, _, _) => Tls::Off,
        }
    }

    fn default_database(&self) -> String {
        format!("sqlite://{}", self.given.data_dir.join("onstage.db").display())
    }

    fn api_key(&mut self) -> Option<ApiKey> {
        match (self.text("media.api_key"), self.text("media.api_secret")) {
            (Some(key), Some(secret)) => Some(ApiKey { key, secret }),
            (None, None) => None,
            (Some(_), None) => {
                self.wrong("media.api_key", "set media.api_secret as well, or neither");
                None
            }
            (None, Some(_)) => {
                self.wrong("media.api_secret", "set media.api_key as well, or neither");
                None
            }
        }
    }

    /// `LIVEKIT_URL` alone chooses the cluster; its key cannot be generated here.
    fn cluster_url(&mut self) -> Option<String> {
        let wished = self.one_of("media.engine", &[("embedded", false), ("livekit", true)]);
        let url = self.given.foreign.get(LIVEKIT_URL).filter(|url| !url.is_empty()).cloned();
        match (wished, url) {
            (Some(false), _) | (None, None) => None,
            (Some(true), None) => {
                self.wrong("media.engine", "livekit: set LIVEKIT_URL as well");
                None
            }
            (Some(true) | None, Some(url)) => {
                let is_known =
                    ["ws://", "wss://", "http://", "https://"].iter().any(|scheme| url.starts_with(scheme));
                if !is_known {
                    let why = "must begin with ws://, wss://, http:// or https://";
                    self.mistakes.push(mistake(LIVEKIT_URL, "environment", why));
                }
                if self.found("media.api_key").is_none() {
                    let why = "set media.api_key and media.api_secret (LIVEKIT_API_KEY, LIVEKIT_API_SECRET) to the cluster's";
                    self.mistakes.push(mistake(LIVEKIT_URL, "environment", why));
                }
                Some(url)
            }
        }
    }

    fn shards(&mut self) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let wish = self.number("media.shards", 1, u32::from(SHARDS_WISH_MAX));
        wish.and_then(|shards| usize::try_from(shards).ok())
            .unwrap_or(cores.min(usize::from(SHARDS_WISH_MAX)))
    }

    /// Addresses as `stun:…` and `turn:…`; a TURN server's name and password come by their variables.
    fn ice_servers(&mut self) -> Vec<IceServer> {
        let foreign = |name: &str| self.given.foreign.get(name).filter(|text| !text.is_empty()).cloned();
        let (username, credential) = (foreign(TURN_USERNAME), foreign(TURN_PASSWORD));
        let others = [foreign(STUN_SERVER_URL), foreign(TURN_SERVER_URL)];
        let mut urls = self.list("media.ice_servers");
        urls.extend(others.into_iter().flatten());
        urls.into_iter()
            .map(|url| {
                let relays = url.starts_with("turn");
                IceServer {
                    urls: vec![url],
                    username: username.clone().filter(|_| relays),
                    credential: credential.clone().filter(|_| relays),
                }
            })
            .collect()
    }

    fn sign_up(&mut self) -> SignUp {
        let words = [("open", SignUp::Open), ("invite", SignUp::Invite), ("closed", SignUp::Closed)];
        self.one_of("accounts.sign_up", &words).unwrap_or(SignUp::Open)
    }

    fn plan(&mut self) -> Plan {
        let words: Vec<(&str, Plan)> = Plan::ALL.iter().map(|plan| (plan.word(), *plan)).collect();
        self.one_of("plans.default_plan", &words).unwrap_or(Plan::Innovator)
    }

    fn sockets(&mut self) -> (Duration, Duration) {
        let interval = self.number("sockets.ping_interval_ms", 1_000, 600_000).unwrap_or(PING_INTERVAL_MS);
        let patience = self.number("sockets.ping_timeout_ms", 1_000, 600_000);
        let silence = patience.map_or(SILENCE_MS, |patience| interval.saturating_add(patience));
        (Duration::from_millis(u64::from(interval)), Duration::from_millis(u64::from(silence)))
    }
}

/// Why nobody gets to the media sockets by this address.
fn unreachable(ip: IpAddr, listen: IpAddr) -> Option<&'static str> {
    let is_broadcast = matches!(ip, IpAddr::V4(four) if four.is_broadcast());
    if ip.is_unspecified() || ip.is_multicast() || is_broadcast {
        return Some("is the address of no machine: give the one that clients reach this server by");
    }
    match (ip, listen) {
        (IpAddr::V6(_), IpAddr::V4(_)) => Some("is IPv6: set media.listen = \"::\" as well, or leave it out"),
        (IpAddr::V4(_), IpAddr::V6(six)) if !six.is_unspecified() => {
            Some("is IPv4: set media.listen = \"::\" or an IPv4 address as well, or leave it out")
        }
        (IpAddr::V4(_) | IpAddr::V6(_), _) => None,
    }
}
