//! Addresses of webhooks: what is accepted, and how much of one may be shown.

use http::Uri;

use super::read::Reading;

const NAME: &str = "webhooks.urls";
/// As many as the media engine posts to.
const URLS_MAX: usize = 8;

impl Reading<'_> {
    /// `http` or `https`, with a host. A name and a password in it would take the place of the signature.
    pub(super) fn webhook_urls(&mut self) -> Vec<String> {
        let urls = self.list(NAME);
        if urls.len() > URLS_MAX {
            self.wrong(NAME, format!("at most {URLS_MAX} addresses"));
        }
        for url in &urls {
            if !is_plain(url) {
                let why = "must be an http:// or https:// address without a name and a password";
                self.wrong(NAME, format!("{}: {why}", host(url)));
            }
        }
        urls
    }
}

fn is_plain(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let authority = uri.authority().map(|authority| authority.as_str()).unwrap_or_default();
    matches!(uri.scheme_str(), Some("http" | "https"))
        && uri.host().is_some_and(|host| !host.is_empty())
        && !authority.contains('@')
}

/// Without path and query: these may hold a secret.
pub(super) fn shown(urls: &[String]) -> String {
    if urls.is_empty() {
        "none".to_owned()
    } else {
        urls.iter().map(|url| host(url)).collect::<Vec<_>>().join(", ")
    }
}

fn host(url: &str) -> String {
    let uri = url.parse::<Uri>().ok();
    let host = uri.as_ref().and_then(Uri::host).unwrap_or("?");
    let port = uri.as_ref().and_then(Uri::port_u16).map(|port| format!(":{port}")).unwrap_or_default();
    let scheme = uri.as_ref().and_then(Uri::scheme_str).unwrap_or("?");
    format!("{scheme}://{host}{port}/…")
}
