-- Nothing to mend here: AUTOINCREMENT goes on after the largest id that ever was.
SELECT 1;
