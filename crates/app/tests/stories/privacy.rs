//! No personal data reaches logs or debug output. Every story checks the logs; here one covers a whole consultation.

use anteroom_app::appointments::Booking;
use anteroom_app::sessions;
use anteroom_app::sessions::LoginClient;
use anteroom_domain::Private;
use anteroom_testkit::{TestSite, hours, minutes};

use crate::error_code;

#[tokio::test]
async fn no_personal_data_is_logged_during_a_whole_consultation() {
    let (site, host) = TestSite::start().await;
    let guest = site.persona("Jamie");
    let (email, password) = host.persona().credentials();
    let login = sessions::log_in(&site.app, &email, &password, LoginClient::ApiClient).await.unwrap();
    site.logs.forbid(login.secret.reveal());
    assert_eq!(error_code(sessions::log_in(&site.app, &password, &email, LoginClient::ApiClient).await), "wrong_login");
    let wrong = Booking { guest_email: Private::new(guest.name.clone()), ..host.booking(&guest, minutes(5)) };
    assert_eq!(error_code(host.books(wrong).await), "invalid");
    let found = host.books_and_confirms(&guest, minutes(5)).await;
    assert_eq!(error_code(host.books(host.booking(&guest, minutes(5))).await), "double_booked");
    site.messenger.set_down(true);
    site.run_due_jobs().await;
    site.messenger.set_down(false);
    site.clock.advance(minutes(1));
    site.run_due_jobs().await;
    let (doctor, patient) = site.participants(&found).await;
    patient.enters().await.unwrap();
    doctor.starts().await.unwrap();
    doctor.connects().await.unwrap();
    patient.connects().await.unwrap();
    site.video.set_down(true);
    assert_eq!(error_code(patient.connects().await), "video_unavailable");
    site.video.set_down(false);
    doctor.declines(&patient).await.unwrap();
    doctor.ends().await.unwrap();
    site.run_due_jobs().await;
    site.clock.advance(hours(2));
    site.run_due_jobs().await;
    assert!(!site.logs.lines().is_empty(), "logs are captured");
    assert_eq!(site.logs.leaks(), [""; 0]);
}

#[tokio::test]
async fn debug_output_contains_no_personal_data() {
    let (site, host) = TestSite::start().await;
    let guest = site.persona("Jamie");
    let (api_client, secret) = site.api_client().await;
    let found = host.books_and_confirms(&guest, minutes(5)).await;
    site.run_due_jobs().await;
    let (doctor, patient) = site.participants(&found).await;
    patient.enters().await.unwrap();
    doctor.starts().await.unwrap();
    let (email, password) = host.persona().credentials();
    let printed = [
        format!("{:?}", host.booking(&guest, minutes(5))),
        format!("{:?}", host.finds(found.appointment.id).await.unwrap()),
        format!("{:?}", site.messenger.messages()),
        format!("{:?}", (patient.standing().await, doctor.standing().await)),
        format!("{:?}", (&host.actor, &api_client.actor, &patient.actor)),
        format!("{:?}", sessions::log_in(&site.app, &email, &password, LoginClient::ApiClient).await.unwrap()),
        format!(
            "{:?}",
            anteroom_app::tickets::issue(&site.app, &patient.actor, patient.consultation, None).await.unwrap()
        ),
        format!("{:?}", patient.connects().await.unwrap()),
        format!("{:?}", host.books(host.booking(&guest, minutes(5))).await.unwrap_err()),
        format!("{secret:?}"),
    ];
    let [host, guest] = [host.persona(), &guest].map(|who| [&who.name, &who.email, &who.phone, &who.password]);
    let links = [&doctor.link, &patient.link].map(|link| link.rsplit('/').next().unwrap().to_owned());
    let personal = host.into_iter().chain(guest).chain(&links);
    for word in personal.map(String::as_str).chain([secret.reveal(), "$argon2", "ticket-"]) {
        for text in &printed {
            assert!(!text.contains(word), "{word} in {text}");
        }
    }
}
