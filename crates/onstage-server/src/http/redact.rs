//! Addresses as they may stand in a log: without the secrets in their query.

const SECRET_KEYS: [&str; 4] = ["token", "ticket", "access_token", "join_request"];

/// The address with every secret's value replaced.
#[must_use]
pub fn redacted(uri: &http::Uri) -> String {
    let Some(query) = uri.query() else { return uri.path().to_owned() };
    let parts: Vec<String> = query.split('&').map(redacted_pair).collect();
    format!("{}?{}", uri.path(), parts.join("&"))
}

fn redacted_pair(pair: &str) -> String {
    match pair.split_once('=') {
        Some((key, _)) if SECRET_KEYS.contains(&key.to_ascii_lowercase().as_str()) => format!("{key}=…"),
        // A key in percent-encoding would slip through the comparison.
        Some((key, _)) if key.contains('%') => format!("{key}=…"),
        Some(_) | None => pair.to_owned(),
    }
}

#[cfg(test)]
mod tests;
