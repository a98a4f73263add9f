-- SQLite needs no function for this: only one transaction writes.
SELECT 1;
