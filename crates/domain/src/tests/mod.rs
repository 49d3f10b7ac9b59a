//! Tests of the rules.

mod samples;

// Input validation.
mod form_fields;
mod people;
mod person;
mod scheduled_time;
mod shown_entry;
mod stored_values;
mod written_form;
mod zone_data;

// Single rules.
mod appointments;
mod attendance;
mod consultations;
mod disclosure;
mod join_window;
mod outcome;
mod seats;
mod still_there;

// Properties over any order of events.
mod any_order;
mod world;
