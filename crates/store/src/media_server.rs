//! When the embedded media server started, and when it was last alive: known after a crash too.

use jiff::Timestamp;

use crate::columns::{instant, millis};
use crate::engine::{execute, fetch_optional};
use crate::{Error, Snapshot, Tx};

/// The latest run of the media server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaServerRun {
    /// When it started.
    pub started_at: Timestamp,
    /// When it was last known to be alive.
    pub alive_at: Timestamp,
}

impl Snapshot {
    /// The latest run. `None` before the first one.
    pub async fn media_server_run(&mut self) -> Result<Option<MediaServerRun>, Error> {
        let row = fetch_optional!(self, (i64, i64); "
            SELECT started_at, alive_at
              FROM media_server
             WHERE id = 1")?;
        let run = |(started_at, alive_at)| {
            Ok(MediaServerRun {
                started_at: instant("media_server.started_at", started_at)?,
                alive_at: instant("media_server.alive_at", alive_at)?,
            })
        };
        row.map(run).transpose()
    }
}

impl Tx {
    /// A run begins, in place of the one before.
    pub async fn begin_media_server_run(&mut self, at: Timestamp) -> Result<(), Error> {
        execute!(self; "
            INSERT INTO media_server (id, started_at, alive_at)
            VALUES (1, $1, $1)
            ON CONFLICT (id) DO UPDATE
               SET started_at = excluded.started_at, alive_at = excluded.alive_at"; millis(at))?;
        Ok(())
    }

    /// The run goes on.
    pub async fn save_media_server_alive(&mut self, at: Timestamp) -> Result<(), Error> {
        execute!(self; "
            INSERT INTO media_server (id, started_at, alive_at)
            VALUES (1, $1, $1)
            ON CONFLICT (id) DO UPDATE
               SET alive_at = excluded.alive_at"; millis(at))?;
        Ok(())
    }

    /// Marks all participants as disconnected. They have departed when the media server was last alive, or when they
    /// connected, whichever is later. Returns how many were connected.
    pub async fn forget_connections(&mut self, alive_at: Timestamp) -> Result<u64, Error> {
        execute!(self; "
            INSERT INTO attendance_periods (participant_id, arrived_at, departed_at)
            SELECT id, connected_since, CASE WHEN connected_since > $1 THEN connected_since ELSE $1 END
              FROM participants
             WHERE connected_since IS NOT NULL
                ON CONFLICT (participant_id, arrived_at) DO NOTHING"; millis(alive_at))?;
        execute!(self; "
            UPDATE participants
               SET departed_at = CASE WHEN connected_since > $1 THEN connected_since ELSE $1 END, connected_since = NULL
             WHERE connected_since IS NOT NULL"; millis(alive_at))
    }
}
