-- Which worker tells it: 'rooms' is never kept waiting by 'letters', whose mail server may be slow.
ALTER TABLE outbox ADD COLUMN lane TEXT NOT NULL DEFAULT 'letters';
UPDATE outbox SET lane = 'rooms' WHERE kind IN ('room_closed', 'removed', 'deserted');
CREATE INDEX outbox_by_lane ON outbox (lane, next_at, id) WHERE given_up_at IS NULL;
DROP INDEX outbox_by_next;
