-- A new choice (a status, a role, …) must not need a new table: the program checks choices, and an older program skips
-- rows with a choice that it does not know. Constraints that hold for every choice stay.

-- Only PostgreSQL
ALTER TABLE practices DROP CONSTRAINT practices_who_may_end_check;
ALTER TABLE users DROP CONSTRAINT users_role_check;
ALTER TABLE appointments DROP CONSTRAINT appointments_kind_check, DROP CONSTRAINT appointments_status_check;
ALTER TABLE consultations DROP CONSTRAINT consultations_phase_check;
ALTER TABLE participants DROP CONSTRAINT participants_role_check, DROP CONSTRAINT participants_entry_check;
-- Both
