//! onstage-migrations.
