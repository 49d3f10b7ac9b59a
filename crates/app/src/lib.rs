//! The use cases: load, decide, save, tell.
