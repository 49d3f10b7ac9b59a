//! Sample data of logging in, and of the pages about accounts and API keys.

use anteroom_domain::Refusal;
use anteroom_l10n::Catalogue;

use super::{date_time, public_frame, staff_frame, text};
use crate::problem::Detail;
use crate::view::account::{AccountPage, SessionLine};
use crate::view::booking::HostChoice;
use crate::view::keys::{KeyForm, KeyLine, KeysPage};
use crate::view::login::{LoginForm, LoginPage};
use crate::view::password::PasswordPage;
use crate::view::person::{OneTimeLink, PersonPage};
use crate::view::{FormRejection, names};

/// Of a person who attacks the page.
const HOSTILE_NAME: &str = "نور <script>alert(1)</script>";

impl LoginPage {
    pub(super) fn sample(words: &'static Catalogue, problem: &str) -> Self {
        let form = LoginForm { email: text("ines@praxis-am-park.example"), ..LoginForm::default() };
        Self { frame: public_frame(words), form, problem: text(problem) }
    }
}

impl KeysPage {
    pub(super) fn sample(words: &'static Catalogue, token: Option<&str>) -> Self {
        let key = |name: &str, scopes: &[&'static str], revoked: Option<String>| KeyLine {
            id: text("key_0123456789abcdef"),
            name: text(name),
            scopes: scopes.to_vec(),
            created: words.keys_created_by_person(names::name(HOSTILE_NAME), date_time(words, 20, 10, 0)),
            used: revoked.is_none().then(|| date_time(words, 20, 11, 42)),
            revoked,
        };
        let revoked = Some(date_time(words, 20, 12, 0));
        let keys = vec![
            key("Booking site <script>alert(1)</script>", &["booking"], None),
            key("Prometheus", &["metrics"], None),
            key("An old program", &["booking", "record", "media", "metrics"], revoked),
        ];
        let form = KeyForm { booking: text("yes"), ..KeyForm::default() };
        Self {
            frame: staff_frame(words, "practice"),
            form,
            rejection: FormRejection::default(),
            keys,
            token: token.map(text),
        }
    }
}

impl AccountPage {
    pub(super) fn sample(words: &'static Catalogue, rejection: FormRejection) -> Self {
        let session = |[browser, system]: [&str; 2], is_current| SessionLine {
            id: format!("ses_{}", "0".repeat(32)),
            device: words.account_device(browser, system),
            opened: date_time(words, 20, 8, 12),
            used: date_time(words, 20, 10, 0),
            is_current,
        };
        let sessions = vec![session(["Firefox", "Windows"], true), session(["Safari", "iPhone"], false)];
        let email = text("ines@praxis-am-park.example");
        Self {
            frame: staff_frame(words, "account"),
            email,
            rejection,
            sessions,
            language: String::new(),
            saved: String::new(),
        }
    }
}

impl PasswordPage {
    pub(super) fn sample(words: &'static Catalogue, rejection: FormRejection) -> Self {
        let (name, email) = (text("Dr. Tom Okafor"), text("tom@praxis-am-park.example"));
        Self { frame: public_frame(words), name, email, rejection }
    }
}

impl PersonPage {
    pub(super) fn sample_link(words: &'static Catalogue) -> Self {
        let link = OneTimeLink {
            url: text("https://video.praxis-am-park.example/password/AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHH"),
            until: date_time(words, 21, 10, 0),
        };
        Self { link: Some(link), problem: None, ..Self::sample(words, false) }
    }

    pub(super) fn sample(words: &'static Catalogue, is_deactivated: bool) -> Self {
        Self {
            frame: staff_frame(words, "staff"),
            id: format!("usr_{}", "0".repeat(32)),
            name: text(if is_deactivated { HOSTILE_NAME } else { "Dr. Tom Okafor" }),
            email: text("tom@praxis-am-park.example"),
            is_self: false,
            is_admin: false,
            deactivated: is_deactivated.then(|| date_time(words, 20, 12, 0)),
            upcoming: 3,
            successors: vec![HostChoice::sample("Dr. Ines Brandt"), HostChoice::sample(HOSTILE_NAME)],
            link: None,
            done: String::new(),
            problem: Some(Detail::Refusal(Refusal::LastAdmin)),
        }
    }
}
