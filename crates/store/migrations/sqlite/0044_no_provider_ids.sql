-- Nothing names a message by an id of its provider: mails are named by their Message-ID, which is made of the key.
ALTER TABLE deliveries DROP COLUMN provider_id;
