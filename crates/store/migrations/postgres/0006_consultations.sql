-- What takes place for an appointment.
CREATE TABLE consultations (
    id              TEXT    NOT NULL PRIMARY KEY,
    appointment_id  TEXT    NOT NULL UNIQUE REFERENCES appointments (id) ON DELETE CASCADE,
    room            TEXT    NOT NULL UNIQUE,  -- one appointment, one room, never reused
    phase           TEXT    NOT NULL CHECK (phase IN ('planned', 'live', 'ended')),
    started_at      BIGINT,
    started_by      TEXT,                     -- a participant
    ended_at        BIGINT,
    ended_by        TEXT,                     -- an id or 'system'
    version         BIGINT  NOT NULL,         -- rises with each save

    CHECK (phase <> 'live' OR (started_at IS NOT NULL AND started_by IS NOT NULL)),
    CHECK (phase <> 'ended' OR (started_at IS NOT NULL AND ended_at IS NOT NULL AND ended_by IS NOT NULL))
);

-- The seats: one person's place in a consultation, across devices and reconnects.
CREATE TABLE participants (
    id               TEXT    NOT NULL PRIMARY KEY,     -- also the identity in the room
    consultation_id  TEXT    NOT NULL REFERENCES consultations (id) ON DELETE CASCADE,
    role             TEXT    NOT NULL CHECK (role IN ('host', 'guest')),
    name             TEXT    NOT NULL,        -- personal: as the booking calls them
    entry            TEXT    NOT NULL CHECK (entry IN ('outside', 'waiting', 'admitted', 'declined', 'left')),
    waiting_since    BIGINT,
    admitted_at      BIGINT,
    admitted_by      TEXT,                    -- a participant
    declined_at      BIGINT,
    declined_by      TEXT,                    -- a participant
    left_at          BIGINT,
    seat             BIGINT  NOT NULL,        -- number of the last ticket; older tickets open nothing
    connected_since  BIGINT,                  -- NULL while their media connection is down
    arrived_at       BIGINT,                  -- when it was up for the first time
    departed_at      BIGINT,                  -- when it was last seen going

    CHECK (entry <> 'waiting' OR waiting_since IS NOT NULL),
    CHECK (entry <> 'admitted' OR (admitted_at IS NOT NULL AND admitted_by IS NOT NULL)),
    CHECK (entry <> 'declined' OR (declined_at IS NOT NULL AND declined_by IS NOT NULL)),
    CHECK (entry <> 'left' OR left_at IS NOT NULL)
);

CREATE INDEX participants_by_consultation ON participants (consultation_id);
