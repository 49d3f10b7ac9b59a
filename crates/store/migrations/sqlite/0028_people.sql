-- Who comes to appointments, and how each of them can be reached. Staff are in users.
CREATE TABLE people (
    id          TEXT    NOT NULL PRIMARY KEY,
    name        TEXT    NOT NULL,        -- personal: as the practice entered it
    language    TEXT,                    -- personal: of their messages, BCP 47; NULL: that of the practice
    zone        TEXT    NOT NULL,        -- personal: where they are; IANA name
    created_at  BIGINT  NOT NULL,
    version     BIGINT  NOT NULL         -- rises with each save
);

CREATE TABLE addresses (
    person_id     TEXT    NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    channel       TEXT    NOT NULL,      -- 'email', 'phone'
    value         TEXT    NOT NULL,      -- personal: as it was entered
    normalised    TEXT,                  -- personal: equal for all spellings of it; NULL in rows of older versions
    consent_at    BIGINT,                -- when the person agreed to more than the messages of appointments
    consent_by    TEXT,                  -- who recorded it: an id or 'system'
    consent_text  TEXT,                  -- version of the text that they agreed to
    revoked_at    BIGINT,
    revoked_by    TEXT,
    added_at      BIGINT  NOT NULL,
    PRIMARY KEY (person_id, channel, value)
);

-- Who comes to an appointment: one guest, and companions.
CREATE TABLE appointment_people (
    appointment_id  TEXT    NOT NULL REFERENCES appointments (id) ON DELETE CASCADE,
    person_id       TEXT    NOT NULL REFERENCES people (id),
    role            TEXT    NOT NULL,    -- 'guest', 'companion'
    place           BIGINT  NOT NULL,    -- order of the booking
    PRIMARY KEY (appointment_id, person_id)
);

CREATE INDEX appointment_people_by_person ON appointment_people (person_id);

ALTER TABLE participants ADD COLUMN person_id TEXT REFERENCES people (id);  -- NULL for staff
CREATE INDEX participants_by_person ON participants (person_id);

-- The previous version still reads and writes appointments.guest_*; what it books meanwhile has no row here. A later
-- version repeats these statements for such appointments and drops the columns. Nobody is recognised as the same person:
-- each appointment has a person of its own.
INSERT INTO people (id, name, zone, created_at, version)
SELECT REPLACE(id, 'apt_', 'prs_'), guest_name, guest_zone, booked_at, 0
  FROM appointments;

INSERT INTO addresses (person_id, channel, value, added_at)
SELECT REPLACE(id, 'apt_', 'prs_'), 'email', guest_email, booked_at
  FROM appointments;

INSERT INTO addresses (person_id, channel, value, normalised, added_at)
SELECT REPLACE(id, 'apt_', 'prs_'), 'phone', guest_phone, guest_phone, booked_at
  FROM appointments
 WHERE guest_phone IS NOT NULL;

INSERT INTO appointment_people (appointment_id, person_id, role, place)
SELECT id, REPLACE(id, 'apt_', 'prs_'), 'guest', 0
  FROM appointments;

UPDATE participants
   SET person_id = (SELECT REPLACE(c.appointment_id, 'apt_', 'prs_')
                      FROM consultations c
                     WHERE c.id = participants.consultation_id)
 WHERE role = 'guest';
