-- Failed logins of each account and client: written on failures only, deleted when they do not count any more.
CREATE TABLE login_failures (
    hash          BYTEA   NOT NULL PRIMARY KEY,  -- SHA-256 of the account and of where the attempts come from
    forgotten_at  BIGINT  NOT NULL              -- when none of them counts any more
);

CREATE INDEX login_failures_by_time ON login_failures (forgotten_at, hash);
