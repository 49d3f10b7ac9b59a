-- The API key with which the latest ticket of a participant was issued: what was entered with a key ends with it.
ALTER TABLE participants ADD COLUMN ticket_key TEXT;  -- NULL: a person got it, or the consultation has ended

CREATE INDEX participants_ticket_keys ON participants (ticket_key) WHERE ticket_key IS NOT NULL;
