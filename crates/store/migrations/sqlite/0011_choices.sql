-- A new choice (a status, a role, …) must not need a new table: the program checks choices, and an older program skips
-- rows with a choice that it does not know. Constraints that hold for every choice stay.

-- Only SQLite
-- It cannot drop a constraint: each table is made again (https://www.sqlite.org/lang_altertable.html, section 7).
-- Foreign keys are off during a migration, or DROP TABLE would delete the rows that refer to the table.
CREATE TABLE new_practices (
    id            BIGINT  NOT NULL PRIMARY KEY CHECK (id = 1),
    name          TEXT    NOT NULL,
    pack          TEXT    NOT NULL,
    zone          TEXT    NOT NULL,
    opens_before  BIGINT  NOT NULL,
    closes_after  BIGINT  NOT NULL,
    who_may_end   TEXT    NOT NULL,
    version       BIGINT  NOT NULL
);

INSERT INTO new_practices (id, name, pack, zone, opens_before, closes_after, who_may_end, version)
SELECT id, name, pack, zone, opens_before, closes_after, who_may_end, version
  FROM practices;

DROP TABLE practices;
ALTER TABLE new_practices RENAME TO practices;

CREATE TABLE new_users (
    id             TEXT    NOT NULL PRIMARY KEY,
    name           TEXT    NOT NULL,
    email          TEXT    NOT NULL,
    email_folded   TEXT    NOT NULL UNIQUE,
    role           TEXT    NOT NULL,
    zone           TEXT    NOT NULL,
    password_hash  TEXT    NOT NULL,
    created_at     BIGINT  NOT NULL,
    version        BIGINT  NOT NULL
);

INSERT INTO new_users (id, name, email, email_folded, role, zone, password_hash, created_at, version)
SELECT id, name, email, email_folded, role, zone, password_hash, created_at, version
  FROM users;

DROP TABLE users;
ALTER TABLE new_users RENAME TO users;

CREATE TABLE new_appointments (
    id            TEXT    NOT NULL PRIMARY KEY,
    host_id       TEXT    NOT NULL REFERENCES users (id),
    guest_name    TEXT    NOT NULL,
    guest_email   TEXT    NOT NULL,
    guest_phone   TEXT,
    guest_zone    TEXT    NOT NULL,
    starts_at     BIGINT  NOT NULL,
    starts_local  TEXT    NOT NULL,
    starts_zone   TEXT    NOT NULL,
    ends_at       BIGINT  NOT NULL,
    minutes       BIGINT  NOT NULL,
    kind          TEXT    NOT NULL,
    status        TEXT    NOT NULL,
    booked_at     BIGINT  NOT NULL,
    booked_by     TEXT    NOT NULL,
    confirmed_at  BIGINT,
    confirmed_by  TEXT,
    cancelled_at  BIGINT,
    cancelled_by  TEXT,
    completed_at  BIGINT,
    version       BIGINT  NOT NULL,

    CHECK (ends_at > starts_at AND ends_at - starts_at <= 86400000),
    CHECK (status <> 'confirmed' OR (confirmed_at IS NOT NULL AND confirmed_by IS NOT NULL)),
    CHECK (status <> 'cancelled' OR (cancelled_at IS NOT NULL AND cancelled_by IS NOT NULL)),
    CHECK (status <> 'completed' OR completed_at IS NOT NULL)
);

INSERT INTO new_appointments (id, host_id, guest_name, guest_email, guest_phone, guest_zone, starts_at, starts_local,
                              starts_zone, ends_at, minutes, kind, status, booked_at, booked_by, confirmed_at,
                              confirmed_by, cancelled_at, cancelled_by, completed_at, version)
SELECT id, host_id, guest_name, guest_email, guest_phone, guest_zone, starts_at, starts_local,
       starts_zone, ends_at, minutes, kind, status, booked_at, booked_by, confirmed_at,
       confirmed_by, cancelled_at, cancelled_by, completed_at, version
  FROM appointments;

DROP TABLE appointments;
ALTER TABLE new_appointments RENAME TO appointments;
CREATE INDEX appointments_by_host ON appointments (host_id, starts_at, id);
CREATE INDEX appointments_by_start ON appointments (starts_at, id);

CREATE TABLE new_consultations (
    id              TEXT    NOT NULL PRIMARY KEY,
    appointment_id  TEXT    NOT NULL UNIQUE REFERENCES appointments (id) ON DELETE CASCADE,
    room            TEXT    NOT NULL UNIQUE,
    phase           TEXT    NOT NULL,
    started_at      BIGINT,
    started_by      TEXT,
    ended_at        BIGINT,
    ended_by        TEXT,
    version         BIGINT  NOT NULL,

    CHECK (phase <> 'live' OR (started_at IS NOT NULL AND started_by IS NOT NULL)),
    CHECK (phase <> 'ended' OR (started_at IS NOT NULL AND ended_at IS NOT NULL AND ended_by IS NOT NULL))
);

INSERT INTO new_consultations (id, appointment_id, room, phase, started_at, started_by, ended_at, ended_by, version)
SELECT id, appointment_id, room, phase, started_at, started_by, ended_at, ended_by, version
  FROM consultations;

DROP TABLE consultations;
ALTER TABLE new_consultations RENAME TO consultations;

CREATE TABLE new_participants (
    id               TEXT    NOT NULL PRIMARY KEY,
    consultation_id  TEXT    NOT NULL REFERENCES consultations (id) ON DELETE CASCADE,
    role             TEXT    NOT NULL,
    name             TEXT    NOT NULL,
    entry            TEXT    NOT NULL,
    waiting_since    BIGINT,
    admitted_at      BIGINT,
    admitted_by      TEXT,
    declined_at      BIGINT,
    declined_by      TEXT,
    left_at          BIGINT,
    seat             BIGINT  NOT NULL,
    connected_since  BIGINT,
    arrived_at       BIGINT,
    departed_at      BIGINT,

    CHECK (entry <> 'waiting' OR waiting_since IS NOT NULL),
    CHECK (entry <> 'admitted' OR (admitted_at IS NOT NULL AND admitted_by IS NOT NULL)),
    CHECK (entry <> 'declined' OR (declined_at IS NOT NULL AND declined_by IS NOT NULL)),
    CHECK (entry <> 'left' OR left_at IS NOT NULL)
);

INSERT INTO new_participants (id, consultation_id, role, name, entry, waiting_since, admitted_at, admitted_by,
                              declined_at, declined_by, left_at, seat, connected_since, arrived_at, departed_at)
SELECT id, consultation_id, role, name, entry, waiting_since, admitted_at, admitted_by,
       declined_at, declined_by, left_at, seat, connected_since, arrived_at, departed_at
  FROM participants;

DROP TABLE participants;
ALTER TABLE new_participants RENAME TO participants;
CREATE INDEX participants_by_consultation ON participants (consultation_id);
CREATE INDEX participants_connected ON participants (connected_since) WHERE connected_since IS NOT NULL;
-- Both
