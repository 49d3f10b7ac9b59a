-- Programs that may use the API in the practice's name.
CREATE TABLE api_keys (
    id          TEXT    NOT NULL PRIMARY KEY,         -- the public half
    hash        BYTEA   NOT NULL,            -- SHA-256 of the secret half
    name        TEXT    NOT NULL,            -- what it is for
    created_at  BIGINT  NOT NULL
);
