//! Would catch a cell of the matrix that differs from the contract, and a person put into the wrong column.

use super::{Cell, Column, Operation, allows, cell};
use crate::actor::By;
use crate::ids::UserId;
use crate::person::Role;
use uuid::Uuid;

/// The contract's table again, written as it is printed there: `✓` yes, `-` no, `s` switch, `m` if moderator.
const PRINTED: &[(&str, &str)] = &[
    ("watch", "✓✓✓✓✓✓"),
    ("take_part", "✓✓✓✓-✓"),
    ("perform", "✓✓✓---"),
    ("manage_queue", "✓s----"),
    ("manage_guests", "✓s---✓"),
    ("moderate_chat", "✓✓m--✓"),
    ("direct", "✓-----"),
    ("arrange", "✓s----"),
    ("act_on_cohost", "✓----✓"),
    ("end", "✓----✓"),
    ("act_on_owner", "------"),
];

fn by(role: Role) -> By {
    By {
        user_id: UserId::new(Uuid::nil()),
        handle: "doer".to_owned(),
        role,
        is_moderator: false,
        operator: false,
        anonymous: false,
    }
}

#[test]
fn the_table_is_the_printed_one() {
    assert_eq!(PRINTED.len(), Operation::ALL.len());
    for (word, cells) in PRINTED {
        let operation = Operation::from_word(word).unwrap();
        for (column, mark) in Column::ALL.iter().zip(cells.chars()) {
            let expected = match mark {
                '✓' => Cell::Yes,
                's' => Cell::BySwitch,
                'm' => Cell::IfModerator,
                _ => Cell::No,
            };
            assert_eq!(cell(operation, *column), expected, "{word} × {}", column.word());
        }
    }
}

#[test]
fn the_switch_takes_guests_away_from_cohosts_only() {
    for operation in [Operation::ManageQueue, Operation::ManageGuests, Operation::Arrange] {
        assert!(allows(operation, &by(Role::Cohost), true));
        assert!(!allows(operation, &by(Role::Cohost), false));
        assert!(allows(operation, &by(Role::Owner), false));
    }
    assert!(allows(Operation::ModerateChat, &by(Role::Cohost), false));
}

#[test]
fn a_moderator_has_chat_powers_only() {
    let moderator = By { is_moderator: true, ..by(Role::Guest) };
    let powers: Vec<_> = Operation::ALL.iter().copied().filter(|op| allows(*op, &moderator, true)).collect();
    let plain: Vec<_> =
        Operation::ALL.iter().copied().filter(|op| allows(*op, &by(Role::Guest), true)).collect();
    assert_eq!(powers.len(), plain.len() + 1);
    assert!(allows(Operation::ModerateChat, &moderator, true));
}

#[test]
fn an_operator_keeps_the_powers_of_their_role() {
    let operator_and_owner = By { operator: true, ..by(Role::Owner) };
    assert!(allows(Operation::Direct, &operator_and_owner, true));
    let operator = By { operator: true, ..by(Role::Viewer) };
    assert!(!allows(Operation::Direct, &operator, true));
    assert!(allows(Operation::End, &operator, true));
}

#[test]
fn nobody_acts_on_the_owner() {
    for role in Role::ALL {
        for operator in [true, false] {
            assert!(!allows(Operation::ActOnOwner, &By { operator, ..by(*role) }, true));
        }
    }
}
