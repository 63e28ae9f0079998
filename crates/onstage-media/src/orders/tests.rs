//! Catches desired state that depends on how often or in which company orders come.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn session(number: u8) -> SessionId {
    SessionId::new(Uuid::from_u128(u128::from(number)))
}

fn user(number: u8) -> UserId {
    UserId::new(Uuid::from_u128(u128::from(number)))
}

fn order() -> impl Strategy<Value = MediaOrder> {
    prop_oneof![
        (0_u8..3, any::<bool>()).prop_map(|(id, open)| MediaOrder::Session {
            session: session(id),
            room_name: format!("room-{id}"),
            open
        }),
        (0_u8..3, 0_u8..3, any::<bool>(), any::<bool>()).prop_map(|(id, person, admitted, may_speak)| {
            let grant = MediaGrant { may_speak, ..MediaGrant::default() };
            MediaOrder::Person { session: session(id), user: user(person), admitted, grant }
        }),
    ]
}

proptest! {
    #[test]
    fn the_last_order_of_a_key_counts(orders in proptest::collection::vec(order(), 0..40)) {
        let mut desired = Desired::default();
        let mut model: HashMap<(SessionId, UserId), bool> = HashMap::new();
        for order in orders {
            match &order {
                MediaOrder::Session { session, open, .. } if !*open => model.retain(|(kept, _), _| kept != session),
                MediaOrder::Session { .. } => {}
                MediaOrder::Person { session, user, admitted, .. } => {
                    model.insert((*session, *user), *admitted);
                }
            }
            desired.take(order);
        }
        for id in 0..3 {
            for person in 0..3 {
                let denied = model.get(&(session(id), user(person))) == Some(&false);
                prop_assert_eq!(desired.is_denied(session(id), user(person)), denied);
            }
        }
    }
}
