//! The answer to a client's offer: its sections, and the text to send back.

use std::collections::BTreeMap;

use str0m::media::Mid;

use super::candidates::candidates;
use super::labels::labelled;
use super::section::{Msid, Section};

/// Our answer. Track labels are inserted last, by [`Answer::sdp`], because who sends on which section is decided
/// after the sections are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Every section of the offer, in its order.
    pub sections: Vec<Section>,
    /// The local ICE ufrag from now on. It changes with an ICE restart: the demultiplexer must know it too.
    pub ufrag: String,
    pub(crate) text: String,
}

impl Answer {
    /// The SDP to send. A section with a label is sent under that msid; a section that we could send on but that
    /// has no label is answered as inactive or recvonly.
    ///
    /// A browser reports a new track when a section changes from inactive to sending, so give a section one
    /// answer without a label between two tracks.
    pub fn sdp(&self, labels: &BTreeMap<Mid, Msid>) -> String {
        labelled(&self.text, labels, false)
    }

    /// Our candidates as `candidate:` lines, and the mid of the section they are in.
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
    fn labelled_section_gets_our_msid() {
        let msid = Msid { stream: "PA_x|TR_y".into(), track: "TR_y\r\na=evil".into() };
        let text = answer().sdp(&BTreeMap::from([(Mid::from("0"), msid)]));
        assert!(text.contains("a=sendonly\r\na=msid:PA_x|TR_y TR_ya=evil\r\n"), "{text}");
        assert!(text.contains("a=ssrc:7 msid:PA_x|TR_y TR_ya=evil\r\n"), "{text}");
        assert!(!text.contains("abc def"), "{text}");
    }

    #[test]
    fn answer_does_not_contain_ice_lite() {
        let text = answer().sdp(&BTreeMap::new());
        assert!(!text.contains("ice-lite"), "{text}");
    }

    #[test]
    fn unlabelled_section_is_answered_as_inactive() {
        let text = answer().sdp(&BTreeMap::new());
        assert!(text.contains("a=mid:0\r\na=inactive\r\nm=video"), "{text}");
        assert!(text.ends_with("a=mid:1\r\na=recvonly\r\n"), "{text}");
    }
}
