//! Catches credentials that hold for ever, that others can make, or that tell who somebody is.

use super::*;

const NOW: At = At(1_800_000_000_000);

fn later(seconds: i64) -> At {
    NOW.plus_ms(seconds.saturating_mul(1_000))
}

#[test]
fn a_name_opens_allocations_until_the_time_in_it() {
    let credentials = Credentials::new(b"secret");
    let (name, password) = credentials.mint("ada", NOW);
    assert_eq!(credentials.current(&name, NOW), Some(password.clone()));
    assert_eq!(credentials.current(&name, later(CREDENTIALS_FOR_SECONDS)), Some(password.clone()));
    assert_eq!(credentials.current(&name, later(CREDENTIALS_FOR_SECONDS.saturating_add(1))), None);
    assert_ne!(Credentials::new(b"another").current(&name, NOW), Some(password), "another server's password");
    for foreign in ["", "ada", "x:ada", "99999999999999:ada", ":"] {
        assert_eq!(credentials.current(foreign, NOW), None, "{foreign}");
    }
}

#[test]
fn the_same_person_has_the_same_user_and_nobody_can_read_who() {
    let credentials = Credentials::new(b"secret");
    let (first, _) = credentials.mint("ada", NOW);
    let (second, _) = credentials.mint("ada", later(60));
    let (other, _) = credentials.mint("bob", NOW);
    assert_eq!(Credentials::user(&first), Credentials::user(&second));
    assert_ne!(Credentials::user(&first), Credentials::user(&other));
    assert!(!first.contains("ada"));
    assert!(!format!("{credentials:?}").contains("secret"));
}

#[test]
fn a_nonce_is_for_one_address_and_for_an_hour() {
    let credentials = Credentials::new(b"secret");
    let (here, there) = (SocketAddr::from(([192, 0, 2, 1], 7)), SocketAddr::from(([192, 0, 2, 1], 8)));
    let nonce = credentials.nonce(here, NOW);
    assert!(credentials.is_fresh(&nonce, here, later(NONCE_FOR_SECONDS)));
    assert!(!credentials.is_fresh(&nonce, here, later(NONCE_FOR_SECONDS.saturating_add(1))));
    assert!(!credentials.is_fresh(&nonce, there, NOW));
    assert!(!credentials.is_fresh("1-x", here, NOW) && !credentials.is_fresh("", here, NOW));
}
