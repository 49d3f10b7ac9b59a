//! The queue in front of password hashing: two hashings at a time, each in a buffer that is reused, and a limited
//! number of callers that wait.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anteroom_domain::Refusal;
use argon2::Block;
use tokio::sync::oneshot;

/// Hashings at a time, and buffers of 19 MiB: a flood of logins must not starve running calls.
const BUFFERS: usize = 2;
/// Callers that wait in each line. A whole clinic that logs in at the same moment finds a place; a flood is refused
/// instead of making everybody wait.
const LINE_LENGTH: usize = 64;

/// Which callers go first. Each priority has a line of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QueuePriority {
    /// People who are logged in, and devices that were logged in before. Goes first.
    Known,
    /// Everybody else.
    Unknown,
}

/// The hashing queue. Cheap to clone; clones share the buffers.
#[derive(Clone, Default)]
pub struct Passwords(Arc<Mutex<Queue>>);

#[derive(Default)]
struct Queue {
    /// Buffers made so far. They are made when first needed and never given back to the allocator.
    made: usize,
    idle: Vec<Vec<Block>>,
    known: VecDeque<oneshot::Sender<HashingBuffer>>,
    unknown: VecDeque<oneshot::Sender<HashingBuffer>>,
}

/// The memory of one hashing, which is also the permission to run it. Goes to the next in line when dropped.
pub(super) struct HashingBuffer {
    /// `None` once it was handed on.
    blocks: Option<Vec<Block>>,
    queue: Passwords,
}

impl Passwords {
    /// Waits for a buffer, or is refused at once if the line is full.
    pub(super) async fn buffer(&self, priority: QueuePriority) -> Result<HashingBuffer, Refusal> {
        let turn = {
            let mut queue = self.lock();
            if let Some(blocks) = queue.idle_buffer() {
                return Ok(self.with(blocks));
            }
            queue.join(priority)?
        };
        turn.await.map_err(|_| Refusal::LoginQueueFull)
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with(&self, blocks: Vec<Block>) -> HashingBuffer {
        HashingBuffer { blocks: Some(blocks), queue: self.clone() }
    }

    /// Gives a buffer to the next in line who still waits.
    fn release(&self, mut blocks: Vec<Block>) {
        loop {
            let Some(next) = self.lock().next_in_line_or_keep(&mut blocks) else { return };
            match next.send(self.with(blocks)) {
                Ok(()) => return,
                Err(mut unsent) => blocks = unsent.blocks.take().unwrap_or_default(),
            }
        }
    }
}

impl Queue {
    /// Whose turn it is. If nobody waits, the buffer is kept as idle under the same lock.
    fn next_in_line_or_keep(&mut self, blocks: &mut Vec<Block>) -> Option<oneshot::Sender<HashingBuffer>> {
        let next = self.known.pop_front().or_else(|| self.unknown.pop_front());
        if next.is_none() {
            self.idle.push(std::mem::take(blocks));
        }
        next
    }

    fn idle_buffer(&mut self) -> Option<Vec<Block>> {
        if self.idle.is_empty() && self.made < BUFFERS {
            self.made += 1;
            return Some(Vec::new());
        }
        self.idle.pop()
    }

