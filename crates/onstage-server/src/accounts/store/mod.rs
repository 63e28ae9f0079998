//! Rows of people.

pub(super) mod accounts;
pub(super) mod keys;
pub(super) mod sign_ins;
