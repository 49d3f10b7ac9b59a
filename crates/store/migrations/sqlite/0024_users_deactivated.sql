-- Since when a member of staff cannot log in. Their appointments stay.
ALTER TABLE users ADD COLUMN deactivated_at BIGINT;  -- NULL while they may

-- Locked before a change that could leave the practice without an administrator.
CREATE INDEX users_admins ON users (id) WHERE role = 'admin';
