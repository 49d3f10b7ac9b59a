-- Work that is owed. Written with the change that causes it; gone once it is done.
CREATE TABLE jobs (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    kind         TEXT    NOT NULL,          -- for metrics and logs
    lane         TEXT    NOT NULL,          -- whose workers do it: none waits for those of another lane
    payload      TEXT    NOT NULL,          -- the notice as JSON; ids only
    subject      TEXT    NOT NULL,          -- the id it is about
    dedup_key    TEXT    UNIQUE,            -- posting a second one with the same key replaces the first
    due_at       BIGINT  NOT NULL,          -- since when it is owed
    expires_at   BIGINT,                    -- from then on it is no longer worth doing
    next_at      BIGINT  NOT NULL,          -- when a worker may take it: 0 at once, due, a retry's time, or the end of a lease
    attempts     BIGINT  NOT NULL,          -- how often a worker took it
    last_error   TEXT,                      -- without personal data
    given_up_at  BIGINT,                    -- NULL as long as it will be tried again
    version      BIGINT  NOT NULL           -- rises when it is taken or replaced: only the last holder may finish it
);

CREATE INDEX jobs_by_lane ON jobs (lane, next_at, id) WHERE given_up_at IS NULL;
CREATE INDEX jobs_by_subject ON jobs (subject);

INSERT INTO jobs (kind, lane, payload, subject, dedup_key, due_at, next_at, attempts, given_up_at, version)
SELECT kind, CASE lane WHEN 'letters' THEN 'messages' ELSE CASE kind WHEN 'deserted' THEN 'checks' ELSE lane END END,
       payload, subject, dedup_key, due_at, next_at, attempts, given_up_at, version
  FROM outbox;
DELETE FROM outbox;
