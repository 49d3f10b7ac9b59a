//! Test persons with unique personal data, so that leaks can be detected.

use anteroom_domain::Private;

/// A person whose name, address, phone number and password are unique in this process.
#[derive(Clone)]
pub struct Persona {
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Phone number, E.164.
    pub phone: String,
    /// Password.
    pub password: String,
}

impl Persona {
    /// A person with this first name; `site` and `n` make the data unique.
    pub(crate) fn new(first: &str, site: u64, n: u64) -> Self {
        let lower = first.to_lowercase();
        Self {
            name: format!("{first} Canary-{site}-{n}"),
            email: format!("{lower}.{site}.{n}@canary.example"),
            phone: format!("+4930{site:05}{n:04}"),
            password: format!("quiet herons {site} wade slowly {n}"),
        }
    }

    /// All personal data that must not be logged.
    pub(crate) fn words(&self) -> [String; 4] {
        [self.name.clone(), self.email.clone(), self.phone.clone(), self.password.clone()]
    }

    /// Address and password, as a login form has them.
    pub fn credentials(&self) -> (Private<String>, Private<String>) {
        (Private::new(self.email.clone()), Private::new(self.password.clone()))
    }
}
