-- The embedded media server of this database, one row: who was connected when it ended has departed when it was last alive.
CREATE TABLE media_server (
    id          BIGINT  NOT NULL PRIMARY KEY CHECK (id = 1),
    started_at  BIGINT  NOT NULL,
    alive_at    BIGINT  NOT NULL
);
