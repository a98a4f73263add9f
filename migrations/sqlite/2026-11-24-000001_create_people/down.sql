ALTER TABLE journal DROP COLUMN author;
ALTER TABLE journal DROP COLUMN author_id;
DROP TABLE people_journal;
DROP TABLE sign_in_failures;
DROP TABLE links;
DROP TABLE sessions;
DROP TABLE people;
