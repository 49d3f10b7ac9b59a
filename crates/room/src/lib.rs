//! One live room as a state machine. Pure.
