//! A messenger that keeps every letter, and that can be told to fail.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Mutex, PoisonError};

use anteroom_app::{Letter, Messenger, MessengerError, Subject};
use async_trait::async_trait;

/// Where all letters of a site end up.
#[derive(Default)]
pub struct Mailbox {
    letters: Mutex<Vec<Letter>>,
    is_down: AtomicBool,
    refuses: AtomicBool,
}

impl Mailbox {
    /// Every letter that was accepted, in order.
    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The letters to one address.
    pub fn letters_to(&self, email: &str) -> Vec<Letter> {
        self.letters().into_iter().filter(|letter| letter.email.reveal().as_str() == email).collect()
    }

    /// The newest personal link sent to one address.
    pub fn link_to(&self, email: &str) -> Option<String> {
        let letters = self.letters_to(email);
        let link = letters.iter().rev().find_map(|letter| letter.link.as_ref());
        link.map(|link| link.reveal().clone())
    }

    /// How many letters about this went out.
    pub fn count(&self, subject: Subject) -> usize {
        self.letters().iter().filter(|letter| letter.subject == subject).count()
    }

    /// Whether it can be reached.
    pub fn goes_down(&self, is_down: bool) {
        self.is_down.store(is_down, SeqCst);
    }

    /// Whether it refuses everything for good.
    pub fn refuses(&self, refuses: bool) {
        self.refuses.store(refuses, SeqCst);
    }
}

#[async_trait]
impl Messenger for Mailbox {
    async fn send(&self, letter: &Letter) -> Result<(), MessengerError> {
        // What a real server answers names the recipient: whoever logs the cause is found out.
        let answer = || format!("450 <{}> not now", letter.email.reveal().as_str()).into();
        if self.is_down.load(SeqCst) {
            return Err(MessengerError::Unreachable(answer()));
        }
        if self.refuses.load(SeqCst) {
            return Err(MessengerError::Refused(answer()));
        }
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).push(letter.clone());
        Ok(())
    }
}
