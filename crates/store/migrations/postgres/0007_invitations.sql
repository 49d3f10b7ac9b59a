-- Personal links: each opens one seat, as often as needed, until it is taken back.
CREATE TABLE invitations (
    id              TEXT    NOT NULL PRIMARY KEY,
    participant_id  TEXT    NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    hash            BYTEA   NOT NULL UNIQUE,  -- SHA-256 of the secret in the link
    created_at      BIGINT  NOT NULL,
    revoked_at      BIGINT                    -- NULL until it was taken back
);

CREATE INDEX invitations_by_participant ON invitations (participant_id);
