-- What people need to recognise their own logins.
ALTER TABLE sessions ADD COLUMN browser TEXT;          -- 'Firefox on Windows'; NULL for API clients and older logins
ALTER TABLE sessions ADD COLUMN used_at BIGINT;        -- some minutes late: it is written by the sweep; NULL until then
