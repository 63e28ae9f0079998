//! People: accounts, plans, and what an account may be asked to change.

mod model;
mod rules;

pub use model::{Account, AccountView, Plan, SignUp};
pub use rules::Command;
