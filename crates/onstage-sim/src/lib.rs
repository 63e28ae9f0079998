//! onstage-sim.
