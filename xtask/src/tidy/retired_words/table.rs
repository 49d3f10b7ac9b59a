//! Retired words and their replacements. To retire another word, add a line.
//!
//! A word may name a type that another crate still uses for something else: then limit it with `under`.

/// Where a word is not used any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// As a word of prose, and as a part of an identifier: `tell` in `tell_all` and `TellAll`, not in `telling`.
    Anywhere,
    /// As a part (or consecutive parts) of an identifier.
    Code,
    /// As words of comments and documents.
    Prose,
    /// As a part of a type or variant name: `Knock` in `KnockError`.
    TypePart,
    /// As a whole identifier, with this spelling.
    Exactly,
    /// As the name of a file or folder. (Words that are retired anywhere are not used there either.)
    File,
}

pub(super) struct Retired {
    /// One word, or several separated by spaces.
    pub(super) old: &'static str,
    pub(super) scope: Scope,
    pub(super) better: &'static str,
    /// Only below this path; empty for everywhere.
    pub(super) under: &'static str,
}

const fn anywhere(old: &'static str, better: &'static str) -> Retired {
    Retired { old, scope: Scope::Anywhere, better, under: "" }
}

const fn code(old: &'static str, better: &'static str) -> Retired {
    Retired { old, scope: Scope::Code, better, under: "" }
}

const fn prose(old: &'static str, better: &'static str) -> Retired {
    Retired { old, scope: Scope::Prose, better, under: "" }
}

const fn type_part(old: &'static str, better: &'static str) -> Retired {
    Retired { old, scope: Scope::TypePart, better, under: "" }
}

const fn exactly(old: &'static str, better: &'static str) -> Retired {
    Retired { old, scope: Scope::Exactly, better, under: "" }
}

const fn file(old: &'static str, better: &'static str) -> Retired {
    Retired { old, scope: Scope::File, better, under: "" }
}

impl Retired {
    const fn under(mut self, path: &'static str) -> Self {
        self.under = path;
        self
    }
}

