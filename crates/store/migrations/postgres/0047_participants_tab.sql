-- The tab of a browser that has the seat of a participant: the last one in which they tapped.
ALTER TABLE participants ADD COLUMN tab TEXT;  -- random, chosen by the page; NULL: none, or of the previous version
ALTER TABLE participants ADD COLUMN moved_at BIGINT;  -- when they went on in another tab without having left
