//! Calls by route template: how many, how they ended, how long they took.

use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use http::{Method, StatusCode};
use metrics::{counter, histogram};
use onstage_domain::meters;

/// Stands for every address that is no route: pages of the app, and what does not exist.
const NO_ROUTE: &str = "other";

/// Counts every call of the router.
pub(crate) fn around(router: Router) -> Router {
    router.layer(from_fn(count))
}

async fn count(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| NO_ROUTE.to_owned(), |path| path.as_str().to_owned());
    let method = known(request.method());
    let response = next.run(request).await;
    let labels =
        [("route", route.clone()), ("method", method.to_owned()), ("status", class(response.status()))];
    counter!(meters::HTTP_REQUESTS.name, &labels).increment(1);
    histogram!(meters::HTTP_SECONDS.name, "route" => route, "method" => method).record(begun.elapsed());
    response
}

/// A caller may make methods up.
fn known(method: &Method) -> &'static str {
    let all = [
        Method::GET,
        Method::POST,
        Method::PATCH,
        Method::DELETE,
        Method::PUT,
        Method::HEAD,
        Method::OPTIONS,
    ];
    let names = ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"];
    all.iter().zip(names).find(|(known, _)| *known == method).map_or("OTHER", |(_, name)| name)
}

fn class(status: StatusCode) -> String {
    format!("{}xx", status.as_u16().checked_div(100).unwrap_or_default())
}
