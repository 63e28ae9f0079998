//! Would catch a setting that is silently ignored, misread, or refused without its name.

use std::path::Path;

use onstage_domain::accounts::{Plan, SignUp};

use onstage_media::Listening;

use super::keys::KEYS;
use super::{Given, LogFormat, Mistake, Settings, Tls, read, shown};

fn given(file: &str, variables: &[(&str, &str)]) -> Result<Settings, Vec<Mistake>> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    read(&Given::from_parts(Path::new("./data"), ("onstage.toml", file), variables))
}

fn refused(file: &str, variables: &[(&str, &str)]) -> String {
    let mistakes = given(file, variables).map(|_| ()).expect_err("something is wrong with it");
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn nothing_given_is_the_contracts_defaults() {
    let settings = given("", &[]).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.url_at(settings.listen), "http://127.0.0.1:8080");
    assert_eq!(settings.database_url, "sqlite://./data/onstage.db");
    assert_eq!((settings.udp_port, settings.media_listen.to_string()), (7882, "127.0.0.1".to_owned()));
    assert_eq!((settings.sign_up, settings.default_plan), (SignUp::Open, Plan::Innovator));
    assert_eq!((settings.auto_create_rooms, settings.limits_enabled), (false, true));
    assert_eq!((settings.log_retention_days, settings.log_format), (30, LogFormat::Pretty));
    assert_eq!((settings.ping_interval.as_millis(), settings.silence.as_millis()), (25_000, 75_000));
    assert_eq!(settings.tls, Tls::Off);
    assert!(settings.on_loopback() && settings.api_key.is_none() && settings.warnings.is_empty());
}

#[test]
fn every_key_is_read_from_the_file_and_from_its_variable() {
    assert_eq!(given("[media]\nudp_port = 9000", &[]).unwrap().udp_port, 9000);
    assert_eq!(given("", &[("ONSTAGE_MEDIA_UDP_PORT", "9000")]).unwrap().udp_port, 9000);
    let both = given("[media]\nudp_port = 1", &[("ONSTAGE_MEDIA_UDP_PORT", "2")]).unwrap();
    assert_eq!(both.udp_port, 2, "the variable is nearer than the file");
}

#[test]
fn figures_and_reports_are_off_until_they_are_given_an_address() {
    let settings = given("", &[]).unwrap();
    assert!(settings.metrics_listen.is_none() && settings.sentry_dsn.is_none());
    let file = "[metrics]\nlisten = '127.0.0.1:9464'\n[sentry]\ndsn = 'https://key@sentry.example/1'";
    let settings = given(file, &[]).unwrap();
    assert_eq!(settings.metrics_listen.unwrap().port(), 9464);
    let told = shown(&settings);
    assert!(told.contains("sentry.dsn = sentry.example") && !told.contains("key@"), "{told}");
    let wrong = refused("", &[("ONSTAGE_SENTRY_DSN", "https://secret@/1")]);
    assert!(wrong.contains("sentry.dsn") && !wrong.contains("secret"), "{wrong}");
}

#[test]
fn webhooks_go_where_the_operator_says_and_their_secrets_are_not_shown() {
    let urls = [("ONSTAGE_WEBHOOKS_URLS", "https://hooks.example/in?key=secret, http://127.0.0.1:9099/hook")];
    let settings = given("", &urls).unwrap();
    assert_eq!(settings.webhook_urls, ["https://hooks.example/in?key=secret", "http://127.0.0.1:9099/hook"]);
    let told = shown(&settings);
    assert!(told.contains("webhooks.urls = https://hooks.example/…, http://127.0.0.1:9099/…"), "{told}");
    assert!(shown(&given("", &[]).unwrap()).contains("webhooks.urls = none"));
    for wrong in
        ["ftp://hooks.example", "hooks.example", "https://name:secret@hooks.example/", "file:///etc/hosts"]
    {
        let told = refused("", &[("ONSTAGE_WEBHOOKS_URLS", wrong)]);
        assert!(told.contains("webhooks.urls") && !told.contains("secret"), "{told}");
    }
}

#[test]
fn reaches_urls_max() {
    let urls = |count: usize| vec!["http://127.0.0.1:1/"; count].join(",");
    assert_eq!(given("", &[("ONSTAGE_WEBHOOKS_URLS", &urls(8))]).unwrap().webhook_urls.len(), 8);
    assert!(refused("", &[("ONSTAGE_WEBHOOKS_URLS", &urls(9))]).contains("at most 8"));
}

#[test]
fn a_server_on_every_address_is_told_by_one_that_others_can_reach() {
    let every = given("[server]\nlisten = '0.0.0.0:8080'", &[]).unwrap();
    assert_eq!(every.url_at(every.listen), "http://127.0.0.1:8080");
    let reached = every.reach_at(every.listen);
    assert!(
        reached.starts_with("http://") && reached.ends_with(":8080") && !reached.contains("//0.0.0.0"),
        "{reached}"
    );
    let named = given("[server]\nlisten = '0.0.0.0:8080'\npublic_url = 'https://show.example'", &[]).unwrap();
    assert_eq!(named.reach_at(named.listen), "https://show.example");
}

