//! The description of every REST route, with what all of them have in common.

use onstage_dialects::problem::{FieldErrorBody, PROBLEM_JSON, ProblemBody};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, Ref, RefOr, ResponseBuilder,
};
use utoipa::{PartialSchema as _, ToSchema};

/// Name of the one way to say who calls.
const BEARER: &str = "bearer";
/// Name of the answer that every call may get.
const PROBLEM: &str = "Problem";
/// The description as `api/openapi.json` keeps it.
pub fn openapi() -> OpenApi {
    let mut api = super::documented().into_openapi();
    api.info = InfoBuilder::new()
        .title("Onstage")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Live shows with people on stage. Errors are problems (RFC 9457)."))
        .license(Some(LicenseBuilder::new().name("MIT OR Apache-2.0").build()))
        .build();
    for operation in api.paths.paths.values_mut().flat_map(operations) {
        complete(operation);
    }
    let components = api.components.get_or_insert_with(Components::new);
    describe_problems(components);
    api.security = Some(vec![bearer()]);
    api
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let all = [&mut item.get, &mut item.post, &mut item.patch, &mut item.delete, &mut item.put];
    all.into_iter().filter_map(Option::as_mut)
}

/// A name that no other call has, and the answer in case of a problem.
fn complete(operation: &mut Operation) {
    let slice = operation.tags.as_ref().and_then(|tags| tags.first()).cloned().unwrap_or_default();
    operation.operation_id = operation.operation_id.as_ref().map(|verb| format!("{slice}_{verb}"));
    let problem = RefOr::Ref(Ref::from_response_name(PROBLEM));
    operation.responses.responses.insert("default".to_owned(), problem);
}

fn bearer() -> SecurityRequirement {
    SecurityRequirement::new(BEARER, std::iter::empty::<String>())
}

fn describe_problems(components: &mut Components) {
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemBody::name()))).build();
    let response = ResponseBuilder::new()
        .description("What was refused or failed; `code` is for programs.")
        .content(PROBLEM_JSON, body)
        .build();
    components.responses.insert(PROBLEM.to_owned(), response.into());
    components.schemas.insert(ProblemBody::name().into_owned(), ProblemBody::schema());
    components.schemas.insert(FieldErrorBody::name().into_owned(), FieldErrorBody::schema());
    components.add_security_scheme(BEARER, SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
}

#[cfg(test)]
mod tests;
