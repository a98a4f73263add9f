ALTER TABLE journal DROP COLUMN undoes;
