-- What proves that somebody is a user: today a password. Read at a login only, so the hash is in no other request.
CREATE TABLE credentials (
    id          TEXT    NOT NULL PRIMARY KEY,
    user_id     TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind        TEXT    NOT NULL,         -- 'password'; a second factor will be another kind
    data        TEXT    NOT NULL,         -- personal: of a password the argon2id hash, PHC string
    created_at  BIGINT  NOT NULL          -- when it was set
);

CREATE INDEX credentials_by_user ON credentials (user_id, kind);
CREATE UNIQUE INDEX credentials_one_password ON credentials (user_id) WHERE kind = 'password';

-- The previous version still reads and writes users.password_hash. A later version drops it.
INSERT INTO credentials (id, user_id, kind, data, created_at)
SELECT REPLACE(id, 'usr_', 'crd_'), id, 'password', password_hash, created_at
  FROM users;
