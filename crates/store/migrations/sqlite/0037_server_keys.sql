-- The key that signs tokens of rooms, the same for all servers on one PostgreSQL database.
CREATE TABLE server_keys (
    id          BIGINT  NOT NULL PRIMARY KEY CHECK (id = 1),
    key         TEXT    NOT NULL,
    secret      TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL
);
