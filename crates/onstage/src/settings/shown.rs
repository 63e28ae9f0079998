//! The settings as `check-config` prints them: without secrets.

use std::net::IpAddr;

use onstage_media::Listening;

use super::{LogFormat, Settings, Tls};

/// One line a setting.
pub(crate) fn shown(settings: &Settings) -> String {
    let tls = match &settings.tls {
        Tls::Off => "off".to_owned(),
        Tls::Files { certificate, key } => format!("files ({}, {})", certificate.display(), key.display()),
    };
    let format = match settings.log_format {
        LogFormat::Pretty => "pretty",
        LogFormat::Json => "json",
    };
    let lines = [
        ("data_dir", settings.data_dir.display().to_string()),
        ("server.listen", settings.listen.to_string()),
        (
            "server.public_url",
            settings.public_url.clone().unwrap_or_else(|| settings.url_at(settings.listen)),
        ),
        ("server.tls", tls),
        ("server.trusted_proxies", settings.trusted_proxies.len().to_string()),
        ("server.cors_origins", settings.cors_origins.join(", ")),
        ("database.url", without_password(&settings.database_url)),
        (
            "media.engine",
            settings.cluster_url.as_ref().map_or("embedded".to_owned(), |url| format!("livekit ({url})")),
        ),
        ("media.api_key", settings.api_key.as_ref().map_or("generated".to_owned(), |key| key.key.clone())),
        ("media.listen", settings.media_listen.to_string()),
        ("media.udp_port", settings.udp_port.to_string()),
        ("media.tcp_port", port(settings.tcp_port)),
        ("media.turn_port", port(settings.turn_port)),
        ("media.public_ip", addresses(&settings.public_ips)),
        ("media.shards", settings.shards.to_string()),
        ("media.auto_create_rooms", settings.auto_create_rooms.to_string()),
        ("webhooks.urls", super::webhooks::shown(&settings.webhook_urls)),
        ("accounts.sign_up", format!("{:?}", settings.sign_up).to_lowercase()),
        ("plans.default_plan", settings.default_plan.word().to_owned()),
        ("limits.enabled", settings.limits_enabled.to_string()),
        ("metrics.listen", settings.metrics_listen.map_or("off".to_owned(), |listen| listen.to_string())),
        ("sentry.dsn", settings.sentry_dsn.as_ref().map_or("off".to_owned(), |dsn| dsn.host().to_owned())),
        ("log.retention_days", settings.log_retention_days.to_string()),
        ("log.format", format.to_owned()),
        ("log.level", settings.log_level.clone()),
    ];
    let mut lines: Vec<String> = lines.into_iter().map(|(name, value)| format!("{name} = {value}")).collect();
    lines.extend(settings.warnings.iter().map(|warning| format!("# {warning}")));
    lines.join("\n")
}

fn port(listening: Listening) -> String {
    match listening {
        Listening::Off => "off".to_owned(),
        Listening::Required(port) | Listening::Preferred(port) => port.to_string(),
    }
}

fn addresses(ips: &[IpAddr]) -> String {
    let ips: Vec<String> = ips.iter().map(ToString::to_string).collect();
    if ips.is_empty() { "detected".to_owned() } else { ips.join(", ") }
}

/// A database address without what stands between `:` and `@`.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((person, place)) => {
            let name = person.split_once(':').map_or(person, |(name, _)| name);
            format!("{scheme}://{name}:…@{place}")
        }
        None => url.to_owned(),
    }
}
