//! Everything kept, on SQLite or PostgreSQL. The only crate that knows SQL.
