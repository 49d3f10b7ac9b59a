-- The language that a member of staff has chosen for their pages and messages.
ALTER TABLE users ADD COLUMN language TEXT;  -- personal: BCP 47; NULL: of the browser, for messages of the practice
