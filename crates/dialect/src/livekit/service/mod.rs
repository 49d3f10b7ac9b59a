//! The server API: what programs with an API key may ask of the rooms, and how they are answered.
//!
//! One request is read in this order: [`Method`] (is there such a door), [`Encoding`], [`Caller`] (who asks, and
//! may they at all), then the body as an [`Order`]. Whoever may not is refused before their bytes are read.

mod answer;
mod caller;
mod encoding;
mod fault;
mod limits;
mod method;
mod order;

pub use answer::{Answer, RoomNow};
pub use caller::Caller;
pub use encoding::Encoding;
pub use fault::{Code, Fault};
pub use limits::LONGEST_BODY;
pub use method::{Method, Needs};
pub use order::{Call, Order, Plan};

#[cfg(test)]
mod tests;
