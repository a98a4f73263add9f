DROP INDEX people_journal_by_change;
ALTER TABLE people_journal DROP COLUMN change;
