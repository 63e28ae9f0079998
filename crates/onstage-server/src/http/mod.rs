//! What every HTTP answer has in common: problems, bodies, identity, addresses, layers.

mod address;
mod extract;
mod layers;
mod problem;
mod redact;

pub(crate) use address::ClientAddress;
pub(crate) use extract::{Caller, Cookies, Ids, JsonBody, Wishes, bearer, perform, perform_as, question};
pub use layers::REQUEST_DEADLINE;
pub(crate) use layers::dress;
pub(crate) use problem::Refused;
pub use problem::{method_not_allowed, nothing_here};
pub use redact::redacted;

/// Largest JSON body, bytes.
pub const JSON_BODY_BYTES_MAX: usize = 256 * 1024;
