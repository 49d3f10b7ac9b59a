//! Codecs that some devices offer but cannot send well (LiveKit's `ClientConfiguration`).

use anteroom_media::Codec;
use livekit_protocol as proto;

use crate::signal_state::mime;

/// The codecs that a client must not publish. They are missing in the answer to its offer, so it chooses another.
/// The list is LiveKit's (livekit-server 1.13.5, `pkg/clientconfiguration`).
pub(crate) fn unpublishable(client: &proto::ClientInfo) -> Vec<Codec> {
    let is = |field: &str, values: &[&str]| values.iter().any(|value| field.eq_ignore_ascii_case(value));
    let (os, browser) = (&client.os, &client.browser);
    let is_firefox = is(browser, &["firefox", "firefox mobile"]) && is(os, &["linux", "android"]);
    if is_firefox || (is(&client.device_model, &["xiaomi 2201117ti"]) && is(os, &["android"])) {
        vec![Codec::H264]
    } else if is(browser, &["safari"]) {
        vec![Codec::Av1]
    } else {
        Vec::new()
    }
}

/// How the client is configured when it joins; `None` if nothing is disabled.
pub(crate) fn client_configuration(unpublishable: &[Codec]) -> Option<proto::ClientConfiguration> {
    let publish =
        unpublishable.iter().map(|codec| proto::Codec { mime: mime(*codec).to_owned(), ..Default::default() });
    let disabled_codecs = Some(proto::DisabledCodecs { publish: publish.collect(), ..Default::default() });
    (!unpublishable.is_empty()).then(|| proto::ClientConfiguration { disabled_codecs, ..Default::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_that_send_h264_badly_do_not_publish_it() {
        let client = |os: &str, device_model: &str, browser: &str| proto::ClientInfo {
            os: os.to_owned(),
            device_model: device_model.to_owned(),
            browser: browser.to_owned(),
            ..Default::default()
        };
        assert_eq!(unpublishable(&client("android", "Xiaomi 2201117TI", "")), [Codec::H264]);
        assert_eq!(unpublishable(&client("Linux", "", "Firefox")), [Codec::H264]);
        assert_eq!(unpublishable(&client("macOS", "", "Safari")), [Codec::Av1]);
        assert_eq!(unpublishable(&client("windows", "Xiaomi 2201117TI", "firefox")), []);
        assert_eq!(client_configuration(&[]), None);
    }
}
