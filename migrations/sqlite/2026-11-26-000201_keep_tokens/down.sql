ALTER TABLE people_journal DROP COLUMN about;
DROP TABLE tokens;
