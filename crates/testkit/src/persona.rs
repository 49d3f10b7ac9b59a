//! Made-up people whose every personal word is found if it turns up where it should not.

use anteroom_domain::Private;

/// Somebody with a name, an address, a number and a password that nobody else in this process has.
#[derive(Clone)]
pub struct Persona {
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Number, as dialled.
    pub phone: String,
    /// What they log in with.
    pub password: String,
}

impl Persona {
    /// Somebody new, called by a first name. `site` and `n` make them unlike everybody else.
    pub(crate) fn new(first: &str, site: u64, n: u64) -> Self {
        let lower = first.to_lowercase();
        Self {
            name: format!("{first} Canary-{site}-{n}"),
            email: format!("{lower}.{site}.{n}@canary.example"),
            phone: format!("+4930{site:05}{n:04}"),
            password: format!("correct canary {lower} {site} {n}"),
        }
    }

    /// Every word of theirs that belongs in no log.
    pub(crate) fn words(&self) -> [String; 4] {
        [self.name.clone(), self.email.clone(), self.phone.clone(), self.password.clone()]
    }

    /// Their address and password as a login form has them.
    pub fn credentials(&self) -> (Private<String>, Private<String>) {
        (Private::new(self.email.clone()), Private::new(self.password.clone()))
    }
}
