//! How much of somebody's words the others are told.

use super::*;

fn refused(outputs: &[Output]) -> bool {
    matches!(outputs, [Output::Denied { request: Request::Publish(_), denial: Denial::TooMuch, .. }])
}

#[test]
fn a_track_of_many_words_is_refused_however_they_are_spread() {
    let long = || "x".repeat(5_000);
    let details = |details| Draft { details, ..draft("mic") };
    let many = [
        Draft { name: long(), ..draft("mic") },
        draft(&long()),
        details(Details { stream: long(), ..Details::default() }),
        details(Details { audio_features: vec![1; 2_000], ..Details::default() }),
        details(Details { codecs: vec![long()], ..Details::default() }),
    ];
    let mut table = Table::new();
    table.tell(newcomer("a", "ada"));
    for draft in many {
        let outputs = table.tell(Input::Publish { who: sid("a"), draft, chance: "x".to_owned() });
        assert!(refused(&outputs), "{outputs:?}");
    }
    table.microphone_of("a");
}
