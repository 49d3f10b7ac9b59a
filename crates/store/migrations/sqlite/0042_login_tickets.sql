-- The last ticket that was got with a login session for a participant: it ends with the session.
CREATE TABLE login_tickets (
    session         BLOB   NOT NULL REFERENCES sessions (hash) ON DELETE CASCADE,
    participant_id  TEXT    NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    number          BIGINT  NOT NULL,
    PRIMARY KEY (session, participant_id)
);

CREATE INDEX login_tickets_by_participant ON login_tickets (participant_id);
