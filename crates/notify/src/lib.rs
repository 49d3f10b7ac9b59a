//! Wording, templates, calendar files, and the channels that carry them.
