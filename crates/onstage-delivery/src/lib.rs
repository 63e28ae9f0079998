//! onstage-delivery.
