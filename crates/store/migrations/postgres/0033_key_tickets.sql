-- The last ticket of each API key for each participant: others may have got later ones while its connection goes on.
CREATE TABLE key_tickets (
    participant_id  TEXT    NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    key_id          TEXT    NOT NULL,
    number          BIGINT  NOT NULL,
    PRIMARY KEY (key_id, participant_id)
);

CREATE INDEX key_tickets_by_participant ON key_tickets (participant_id);

INSERT INTO key_tickets (participant_id, key_id, number)
SELECT id, ticket_key, seat
  FROM participants
 WHERE ticket_key IS NOT NULL;

DROP INDEX participants_ticket_keys;
