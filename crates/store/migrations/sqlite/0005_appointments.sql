-- The plan: who comes to whom, when, for how long.
CREATE TABLE appointments (
    id            TEXT    NOT NULL PRIMARY KEY,
    host_id       TEXT    NOT NULL REFERENCES users (id),
    guest_name    TEXT    NOT NULL,          -- personal: as the practice wrote it down
    guest_email   TEXT    NOT NULL,          -- personal: their link goes here
    guest_phone   TEXT,                      -- personal: E.164, if they gave one
    guest_zone    TEXT    NOT NULL,          -- personal: where they are; IANA name
    starts_at     BIGINT  NOT NULL,          -- the instant, under the zone's rules of the day it was booked
    starts_local  TEXT    NOT NULL,          -- the wall time that was said, ISO 8601 without offset
    starts_zone   TEXT    NOT NULL,          -- the zone it was said in
    ends_at       BIGINT  NOT NULL,          -- starts_at and the length: what overlaps is found by it
    minutes       BIGINT  NOT NULL,          -- the length
    kind          TEXT    NOT NULL CHECK (kind IN ('video', 'in_person')),
    status        TEXT    NOT NULL CHECK (status IN ('booked', 'confirmed', 'cancelled', 'completed')),
    booked_at     BIGINT  NOT NULL,
    booked_by     TEXT    NOT NULL,          -- an id or 'system'; so is every _by below
    confirmed_at  BIGINT,
    confirmed_by  TEXT,
    cancelled_at  BIGINT,
    cancelled_by  TEXT,
    completed_at  BIGINT,
    version       BIGINT  NOT NULL,          -- rises with each save

    -- The search for what overlaps looks back one day and no further.
    CHECK (ends_at > starts_at AND ends_at - starts_at <= 86400000),
    CHECK (status <> 'confirmed' OR (confirmed_at IS NOT NULL AND confirmed_by IS NOT NULL)),
    CHECK (status <> 'cancelled' OR (cancelled_at IS NOT NULL AND cancelled_by IS NOT NULL)),
    CHECK (status <> 'completed' OR completed_at IS NOT NULL)
);

CREATE INDEX appointments_by_host ON appointments (host_id, starts_at, id);
CREATE INDEX appointments_by_start ON appointments (starts_at, id);
