-- Browsers in which somebody has logged in before. A stranger who tries their passwords does not use up their attempts.
CREATE TABLE devices (
    hash          BYTEA   NOT NULL,         -- SHA-256 of the secret in the browser's cookie
    user_id       TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    logged_in_at  BIGINT  NOT NULL,         -- the last time
    PRIMARY KEY (hash, user_id)
);

CREATE INDEX devices_by_user ON devices (user_id, logged_in_at, hash);
