-- The id of the change that a form makes, so that sending it twice adds one
-- person.
ALTER TABLE people_journal ADD COLUMN change TEXT;
CREATE INDEX people_journal_by_change ON people_journal (change);
