//! The queue of signalling messages between a room and the socket of one client, bounded by count and by bytes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anteroom_signalling::Frame;
use tokio::sync::mpsc;

/// Messages that may wait for a slow reader.
const MAX_FRAMES: usize = 512;
/// Bytes that may wait. A list of fifty participants is some 50 kB.
const MAX_BYTES: usize = 1024 * 1024;

/// A queue for one socket.
pub(crate) fn socket_queue() -> (FrameSender, FrameReceiver) {
    let (sender, receiver) = mpsc::channel(MAX_FRAMES);
    let waiting = Arc::new(AtomicUsize::new(0));
    (FrameSender { sender, waiting: Arc::clone(&waiting), is_first: true }, FrameReceiver { receiver, waiting })
}

pub(crate) struct FrameSender {
    sender: mpsc::Sender<(Frame, usize)>,
    waiting: Arc<AtomicUsize>,
    is_first: bool,
}

impl FrameSender {
    /// False if the queue is full or nobody reads it.
    pub(crate) fn send(&mut self, frame: Frame) -> bool {
        // The first message lists the whole room: it may be longer than the limit, or no client could ever join.
        let bytes = if std::mem::take(&mut self.is_first) { 0 } else { frame.size() };
        if self.waiting.fetch_add(bytes, Ordering::Relaxed) + bytes > MAX_BYTES {
            return false;
        }
        self.sender.try_send((frame, bytes)).is_ok()
    }
}

pub(crate) struct FrameReceiver {
    receiver: mpsc::Receiver<(Frame, usize)>,
    waiting: Arc<AtomicUsize>,
}

impl FrameReceiver {
    /// `None` once the room has closed the queue and everything before was received.
    pub(crate) async fn recv(&mut self) -> Option<Frame> {
        let received = self.receiver.recv().await;
        received.map(|received| self.count(received))
    }

    /// What waits now.
    pub(crate) fn try_recv(&mut self) -> Option<Frame> {
        let received = self.receiver.try_recv().ok();
        received.map(|received| self.count(received))
    }

    /// Nothing more is accepted.
    pub(crate) fn close(&mut self) {
        self.receiver.close();
    }

    /// The room has closed the queue.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn is_closed(&self) -> bool {
        self.receiver.is_closed()
    }

    fn count(&self, (frame, bytes): (Frame, usize)) -> Frame {
        self.waiting.fetch_sub(bytes, Ordering::Relaxed);
        frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(sender: &mut FrameSender, bytes: usize) -> usize {
        (0..1_000).take_while(|_| sender.send(Frame::Binary(vec![0; bytes]))).count()
    }

    #[test]
    fn waiting_messages_are_bounded_by_count_and_bytes() {
        let (mut small, _receiver) = socket_queue();
        assert_eq!(accepted(&mut small, 10), MAX_FRAMES);
        let (mut large, _receiver) = socket_queue();
        assert_eq!(accepted(&mut large, 100_000), 1 + 10, "the first does not count");
    }

    #[test]
    fn received_messages_no_longer_count() {
        let (mut sender, mut receiver) = socket_queue();
        for _ in 0..1_000 {
            assert!(sender.send(Frame::Text("x".repeat(700_000))));
            assert!(receiver.try_recv().is_some());
        }
        assert!(receiver.try_recv().is_none());
    }

    #[test]
    fn list_of_a_large_room_is_sent_to_a_new_client() {
        let (mut sender, mut receiver) = socket_queue();
        assert!(sender.send(Frame::Binary(vec![0; 5 * MAX_BYTES])) && sender.send(Frame::Text("next".to_owned())));
        assert!(receiver.try_recv().is_some_and(|frame| frame.size() == 5 * MAX_BYTES));
    }
}
