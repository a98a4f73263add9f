-- Nothing here: SQLite plans a change once.
SELECT 1;
