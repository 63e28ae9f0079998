//! Who may do what: the matrix of the contract as one table, asked by every slice and walked by the tests.

use serde::{Deserialize, Serialize};

use crate::actor::By;
use crate::person::Role;
use crate::words::words;

words!(
    /// A row of the matrix. Rows that differ for one column only stand apart.
    Operation {
        /// See a public session, join, watch.
        Watch = "watch",
        /// Chat, react, ask to go up.
        TakePart = "take_part",
        /// Speak, show, share, as permitted.
        Perform = "perform",
        /// List and answer requests, invite.
        ManageQueue = "manage_queue",
        /// Mute, camera off, kick guests and viewers, allow back.
        ManageGuests = "manage_guests",
        /// Delete messages, time people out.
        ModerateChat = "moderate_chat",
        /// Promote, demote, permissions, settings, record.
        Direct = "direct",
        /// Layout, lock, seats.
        Arrange = "arrange",
        /// Mute, kick, time out a cohost.
        ActOnCohost = "act_on_cohost",
        /// End for everyone.
        End = "end",
        /// Mute, kick, move, demote the owner.
        ActOnOwner = "act_on_owner",
    }
);

words!(
    /// A column of the matrix.
    Column {
        /// The host.
        Owner = "owner",
        /// A cohost.
        Cohost = "cohost",
        /// Seated.
        Guest = "guest",
        /// In the audience.
        Viewer = "viewer",
        /// Without an account.
        Anonymous = "anonymous",
        /// Runs the installation.
        Operator = "operator",
    }
);

/// A cell of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Always.
    Yes,
    /// Never.
    No,
    /// While the session's `cohosts_manage_guests` is on.
    BySwitch,
    /// With `is_moderator`.
    IfModerator,
}

use Cell::{BySwitch, IfModerator, No, Yes};

/// The table: owner, cohost, guest, viewer, anonymous, operator.
const fn row(operation: Operation) -> [Cell; 6] {
    match operation {
        Operation::Watch => [Yes, Yes, Yes, Yes, Yes, Yes],
        Operation::TakePart => [Yes, Yes, Yes, Yes, No, Yes],
        Operation::Perform => [Yes, Yes, Yes, No, No, No],
        Operation::ManageQueue => [Yes, BySwitch, No, No, No, No],
        Operation::ManageGuests => [Yes, BySwitch, No, No, No, Yes],
        Operation::ModerateChat => [Yes, Yes, IfModerator, No, No, Yes],
        Operation::Direct => [Yes, No, No, No, No, No],
        Operation::Arrange => [Yes, BySwitch, No, No, No, No],
        Operation::ActOnCohost => [Yes, No, No, No, No, Yes],
        Operation::End => [Yes, No, No, No, No, Yes],
        Operation::ActOnOwner => [No, No, No, No, No, No],
    }
}

/// The cell where an operation and a column meet.
#[must_use]
pub const fn cell(operation: Operation, column: Column) -> Cell {
    let [owner, cohost, guest, viewer, anonymous, operator] = row(operation);
    match column {
        Column::Owner => owner,
        Column::Cohost => cohost,
        Column::Guest => guest,
        Column::Viewer => viewer,
        Column::Anonymous => anonymous,
        Column::Operator => operator,
    }
}

/// The column of a person's role.
#[must_use]
pub const fn column(by: &By) -> Column {
    match (by.anonymous, by.role) {
        (true, _) => Column::Anonymous,
        (false, Role::Owner) => Column::Owner,
        (false, Role::Cohost) => Column::Cohost,
        (false, Role::Guest) => Column::Guest,
        (false, Role::Viewer) => Column::Viewer,
    }
}

/// Whether this person may; an operator may what their role or the operator's column allows.
#[must_use]
pub fn allows(operation: Operation, by: &By, cohosts_manage_guests: bool) -> bool {
    let opens = |column| match cell(operation, column) {
        Yes => true,
        No => false,
        BySwitch => cohosts_manage_guests,
        IfModerator => by.is_moderator,
    };
    opens(column(by)) || (by.operator && opens(Column::Operator))
}

#[cfg(test)]
mod tests;
