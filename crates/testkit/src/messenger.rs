//! A messenger that stores every message and can be set to fail.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Mutex, PoisonError};

use anteroom_app::{Message, MessageKind, Messenger, MessengerError};
use async_trait::async_trait;

/// Stores all messages of a site.
#[derive(Default)]
pub struct FakeMessenger {
    messages: Mutex<Vec<Message>>,
    is_down: AtomicBool,
    is_refusing: AtomicBool,
    is_missing: AtomicBool,
}

impl FakeMessenger {
    /// All accepted messages, in order.
    pub fn messages(&self) -> Vec<Message> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The messages to one address.
    pub fn messages_to(&self, email: &str) -> Vec<Message> {
        self.messages().into_iter().filter(|message| message.email.reveal().as_str() == email).collect()
    }

    /// The newest personal link sent to one address.
    pub fn link_to(&self, email: &str) -> Option<String> {
        let messages = self.messages_to(email);
        let link = messages.iter().rev().find_map(|message| message.link.as_ref());
        link.map(|link| link.reveal().clone())
    }

    /// Number of accepted messages of this kind.
    pub fn count(&self, kind: MessageKind) -> usize {
        self.messages().iter().filter(|message| message.kind == kind).count()
    }

    /// Makes it unreachable: temporary failures.
    pub fn set_down(&self, is_down: bool) {
        self.is_down.store(is_down, SeqCst);
    }

    /// As if no mail server were configured.
    pub fn set_missing(&self, is_missing: bool) {
        self.is_missing.store(is_missing, SeqCst);
    }

    /// Makes it refuse everything: permanent failures.
    pub fn set_refusing(&self, is_refusing: bool) {
        self.is_refusing.store(is_refusing, SeqCst);
    }
}

/// What a mail server answered. The text is for the log. Its cause is the answer itself: real servers name the recipient
/// in it, so logging it is caught as a leak, and broken ones send any byte, which the store would refuse.
#[derive(Debug, thiserror::Error)]
#[error("the mail server answered 450")]
struct Answered(#[source] Box<dyn std::error::Error + Send + Sync>);

#[async_trait]
impl Messenger for FakeMessenger {
    async fn send(&self, message: &Message) -> Result<(), MessengerError> {
        let answer = || Box::new(Answered(format!("450 <{}> not\0 now", message.email.reveal().as_str()).into()));
        if self.is_down.load(SeqCst) || self.is_missing.load(SeqCst) {
            return Err(MessengerError::Unreachable(answer()));
        }
        if self.is_refusing.load(SeqCst) {
            return Err(MessengerError::Refused(answer()));
        }
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
        Ok(())
    }

    fn is_configured(&self) -> bool {
        !self.is_missing.load(SeqCst)
    }
}
