-- The media connections of participants that have ended, each from its beginning to its end. What an older version wrote
-- down is in participants: when the first began and the last ended.
CREATE TABLE attendance_periods (
    participant_id  TEXT    NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    arrived_at      BIGINT  NOT NULL,
    departed_at     BIGINT  NOT NULL,
    PRIMARY KEY (participant_id, arrived_at)
);

ALTER TABLE consultations ADD COLUMN outcome TEXT;        -- as staff have recorded it; NULL: as attendance shows
ALTER TABLE consultations ADD COLUMN outcome_by TEXT;     -- who did
ALTER TABLE consultations ADD COLUMN outcome_at BIGINT;
ALTER TABLE consultations ADD COLUMN asked_at BIGINT;     -- participants were asked if they are still there
ALTER TABLE consultations ADD COLUMN answered_at BIGINT;  -- and one has answered
