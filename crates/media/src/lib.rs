//! Which packets move. Pure; the only crate that knows RTP.
