-- What became of each message to a person: one row for each channel. Staff see it on the appointment.
CREATE TABLE deliveries (
    participant_id  TEXT    NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    message         TEXT    NOT NULL,        -- which message
    channel         TEXT    NOT NULL,        -- how it is sent
    appointment_id  TEXT    NOT NULL REFERENCES appointments (id) ON DELETE CASCADE,
    state           TEXT    NOT NULL,
    attempts        BIGINT  NOT NULL,        -- how often sending it was tried
    provider_id     TEXT,                    -- by which the provider names it
    link_secret     TEXT,                    -- personal: the secret of its link, until it is accepted
    last_error      TEXT,                    -- personal: a provider's answer may name the recipient
    queued_at       BIGINT  NOT NULL,
    changed_at      BIGINT  NOT NULL,
    PRIMARY KEY (participant_id, message, channel)
);

CREATE INDEX deliveries_by_appointment ON deliveries (appointment_id);
CREATE INDEX deliveries_failed ON deliveries (changed_at, participant_id, message, channel) WHERE state = 'failed';
