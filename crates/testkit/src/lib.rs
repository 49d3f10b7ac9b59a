//! For tests alone: a site, its actors, a clock that obeys, a mailbox.
