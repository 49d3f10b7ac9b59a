//! A messenger that keeps every letter, and that can be told to fail.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Mutex, PoisonError};

use anteroom_app::{Message, MessageKind, Messenger, MessengerError};
use async_trait::async_trait;

/// Where all letters of a site end up.
#[derive(Default)]
pub struct FakeMessenger {
    messages: Mutex<Vec<Message>>,
    is_down: AtomicBool,
    is_refusing: AtomicBool,
}

impl FakeMessenger {
    /// Every letter that was accepted, in order.
    pub fn messages(&self) -> Vec<Message> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The letters to one address.
    pub fn messages_to(&self, email: &str) -> Vec<Message> {
        self.messages().into_iter().filter(|message| message.email.reveal().as_str() == email).collect()
    }

    /// The newest personal link sent to one address.
    pub fn link_to(&self, email: &str) -> Option<String> {
        let messages = self.messages_to(email);
        let link = messages.iter().rev().find_map(|message| message.link.as_ref());
        link.map(|link| link.reveal().clone())
    }

    /// How many letters about this went out.
    pub fn count(&self, kind: MessageKind) -> usize {
        self.messages().iter().filter(|message| message.kind == kind).count()
    }

    /// Whether it can be reached.
    pub fn set_down(&self, is_down: bool) {
        self.is_down.store(is_down, SeqCst);
    }

    /// Whether it refuses everything for good.
    pub fn set_refusing(&self, is_refusing: bool) {
        self.is_refusing.store(is_refusing, SeqCst);
    }
}

#[async_trait]
impl Messenger for FakeMessenger {
    async fn send(&self, message: &Message) -> Result<(), MessengerError> {
        // What a real server answers names the recipient: whoever logs the cause is found out.
        let answer = || format!("450 <{}> not now", message.email.reveal().as_str()).into();
        if self.is_down.load(SeqCst) {
            return Err(MessengerError::Unreachable(answer()));
        }
        if self.is_refusing.load(SeqCst) {
            return Err(MessengerError::Refused(answer()));
        }
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
        Ok(())
    }
}
