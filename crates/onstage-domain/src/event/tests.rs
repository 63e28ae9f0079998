//! Would catch an audience that tells too many, and a command that decides more events than the log takes at once.

use super::*;
use crate::samples::user;

fn place(n: u8, manages: bool, operator: bool) -> Place {
    let role = if manages { Role::Cohost } else { Role::Viewer };
    Place { user_id: user(n), role, manages, operator }
}

#[test]
fn an_audience_is_exactly_its_people() {
    let places = [place(1, false, false), place(2, true, false), place(3, false, true)];
    let hears = |audience: Audience| places.iter().map(|place| audience.includes(place)).collect::<Vec<_>>();
    assert_eq!(hears(Audience::Session), [true, true, true]);
    assert_eq!(hears(Audience::User(user(1))), [true, false, false]);
    assert_eq!(hears(Audience::Managers), [false, true, false]);
    assert_eq!(hears(Audience::ManagersAnd(user(3))), [false, true, true]);
    assert_eq!(hears(Audience::Operators), [false, false, true]);
}
