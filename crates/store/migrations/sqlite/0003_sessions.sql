-- Logins that last. The secret itself is in somebody's cookie and nowhere else.
CREATE TABLE sessions (
    hash        BLOB    NOT NULL PRIMARY KEY,         -- SHA-256 of the secret
    user_id     TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at  BIGINT  NOT NULL,
    expires_at  BIGINT  NOT NULL
);

CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
