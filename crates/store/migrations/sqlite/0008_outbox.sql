-- What is still to be told to the world. Written with the change itself; gone once it was told.
CREATE TABLE outbox (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        TEXT    NOT NULL,          -- for metrics
    payload     TEXT    NOT NULL,          -- the notice as JSON; ids only
    subject     TEXT    NOT NULL,          -- the id it is about: cancelling that takes the notice back
    dedup_key   TEXT    UNIQUE,            -- posting a second one with the same key replaces the first
    due_at      BIGINT  NOT NULL,          -- since when the world is owed it
    next_at     BIGINT  NOT NULL,          -- when a worker may take it up: due, a retry's time, or the end of a lease
    attempts    BIGINT  NOT NULL,          -- how often a worker took it up
    last_error  TEXT,                        -- personal: a mail server's answer may name the recipient
    given_up_at BIGINT,                      -- NULL as long as it will be tried again
    version     BIGINT  NOT NULL           -- rises when taken up or replaced: only the last holder may finish it
);

CREATE INDEX outbox_by_next ON outbox (next_at, id) WHERE given_up_at IS NULL;
CREATE INDEX outbox_by_subject ON outbox (subject);
