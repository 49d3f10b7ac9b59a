//! A live room as its clients and API clients see it.

/// The attributes of a room.
#[derive(Clone, Debug, Default)]
pub struct RoomInfo {
    /// Minted by the wire of the client that opened the room; a new one each time a room of this name opens.
    pub sid: String,
    /// The name in the token.
    pub name: String,
    /// Milliseconds since 1970.
    pub created_at_ms: i64,
    /// The application's metadata.
    pub metadata: String,
    /// Seconds an empty room waits for its first participant.
    pub empty_timeout: u32,
    /// Seconds a room stays open after the last participant has left.
    pub departure_timeout: u32,
    /// Zero for no limit.
    pub max_participants: u32,
}

/// A room at one moment.
#[derive(Clone, Debug)]
pub struct RoomSnapshot {
    /// Its attributes.
    pub info: RoomInfo,
    /// Participants in the room; hidden ones are not counted.
    pub people: u32,
    /// Participants with at least one published track; hidden ones are not counted.
    pub publishers: u32,
}