    fn join(&mut self, priority: QueuePriority) -> Result<oneshot::Receiver<HashingBuffer>, Refusal> {
        let line = match priority {
            QueuePriority::Known => &mut self.known,
            QueuePriority::Unknown => &mut self.unknown,
        };
        line.retain(|turn| !turn.is_closed());
        if line.len() >= LINE_LENGTH {
            return Err(Refusal::LoginQueueFull);
        }
        let (turn, wait) = oneshot::channel();
        line.push_back(turn);
        Ok(wait)
    }
}

impl HashingBuffer {
    /// Memory of `count` blocks. Grows once; later hashings reuse it.
    pub(super) fn blocks(&mut self, count: usize) -> &mut [Block] {
        let blocks = self.blocks.get_or_insert_default();
        if blocks.len() < count {
            blocks.resize(count, Block::default());
        }
        blocks
    }
}

impl Drop for HashingBuffer {
    fn drop(&mut self) {
        if let Some(blocks) = self.blocks.take() {
            self.queue.release(blocks);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::{Pin, pin};
    use std::task::{Context, Poll, Waker};

    use super::*;

    type Turn = Pin<Box<dyn Future<Output = Result<HashingBuffer, Refusal>>>>;

    fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    fn now(queue: &Passwords, priority: QueuePriority) -> Result<HashingBuffer, Refusal> {
        match poll(pin!(queue.buffer(priority))) {
            Poll::Ready(answer) => answer,
            Poll::Pending => panic!("nobody has to wait yet"),
        }
    }

    fn waiting(queue: &Passwords, priority: QueuePriority) -> Turn {
        let queue = queue.clone();
        let mut turn: Turn = Box::pin(async move { queue.buffer(priority).await });
        assert!(poll(turn.as_mut()).is_pending());
        turn
    }

    /// The buffer that a caller got meanwhile.
    fn served(turn: &mut Turn) -> Option<HashingBuffer> {
        match poll(turn.as_mut()) {
            Poll::Ready(buffer) => Some(buffer.unwrap()),
            Poll::Pending => None,
        }
    }

    #[test]
    fn two_run_sixty_four_wait_and_the_next_is_refused() {
        let queue = Passwords::default();
        let running: Vec<_> = (0..BUFFERS).map(|_| now(&queue, QueuePriority::Unknown).unwrap()).collect();
        let mut line: Vec<_> = (0..LINE_LENGTH).map(|_| waiting(&queue, QueuePriority::Unknown)).collect();
        assert_eq!(now(&queue, QueuePriority::Unknown).err(), Some(Refusal::LoginQueueFull));
        drop(running);
        let running: Vec<_> = line.iter_mut().filter_map(served).collect();
        assert_eq!(running.len(), BUFFERS, "one for each buffer that became free");
    }

    #[test]
    fn flood_makes_no_third_buffer() {
        let queue = Passwords::default();
        for _ in 0..100 {
            let mut both = [now(&queue, QueuePriority::Unknown).unwrap(), now(&queue, QueuePriority::Known).unwrap()];
            assert!(both.iter_mut().all(|buffer| buffer.blocks(8).len() == 8));
        }
        let queue = queue.lock();
        assert_eq!((queue.made, queue.idle.len()), (2, 2));
        assert!(queue.idle.iter().all(|blocks| blocks.len() == 8), "a buffer is grown once and kept");
    }

    #[test]
    fn known_device_has_a_place_in_a_flood_and_goes_first() {
        let queue = Passwords::default();
        let running = [now(&queue, QueuePriority::Unknown).unwrap(), now(&queue, QueuePriority::Unknown).unwrap()];
        let mut flood: Vec<_> = (0..LINE_LENGTH).map(|_| waiting(&queue, QueuePriority::Unknown)).collect();
        let mut owner = waiting(&queue, QueuePriority::Known);
        let [first, _second] = running;
        drop(first);
        let _buffer = served(&mut owner).expect("the first free buffer");
        assert!(flood.iter_mut().filter_map(served).next().is_none());
    }

    #[test]
    fn callers_who_have_gone_take_no_place() {
        let queue = Passwords::default();
        let running = [now(&queue, QueuePriority::Unknown).unwrap(), now(&queue, QueuePriority::Unknown).unwrap()];
        drop((0..LINE_LENGTH).map(|_| waiting(&queue, QueuePriority::Unknown)).collect::<Vec<_>>());
        let mut patient = waiting(&queue, QueuePriority::Unknown);
        drop(running);
        assert!(served(&mut patient).is_some());
        assert_eq!(queue.lock().made, 2);
    }

    #[test]
    fn buffer_sent_to_a_caller_who_has_gone_is_not_lost() {
        let queue = Passwords::default();
        let running = [now(&queue, QueuePriority::Unknown).unwrap(), now(&queue, QueuePriority::Unknown).unwrap()];
        let gone = waiting(&queue, QueuePriority::Unknown);
        drop(running);
        drop(gone);
        assert_eq!(queue.lock().idle.len(), 2);
    }
}
