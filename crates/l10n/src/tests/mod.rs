mod every_sentence;
mod languages;
mod times;
mod usage;
