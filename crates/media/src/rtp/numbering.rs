//! Successive numbers for what is sent of a stream of which some is left out: packets, or frames.
//!
//! What is left out on purpose leaves no gap. What has not arrived keeps its place, because it may still come.

use std::collections::VecDeque;

/// Years of packets; what seems further ahead is behind.
const MAX_AHEAD: u64 = 1 << 48;

/// Runs left out that are remembered. What precedes them is too late.
const MAX_RUNS: usize = 128;

#[derive(Debug)]
pub(crate) struct Numbering {
    from: u64,
    to: u64,
    /// The highest number of the stream so far; `None` before the first.
    highest: Option<u64>,
    left_out: VecDeque<Run>,
    /// How many were left out in runs that are forgotten.
    forgotten: u64,
}

/// Successive numbers of the stream that were left out.
#[derive(Debug)]
struct Run {
    first: u64,
    length: u64,
    /// How many were left out before.
    before: u64,
}

impl Run {
    fn end(&self) -> u64 {
        self.first + self.length
    }
}

impl Numbering {
    /// The stream's number `from` is sent as `to`.
    pub(crate) fn new(from: u64, to: u64) -> Self {
        Self { from, to, highest: None, left_out: VecDeque::new(), forgotten: 0 }
    }

    /// How far ahead of the first number this one is. str0m numbers a packet that precedes the first one below zero,
    /// which wraps to a very high number. Taken for ahead, one such packet of a hostile publisher would spoil the
    /// numbers of all its subscribers.
    fn ahead(&self, number: u64) -> Option<u64> {
        Some(number.wrapping_sub(self.from)).filter(|ahead| *ahead <= MAX_AHEAD)
    }

    /// The number under which this one is sent; `None` if it was left out or is too late.
    pub(crate) fn number(&self, number: u64) -> Option<u64> {
        let ahead = self.ahead(number)?;
        let left_out = match self.left_out.iter().rev().find(|run| run.first <= number) {
            Some(run) if number < run.end() => return None,
            Some(run) => run.before + run.length,
            None if self.forgotten > 0 => return None,
            None => 0,
        };
        Some(self.to + ahead - left_out)
    }

    /// As [`Numbering::number`], for one that is sent now.
    pub(crate) fn send(&mut self, number: u64) -> Option<u64> {
        let sent = self.number(number)?;
        if self.is_newest(number) {
            self.highest = Some(number);
        }
        Some(sent)
    }

    /// A higher one has been sent or left out.
    pub(crate) fn is_passed(&self, number: u64) -> bool {
        self.highest.is_some_and(|highest| number < highest)
    }

    /// It does not precede the stream, and none as high has been sent or left out.
    pub(crate) fn is_newest(&self, number: u64) -> bool {
        self.ahead(number).is_some() && self.highest.is_none_or(|highest| number > highest)
    }

    /// Leaves this one out: those after it move up. False if it precedes the stream, or has its place already because
    /// its followers were sent before it was known to be left out.
    pub(crate) fn leave_out(&mut self, number: u64) -> bool {
        if !self.is_newest(number) {
            return false;
        }
        self.highest = Some(number);
        let before = self.left_out.back().map_or(self.forgotten, |run| run.before + run.length);
        match self.left_out.back_mut() {
            Some(run) if run.end() == number => run.length += 1,
            _ => self.left_out.push_back(Run { first: number, length: 1, before }),
        }
        if self.left_out.len() > MAX_RUNS
            && let Some(run) = self.left_out.pop_front()
        {
            self.forgotten = run.before + run.length;
        }
        true
    }
}
