-- What was changed by whom: one row for each change, written with it and never changed.
CREATE TABLE audit (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    at           BIGINT  NOT NULL,
    author       TEXT    NOT NULL,          -- an id or 'system'
    kind         TEXT    NOT NULL,
    subject      TEXT    NOT NULL,          -- the id of what was changed; an appointment's also for its consultation
    participant  TEXT                       -- to whom it happened
);

CREATE INDEX audit_by_subject ON audit (subject, id);