#[test]
fn a_variable_is_made_from_every_key() {
    let named: Vec<String> = KEYS.iter().map(super::keys::Key::variable).collect();
    assert!(named.contains(&"ONSTAGE_SERVER_LISTEN".to_owned()));
    assert!(named.contains(&"ONSTAGE_ACCOUNTS_SIGN_UP".to_owned()));
    let unique: std::collections::BTreeSet<&String> = named.iter().collect();
    assert_eq!(unique.len(), KEYS.len());
}

#[test]
fn other_products_names_are_read_as_well() {
    let settings = given(
        "",
        &[
            ("DATABASE_URL", "postgres://onstage@localhost/onstage"),
            ("LIVEKIT_API_KEY", "key"),
            ("LIVEKIT_API_SECRET", "a secret that is long enough"),
            ("STUN_SERVER_URL", "stun:stun.example:3478"),
            ("TURN_SERVER_URL", "turn:turn.example:3478"),
            ("TURN_USERNAME", "user"),
            ("TURN_PASSWORD", "password"),
            ("SOCKET_PING_INTERVAL", "20000"),
            ("SOCKET_PING_TIMEOUT", "50000"),
        ],
    )
    .unwrap();
    assert_eq!(settings.database_url, "postgres://onstage@localhost/onstage");
    assert_eq!(settings.api_key.as_ref().map(|key| key.key.as_str()), Some("key"));
    let [stun, turn] = &settings.ice_servers[..] else { panic!("{:?}", settings.ice_servers) };
    assert_eq!((stun.urls[0].as_str(), stun.username.as_deref()), ("stun:stun.example:3478", None));
    assert_eq!((turn.username.as_deref(), turn.credential.as_deref()), (Some("user"), Some("password")));
    assert_eq!((settings.ping_interval.as_millis(), settings.silence.as_millis()), (20_000, 70_000));
}

#[test]
fn our_own_name_counts_more_than_another_products() {
    let own = given("", &[("DATABASE_URL", "sqlite://a"), ("ONSTAGE_DATABASE_URL", "sqlite://b")]).unwrap();
    assert_eq!(own.database_url, "sqlite://b");
}

#[test]
fn an_unknown_key_or_variable_is_named_with_where_it_stands() {
    let told = refused("[media]\nudp_prot = 1", &[]);
    assert!(
        told.starts_with("media.udp_prot (onstage.toml): unknown; did you mean media.udp_port"),
        "{told}"
    );
    let told = refused("", &[("ONSTAGE_MEDIA_UDP_PROT", "1")]);
    assert!(told.starts_with("ONSTAGE_MEDIA_UDP_PROT (environment): unknown; did you mean"), "{told}");
    assert!(told.contains("ONSTAGE_MEDIA_UDP_PORT"));
    assert!(refused("listen = 1", &[]).starts_with("listen (onstage.toml): unknown"));
}

#[test]
fn what_is_not_built_stops_the_start_and_is_named() {
    for (name, value) in [
        ("REDIS_URL", "redis://localhost"),
        ("ONSTAGE_REDIS_URL", "redis://localhost"),
        ("ONSTAGE_STORAGE_URL", "s3://bucket"),
        ("ONSTAGE_OTEL_ENDPOINT", "http://127.0.0.1:4317"),
        ("ONSTAGE_SERVER_TLS", "acme"),
    ] {
        let told = refused("", &[(name, value)]);
        assert!(told.contains("not built yet"), "{name}: {told}");
    }
    assert!(
        refused("[payments]\nanything = 1", &[])
            .starts_with("payments.anything (onstage.toml): not built yet")
    );
}

#[test]
fn livekit_url_chooses_the_cluster_whose_key_has_to_be_given() {
    let key = [("LIVEKIT_API_KEY", "key"), ("LIVEKIT_API_SECRET", "a secret that is long enough")];
    let with = |more: &[(&'static str, &'static str)]| [&key[..], more].concat();
    let settings = given("", &with(&[("LIVEKIT_URL", "wss://media.example")])).unwrap();
    assert_eq!(settings.cluster_url.as_deref(), Some("wss://media.example"));
    let settings =
        given("[media]\nengine = \"embedded\"", &with(&[("LIVEKIT_URL", "wss://media.example")])).unwrap();
    assert_eq!(settings.cluster_url, None);
    assert_eq!(given("", &key).unwrap().cluster_url, None);
    assert!(refused("", &[("LIVEKIT_URL", "wss://media.example")]).contains("LIVEKIT_API_SECRET"));
    assert!(refused("", &with(&[("LIVEKIT_URL", "media.example")])).contains("must begin with ws://"));
    assert!(refused("[media]\nengine = \"livekit\"", &[]).contains("set LIVEKIT_URL as well"));
}

