//! `/problems/<slice>/<word>`: a page for people about every code, and `api/problems.json` for programs.

use axum::Router;
use axum::extract::Path;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use onstage_domain::Code;
use rust_embed::RustEmbed;
use serde_json::{Value, json};

#[derive(RustEmbed)]
#[folder = "../../docs/problems"]
#[allow_missing = true]
struct Pages;

/// The pages.
pub(crate) fn router() -> Router {
    Router::new().route("/problems", get(async || Html(index()))).route("/problems/{slice}/{word}", get(page))
}

async fn page(Path((slice, word)): Path<(String, String)>) -> Response {
    let name = format!("{slice}/{word}");
    let code = Code::ALL.iter().find(|code| code.name() == name);
    let text = Pages::get(&format!("{name}.md"));
    match (code, text) {
        (Some(code), Some(text)) => {
            Html(html(code.title(), &paragraphs(&String::from_utf8_lossy(&text.data)))).into_response()
        }
        (Some(_) | None, _) => onstage_server::nothing_here().await.into_response(),
    }
}

fn index() -> String {
    let items: String = Code::ALL
        .iter()
        .map(|code| {
            format!(
                "<li><a href=\"/problems/{0}\">{0}</a> · {1} · {2}</li>",
                code.name(),
                code.status(),
                code.title()
            )
        })
        .collect();
    html("Problems", &format!("<h1>Problems</h1><ul>{items}</ul>"))
}

fn html(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{}</title></head><body>{body}</body></html>",
        escaped(title)
    )
}

/// Our pages use headings, paragraphs and lists of one level, and nothing else of Markdown.
fn paragraphs(text: &str) -> String {
    text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()).map(block).collect()
}

fn block(text: &str) -> String {
    if let Some(title) = text.strip_prefix("# ") {
        return format!("<h1>{}</h1>", escaped(title));
    }
    if let Some(title) = text.strip_prefix("## ") {
        return format!("<h2>{}</h2>", escaped(title));
    }
    if text.starts_with("- ") {
        let items = text.lines().map(|line| format!("<li>{}</li>", escaped(line.trim_start_matches("- "))));
        return format!("<ul>{}</ul>", items.collect::<String>());
    }
    format!("<p>{}</p>", escaped(text))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('`', "")
}

/// Every code, as `api/problems.json` has it.
pub(crate) fn catalogue() -> Value {
    let items: Vec<Value> = Code::ALL
        .iter()
        .map(|code| {
            json!({
                "code": code.name(),
                "type": onstage_dialects::problem::type_of(*code),
                "status": code.status(),
                "title": code.title(),
            })
        })
        .collect();
    Value::Array(items)
}

#[cfg(test)]
mod tests;
