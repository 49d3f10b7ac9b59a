-- People of the practice, who log in.
CREATE TABLE users (
    id             TEXT    NOT NULL PRIMARY KEY,
    name           TEXT    NOT NULL,         -- personal: as guests read it
    email          TEXT    NOT NULL,         -- personal: as it was typed; mail goes here
    email_folded   TEXT    NOT NULL UNIQUE,  -- personal: two spellings of one address are equal in it
    role           TEXT    NOT NULL CHECK (role IN ('admin', 'host')),
    zone           TEXT    NOT NULL,         -- IANA name: their days and mails are in it
    password_hash  TEXT    NOT NULL,         -- personal: argon2id, PHC string
    created_at     BIGINT  NOT NULL,         -- milliseconds since 1970, UTC; so is every instant below
    version        BIGINT  NOT NULL          -- rises with each save
);
