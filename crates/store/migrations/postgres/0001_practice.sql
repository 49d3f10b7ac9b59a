-- The practice this server belongs to: one row, made at set-up.
CREATE TABLE practices (
    id            BIGINT  NOT NULL PRIMARY KEY CHECK (id = 1),  -- one server, one practice
    name          TEXT    NOT NULL,                    -- as guests read it
    pack          TEXT    NOT NULL,                    -- which vocabulary it speaks
    zone          TEXT    NOT NULL,                    -- IANA name
    opens_before  BIGINT  NOT NULL,                    -- minutes before the planned start
    closes_after  BIGINT  NOT NULL,                    -- minutes after the planned end
    who_may_end   TEXT    NOT NULL CHECK (who_may_end IN ('host', 'either')),
    version       BIGINT  NOT NULL                     -- rises with each save
);
