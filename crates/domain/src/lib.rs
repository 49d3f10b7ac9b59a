//! Nouns and rules that survive a restart. Pure.