#[test]
fn a_port_that_was_given_is_required_the_usual_one_is_not() {
    let ports =
        |text: &str| given(text, &[]).map(|settings| (settings.tcp_port, settings.turn_port)).unwrap();
    assert_eq!(ports(""), (Listening::Preferred(7881), Listening::Preferred(3478)));
    assert_eq!(ports("[media]\ntcp_port = 7881\nturn_port = 0"), (Listening::Required(7881), Listening::Off));
    assert_eq!(ports("[media]\nudp_port = 0"), (Listening::Preferred(0), Listening::Preferred(0)));
    assert!(refused("[media]\ntcp_port = 70000", &[]).contains("must be a number from 0 to 65535"));
}

#[test]
fn a_public_address_is_one_that_clients_can_reach() {
    let told = |listen: &str, ip: &str| {
        refused(&format!("[media]\nlisten = \"{listen}\"\npublic_ip = [\"{ip}\"]"), &[])
    };
    for nobody in ["0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "ff02::1", "::ffff:0.0.0.0"] {
        let told = told("::", nobody);
        assert!(told.starts_with("media.public_ip") && told.contains("of no machine"), "{nobody}: {told}");
    }
    assert!(told("0.0.0.0", "2001:db8::7").contains("set media.listen = \"::\""));
    assert!(told("2001:db8::7", "203.0.113.7").contains("is IPv4"));
    let both = "[media]\nlisten = \"::\"\npublic_ip = [\"203.0.113.7\", \"2001:db8::7\"]";
    assert_eq!(given(both, &[]).unwrap().public_ips.len(), 2);
}

#[test]
fn products_that_are_out_of_scope_are_warned_about() {
    let settings = given("", &[("AGORA_APP_ID", "x"), ("DAILY_API_KEY", "y")]).unwrap();
    assert_eq!(settings.warnings.len(), 2);
    assert!(settings.warnings[0].starts_with("AGORA_APP_ID has no effect"));
}

#[test]
fn all_mistakes_are_told_at_once() {
    let file = "[server]\nlisten = \"everywhere\"\ntrusted_proxies = [\"10.0.0.0/8\", \"x\"]\n[media]\nshards = 0\n\
                [accounts]\nsign_up = \"maybe\"\n[limits]\nenabled = \"no\"";
    let told = refused(file, &[("ONSTAGE_LOG_RETENTION_DAYS", "many")]);
    assert_eq!(told.lines().count(), 6, "{told}");
    for name in [
        "server.listen",
        "server.trusted_proxies",
        "media.shards",
        "accounts.sign_up",
        "limits.enabled",
        "log.",
    ] {
        assert!(told.lines().any(|line| line.starts_with(name)), "{name} in {told}");
    }
}

#[test]
fn tls_from_files_needs_both_files() {
    let told = refused("[server]\ntls = \"files\"\ntls_key = \"key.pem\"", &[]);
    assert!(told.contains("server.tls_certificate and server.tls_key"), "{told}");
    let file = "[server]\ntls = \"files\"\ntls_key = \"key.pem\"\ntls_certificate = \"cert.pem\"";
    let settings = given(file, &[]).unwrap();
    assert_eq!(settings.url_at(settings.listen), "https://127.0.0.1:8080");
}

#[test]
fn half_a_key_is_refused() {
    assert!(refused("", &[("LIVEKIT_API_KEY", "key")]).contains("set media.api_secret as well"));
    assert!(refused("", &[("ONSTAGE_MEDIA_API_SECRET", "x")]).contains("set media.api_key as well"));
}

#[test]
fn a_file_that_is_no_toml_is_refused_by_name() {
    assert!(refused("[server", &[]).starts_with("onstage.toml (settings file):"));
}

#[test]
fn what_is_shown_has_no_secrets() {
    let variables = [
        ("LIVEKIT_API_KEY", "key"),
        ("LIVEKIT_API_SECRET", "do-not-show"),
        ("DATABASE_URL", "postgres://ada:do-not-show@localhost/onstage"),
    ];
    let settings = given("", &variables).unwrap();
    let text = shown(&settings);
    assert!(!text.contains("do-not-show"), "{text}");
    assert!(text.contains("database.url = postgres://ada:…@localhost/onstage"), "{text}");
}

#[test]
fn reaches_shards_wish_max() {
    assert_eq!(given("[media]\nshards = 64", &[]).unwrap().shards, 64);
    assert!(refused("[media]\nshards = 65", &[]).contains("must be a number from 1 to 64"));
    assert!(given("", &[]).unwrap().shards >= 1);
}
