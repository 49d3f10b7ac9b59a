//! Pages, API and live status. Never decides.
