//! The one error object of every transport, as it is written (RFC 9457).

use onstage_domain::Problem;
use onstage_domain::problem::Code;
use schemars::JsonSchema;
use serde::Serialize;
use utoipa::ToSchema;

/// Content type of a problem over HTTP.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// A wrong field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, JsonSchema)]
pub struct FieldErrorBody {
    /// JSON pointer (RFC 6901) into the body.
    pub pointer: String,
    /// `missing`, `wrong_type`, `too_short`, `too_long`, `bad_characters`, `out_of_range`, `unknown_word`, …
    pub code: String,
    /// What to do about it.
    pub detail: String,
}

/// A refusal or fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, JsonSchema)]
pub struct ProblemBody {
    /// Address of a page about this code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same sentence for every occurrence.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// This occurrence.
    pub detail: String,
    /// The address that was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// `<slice>/<word>`, for programs.
    pub code: String,
    /// All wrong fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    #[schemars(default)]
    pub errors: Vec<FieldErrorBody>,
    /// When to come back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<i64>,
}

/// Renders a problem; `instance` is the path that was called, where there is one.
#[must_use]
pub fn problem_body(problem: &Problem, instance: Option<&str>) -> ProblemBody {
    ProblemBody {
        kind: type_of(problem.code),
        title: problem.code.title().to_owned(),
        status: problem.code.status(),
        detail: problem.detail.clone(),
        instance: instance.map(str::to_owned),
        code: problem.code.name().to_owned(),
        errors: problem
            .errors
            .iter()
            .map(|error| FieldErrorBody {
                pointer: error.pointer.clone(),
                code: error.code.clone(),
                detail: error.detail.clone(),
            })
            .collect(),
        retry_after_ms: problem.retry_after_ms,
    }
}

/// The page that explains a code.
#[must_use]
pub fn type_of(code: Code) -> String {
    format!("/problems/{}", code.name())
}

/// Seconds for `Retry-After`: rounded up, at least one.
#[must_use]
pub fn retry_after_s(problem: &Problem) -> Option<i64> {
    problem
        .retry_after_ms
        .map(|millis| millis.max(0).saturating_add(999).checked_div(1000).unwrap_or(1).max(1))
}
