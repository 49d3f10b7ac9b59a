//! What the rules promise, in the order a person would ask.

mod samples;

// What somebody typed.
mod form_fields;
mod person;
mod scheduled_time;
mod written_form;

// One promise at a time.
mod appointments;
mod consultations;
mod join_window;

// Any order of events, at any instants.
mod any_order;
mod world;
