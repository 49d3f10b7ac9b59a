-- The language of pages and messages for people whose own is not known: a tag of BCP 47.
ALTER TABLE practices ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