pub(super) const RETIRED: &[Retired] = &[
    // Verbs and pronouns that hide the mechanism.
    anywhere("tell", "send, notify, report or advertise: what happens"),
    anywhere("tells", "sends, notifies, reports or advertises: what happens"),
    anywhere("telling", "sending, notifying, reporting: what happens"),
    anywhere("told", "sent, notified, reported or configured: what happens"),
    code("hear", "receive"), // people hear audio: fine in prose
    anywhere("hears", "receives"),
    anywhere("heard", "received"),
    anywhere("said", "sent, reported, logged or configured: what happens"),
    anywhere("spoken", "sent"),
    code("say", "send, report or format"),
    code("says", "sends, reports or contains"),
    prose("says so", "reports it"),
    prose("say so", "report it"),
    prose("says to", "sends to"),
    prose("say to", "send to"),
    anywhere("whoever", "name the role: the client, the participant, the caller"),
    anywhere("somebody", "name the role: a client, a participant, a caller"),
    anywhere("heed", "check"),
    anywhere("pretend", "simulate"),
    anywhere("pretends", "simulates"),
    // Rooms and signalling.
    anywhere("hall", "rooms, `LiveRoom`"),
    anywhere("halls", "rooms"),
    type_part("stay", "`Session`"),
    exactly("stay", "session"),
    exactly("stays", "sessions"),
    file("staying", "sessions, resume"),
    prose("a stay", "a session"),
    prose("the stay", "the session"),
    prose("their stay", "their session"),
    prose("this stay", "this session"),
    prose("that stay", "that session"),
    prose("whose stay", "whose session"),
    prose("one stay", "one session"),
    prose("same stay", "same session"),
    prose("new stay", "new session"),
    prose("older stay", "older session"),
    anywhere("knock", "join request, `JoinRequest`; `enter_waiting_room` for a consultation"),
    anywhere("knocks", "join requests"),
    anywhere("knocking", "joining"),
    anywhere("newcomer", "new participant, `NewParticipant`"),
    anywhere("newcomers", "new participants"),
    exactly("Entering", "`Join`"),
    exactly("Entered", "`Joined`"),
    exactly("NotEntered", "`JoinRefused`"),
    exactly("Returning", "`Resume`"),
    anywhere("ear", "subscriber peer connection, `subscriber_pc`"),
    anywhere("ears", "subscriber peer connections"),
    anywhere("mouth", "publisher peer connection, `publisher_pc`"),
    exactly("Legs", "`PeerConnections`"),
    code("two connections", "`dual_pc`"),
    prose("two connections", "dual peer connection (`/rtc`)"),
    prose("older path", "dual peer connection (`/rtc`)"),
    code("face", "info"),
    anywhere("chance", "random numbers, `random`, `RandomBytes`; `rng` in tests"),
    anywhere("pictures", "video"),
    anywhere("voiced", "`with_opus_params`"),
    code("rests", "dtx"),
    exactly("Line", "`ConnectionQuality`, `SignalSocket`, `MediaSection` or `RoomConnection`"),
    code("line up", "statusStreamUp"),
    prose("weak line", "weak connection"),
    prose("bad line", "bad connection"),
    prose("line broke", "connection broke"),
    exactly("Door", "`JoinWindow` (domain) or `AuthMethod` (web)"),
    prose("media door", "media server endpoint"),
    code("open to all", "`allow_any_origin`"),
    anywhere("entrance", "join, ticket"),
    anywhere("porter", "`RtcState`"),
    exactly("Belief", "`SyncState`"),
    anywhere("belief", "sync state, expectation"),
    anywhere("believes", "expects, assumes"),
    exactly("OutOfStep", "`StateMismatch`"),
    exactly("ComeBack", "`ResumeRequested`"),
    exactly("Garbage", "`MalformedMessage`"),
    exactly("Backed", "`BackupCodecPublished`"),
    exactly("Loudness", "`AudioLevel`"),
    exactly("Amend", "`UpdateParticipant`"),
    exactly("Refine", "`UpdateTrack`"),
    exactly("Silence", "`ServerMute`"),
    exactly("Withdrawn", "`PublishRevoked`"),
    anywhere("dialect", "the crate `livekit`; wire format"),
    anywhere("dialects", "wire formats"),
    // Webhooks.
    anywhere("courier", "webhooks, `WebhookSender`"),
    exactly("Letter", "`WebhookEvent` (rtc) or `Message` (app)"),
    exactly("Post", "`WebhookClient`"),
    anywhere("patience", "retry policy, `RetryPolicy`"),
    exactly("News", "`RoomEvent`"),
    code("news", "room events"),
    anywhere("hire", "start"),
    exactly("Ordered", "`ApiCall`"),
    exactly("Fault", "`TwirpError`"),
    exactly("Question", "`RpcRequest`").under("crates/"),
    exactly("Announcement", "`ServerData`"),
    exactly("Round", "`Dispatcher`").under("crates/rtc/"),
    exactly("Order", "`ApiRequest`").under("crates/"),
    // Input and output of the room, and values of the media server's commands.
    exactly("Want", "`UpdateSubscription`").under("crates/"),
    exactly("Describe", "`UpdateMetadata`").under("crates/"),
    exactly("Program", "`ClientInfo`").under("crates/"),
    exactly("Draft", "`AddTrack`").under("crates/"),
    exactly("Reserved", "`TrackPending`").under("crates/"),
    exactly("Kept", "`SentReliable`").under("crates/rtc/"),
    exactly("Reaching", "`ForcedTransport`").under("crates/rtc/"),
    // Media.
    exactly("Source", "`Publication`").under("crates/media/"),
    exactly("Sink", "`Subscription`").under("crates/"),
    exactly("Port", "`SectionKey`").under("crates/media/"),
    exactly("Table", "`Routes`").under("crates/media/"),
    exactly("Arrival", "`IncomingPacket`"),
    exactly("Stretch", "`Segment`"),
    exactly("Wish", "`LayerRequest`"),
    anywhere("apportion", "allocate"),
    exactly("Place", "`Rewritten`").under("crates/media/"),
    exactly("weigh", "update_demand").under("crates/media/"),
    exactly("judge", "score").under("crates/media/"),
    exactly("think", "reallocate_soon").under("crates/media/"),
    exactly("look_for", "probe").under("crates/media/"),
    file("held", "pending_data").under("crates/media/"),
    file("early", "keyframe_wait").under("crates/media/"),
    file("capture", "capture_time").under("crates/media/"),
    file("contained", "catch_panic").under("crates/media/"),
    file("demand", "dynacast, layer_demand").under("crates/media/"),
    file("descriptor", "dependency_descriptor").under("crates/media/"),
    file("table", "routes").under("crates/media/"),
    // Consultations.
    anywhere("founding", "`Setup`"),
    exactly("Found", "`AppointmentDetails`"),
    exactly("Scene", "`ConsultationContext`"),
    anywhere("bell", "`outbox_ready` (app), `Chime` (ui)"),
    exactly("Welcome", "`Admitted`").under("crates/app/"),
    anywhere("promised", "scheduled; `ScheduledTime`"),
    exactly("Pack", "`WordingPack`"),
    anywhere("spoiled", "poisoned"),
    anywhere("dress", "`problem_response`"),
    anywhere("porch", "public frame, `Frame::public`"),
    code("desk", "`Frame::staff`").under("crates/web/"),
    exactly("Place", "`DatabaseFile`").under("crates/store/"),
    exactly("Outside", "`System`").under("crates/anteroom/"),
    file("outside", "system").under("crates/anteroom/"),
    file("absent", "unconfigured").under("crates/anteroom/"),
    file("folder", "data_dir").under("crates/anteroom/"),
    anywhere("house", "the practice, the project, the server: what is meant"),
    // Browser code.
    anywhere("stagehand", "`EffectRunner`"),
    exactly("Awake", "`ScreenWakeLock`"),
    exactly("Seat", "`RemoteParticipant`").under("ui/"),
    exactly("Place", "`Presence`").under("ui/"),
    anywhere("errand", "`ServerRequest`"),
    anywhere("errands", "server requests"),
    file("threshold", "guest-prejoin").under("ui/"),
    file("before", "host-prejoin").under("ui/"),
    file("after", "ended").under("ui/"),
    file("mirror", "self-preview").under("ui/"),
    file("reach", "host-alerts").under("ui/"),
    file("escape", "in-app-browser").under("ui/"),
    file("trouble", "device-problem").under("ui/"),
    // Tools.
    file("plain", "null_crypto").under("fuzz/"),
    file("words", "wire_input").under("fuzz/"),
    file("place", "fixtures").under("fuzz/"),
    file("needs", "install").under("xtask/"),
    file("place", "paths").under("xtask/"),
];
