-- Those who wait are looked for among all appointments of a day, and are few.
CREATE INDEX participants_waiting ON participants (consultation_id) WHERE entry = 'waiting';
