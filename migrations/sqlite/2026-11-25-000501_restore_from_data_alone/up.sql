-- Nothing to mend here: a copy of the file is a copy of everything.
SELECT 1;
