//! What can be asked of accounts. Tokens are handed out by routes alone: no other transport carries passwords.

use crate::accounts::Plan;
use crate::ids::UserId;
use crate::text::DisplayName;

/// Changes to accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Changes one's own shown name.
    Rename(DisplayName),
    /// Deletes one's own account.
    DeleteMe,
    /// Operator: changes a plan.
    SetPlan(UserId, Plan),
    /// Operator: bans or unbans; a ban closes every sign-in.
    Ban(UserId, bool),
}
