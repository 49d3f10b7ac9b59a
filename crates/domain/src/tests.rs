//! What the rules promise, in the order a person would ask.

mod samples;

// What somebody typed.
mod choices;
mod dates;
mod ids;
mod people;

// One promise at a time.
mod appointments;
mod consultations;
mod windows;

// Any order of events, at any instants.
mod orders;
mod steps;
