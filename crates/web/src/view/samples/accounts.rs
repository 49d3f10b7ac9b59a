//! Sample data of the pages about accounts and API keys.

use anteroom_domain::Refusal;

use super::{public_frame, staff_frame, text};
use crate::problem::Detail;
use crate::view::FormRejection;
use crate::view::account::{AccountPage, SessionLine};
use crate::view::keys::{KeyForm, KeyLine, KeysPage};
use crate::view::password::PasswordPage;
use crate::view::person::{OneTimeLink, PersonPage};

impl KeysPage {
    pub(super) fn sample(token: Option<&str>) -> Self {
        let key = |name: &str, scopes: &[&'static str], revoked: Option<String>| KeyLine {
            id: text("key_0123456789abcdef"),
            name: text(name),
            scopes: scopes.to_vec(),
            created: text("Friday 20 November 2026, 10:00"),
            by: text("Dr. Ines Brandt"),
            used: revoked.is_none().then(|| text("Friday 20 November 2026, 11:42")),
            revoked,
        };
        let revoked = Some(text("Friday 20 November 2026, 12:00"));
        let keys = vec![
            key("Booking site <script>alert(1)</script>", &["booking"], None),
            key("Prometheus", &["metrics"], None),
            key("An old program", &["booking", "record", "media", "metrics"], revoked),
        ];
        let form = KeyForm { booking: text("yes"), ..KeyForm::default() };
        Self { frame: staff_frame("practice"), form, rejection: FormRejection::default(), keys, token: token.map(text) }
    }
}

impl AccountPage {
    pub(super) fn sample(rejection: FormRejection) -> Self {
        let session = |device: &str, is_current| SessionLine {
            id: format!("ses_{}", "0".repeat(32)),
            device: text(device),
            opened: text("Friday 20 November 2026, 08:12"),
            used: text("Friday 20 November 2026, 10:00"),
            is_current,
        };
        let sessions = vec![session("Firefox on Windows", true), session("Safari on iPhone", false)];
        let email = text("ines@praxis-am-park.example");
        Self { frame: staff_frame("account"), email, rejection, sessions, saved: false }
    }
}

impl PasswordPage {
    pub(super) fn sample(rejection: FormRejection) -> Self {
        let (name, email) = (text("Dr. Tom Okafor"), text("tom@praxis-am-park.example"));
        Self { frame: public_frame(), name, email, rejection }
    }
}

impl PersonPage {
    pub(super) fn sample_link() -> Self {
        let link = OneTimeLink {
            url: text("https://video.praxis-am-park.example/password/AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHH"),
            until: text("Saturday 21 November 2026, 10:00"),
        };
        Self { link: Some(link), problem: None, ..Self::sample(None) }
    }

    pub(super) fn sample(deactivated: Option<&str>) -> Self {
        Self {
            frame: staff_frame("staff"),
            id: format!("usr_{}", "0".repeat(32)),
            name: text("Dr. Tom Okafor"),
            email: text("tom@praxis-am-park.example"),
            is_self: false,
            is_admin: false,
            deactivated: deactivated.map(text),
            upcoming: 3,
            host: "doctor",
            link: None,
            done: "",
            problem: Some(Detail::Refusal(Refusal::LastAdmin)),
        }
    }
}
