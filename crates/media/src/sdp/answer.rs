//! The answer to a peer's offer: what each section is, and the text to send back.

use std::collections::BTreeMap;

use str0m::media::Mid;

use super::candidates::candidates;
use super::labels::labelled;
use super::section::{Msid, Section};

/// Our side of a negotiation. The labels are put in at the end, by [`Answer::sdp`], because who
/// sends on which section is decided after the sections are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Every section of the offer, in its order.
    pub sections: Vec<Section>,
    /// The local ufrag from now on. It changes when the offer was an ICE restart: route it too.
    pub ufrag: String,
    pub(crate) text: String,
}

impl Answer {
    /// The text to send. A section we have a label for is sent on under that name; a section that
    /// we could send on but have no label for is answered as if we sent nothing there.
    ///
    /// WebRTC tells a page of a new track when a section goes from inactive to sending, so give a
    /// section one answer without label between two different tracks.
    pub fn sdp(&self, labels: &BTreeMap<Mid, Msid>) -> String {
        labelled(&self.text, labels, false)
    }

    /// Our candidates, as they stand in the text, and the section they stand in.
    pub fn candidates(&self) -> (&str, Vec<&str>) {
        candidates(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "v=0\r\na=ice-lite\r\na=msid-semantic:WMS abc\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=sendonly\r\na=msid:abc def\r\na=ssrc:7 cname:x\r\n\
        a=ssrc:7 msid:abc def\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=recvonly\r\na=msid:abc ghi\r\n";

    fn answer() -> Answer {
        Answer { sections: vec![], ufrag: "ufrag".into(), text: TEXT.into() }
    }

    #[test]
    fn a_labelled_section_is_sent_under_our_name() {
        let msid = Msid { stream: "PA_x|TR_y".into(), track: "TR_y\r\na=evil".into() };
        let text = answer().sdp(&BTreeMap::from([(Mid::from("0"), msid)]));
        assert!(text.contains("a=sendonly\r\na=msid:PA_x|TR_y TR_ya=evil\r\n"), "{text}");
        assert!(text.contains("a=ssrc:7 msid:PA_x|TR_y TR_ya=evil\r\n"), "{text}");
        assert!(!text.contains("abc def"), "{text}");
    }

    #[test]
    fn a_browser_is_not_told_to_wait_with_its_nomination() {
        let text = answer().sdp(&BTreeMap::new());
        assert!(!text.contains("ice-lite"), "{text}");
    }

    #[test]
    fn a_section_without_label_is_answered_as_if_we_sent_nothing() {
        let text = answer().sdp(&BTreeMap::new());
        assert!(text.contains("a=mid:0\r\na=inactive\r\nm=video"), "{text}");
        assert!(text.ends_with("a=mid:1\r\na=recvonly\r\n"), "{text}");
    }
}
