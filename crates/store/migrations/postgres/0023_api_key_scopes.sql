-- What an API client may do, who gave it the key, when it was used last, and since when it opens nothing.
-- Keys of the previous version keep all their rights.
ALTER TABLE api_keys ADD COLUMN scopes TEXT NOT NULL DEFAULT 'booking record media metrics';  -- names, separated by spaces
ALTER TABLE api_keys ADD COLUMN created_by TEXT;     -- author; NULL: by the previous version
ALTER TABLE api_keys ADD COLUMN used_at BIGINT;      -- some minutes late: it is written by the sweep; NULL until then
ALTER TABLE api_keys ADD COLUMN revoked_at BIGINT;   -- NULL while it is valid
