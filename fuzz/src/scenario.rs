//! Bytes as a sequence of choices, taken from the front: a fuzzer that changes one byte changes one choice, and a seed
//! can be written by hand.

use arbitrary::Unstructured;

pub(crate) struct Scenario<'a>(Unstructured<'a>);

impl<'a> Scenario<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(Unstructured::new(bytes))
    }

    /// No bytes are left.
    pub(crate) fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    /// One byte; zero when there are no more.
    pub(crate) fn byte(&mut self) -> u8 {
        self.0.arbitrary().unwrap_or(0)
    }

    pub(crate) fn word(&mut self) -> u16 {
        self.0.arbitrary().unwrap_or(0)
    }

    pub(crate) fn long(&mut self) -> u32 {
        self.0.arbitrary().unwrap_or(0)
    }

    pub(crate) fn flip(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// Rarely true.
    pub(crate) fn seldom(&mut self) -> bool {
        self.byte() < 8
    }

    /// Below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()) % bound.max(1)
    }

    pub(crate) fn one_of<T: Copy>(&mut self, choices: &[T]) -> Option<T> {
        let index = self.below(choices.len());
        choices.get(index).copied()
    }

    /// `wanted` bytes, or as many as are left.
    pub(crate) fn bytes(&mut self, wanted: usize) -> &'a [u8] {
        self.0.bytes(wanted.min(self.0.len())).unwrap_or_default()
    }

    /// Up to 255 bytes.
    pub(crate) fn some_bytes(&mut self) -> &'a [u8] {
        let wanted = usize::from(self.byte());
        self.bytes(wanted)
    }

    pub(crate) fn rest(&mut self) -> &'a [u8] {
        self.bytes(usize::MAX)
    }

    /// Mutates some of these bytes: overwrites, duplicates, truncates, inserts, removes.
    pub(crate) fn mutate(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..self.below(4) {
            let index = usize::from(self.word()) % (bytes.len() + 1);
            match self.below(5) {
                0 => bytes.truncate(index),
                1 => bytes.extend_from_within(index..),
                2 => drop(bytes.splice(index..index, self.some_bytes().iter().copied())),
                3 => drop(bytes.drain(index..(index + self.below(16)).min(bytes.len()))),
                _ => {
                    let value = self.byte();
                    bytes.get_mut(index).into_iter().for_each(|byte| *byte = value);
                }
            }
        }
    }
}
