-- Nothing here: SQLite runs its triggers for each row, and reads no table as a whole.
SELECT 1;
