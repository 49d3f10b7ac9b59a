-- Links with which members of staff set their password, once. Made by an administrator, who thus types no password of
-- others.
CREATE TABLE password_links (
    hash        BYTEA   NOT NULL PRIMARY KEY,         -- SHA-256 of the secret in the link
    user_id     TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at  BIGINT  NOT NULL,
    created_by  TEXT    NOT NULL,         -- author
    expires_at  BIGINT  NOT NULL
);

CREATE INDEX password_links_by_user ON password_links (user_id);
CREATE INDEX password_links_by_expiry ON password_links (expires_at);
