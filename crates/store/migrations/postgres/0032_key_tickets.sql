-- The last ticket of each API key for each participant: what was entered with a key ends with it. Others may have got
-- later tickets while its connection goes on. After the end of the consultation there are none.
CREATE TABLE key_tickets (
    participant_id  TEXT    NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    key_id          TEXT    NOT NULL,
    number          BIGINT  NOT NULL,
    PRIMARY KEY (key_id, participant_id)
);

CREATE INDEX key_tickets_by_participant ON key_tickets (participant_id);
