//! Catches one key, or all together, holding more places than there are, and places that are never freed.

use super::*;

#[test]
fn one_key_gets_so_many_and_leaves_the_rest_to_others() {
    let places = Places::new(5, 3);
    let mut held: Vec<_> = (0..3).map(|_| places.enter("ann").unwrap()).collect();
    assert_eq!(places.enter("ann").unwrap_err(), NoPlace::Own);
    assert!(places.enter("bob").is_ok(), "others still come in");
    held.pop();
    held.push(places.enter("ann").unwrap());
    assert_eq!(places.taken(), 3);
    drop(held);
    assert_eq!((places.taken(), places.lock().by_key.len()), (0, 0), "nothing is remembered of who left");
}

#[test]
fn all_together_get_so_many() {
    let places = Places::new(5, 3);
    let held: Vec<_> = (0..5).map(|key| places.enter(key).unwrap()).collect();
    assert_eq!(places.enter(9).unwrap_err(), NoPlace::Total);
    assert_eq!(places.lock().by_key.len(), 5, "nothing is remembered of who was refused");
    drop(held);
    assert!(places.clone().enter(9).is_ok());
}
