-- Nothing here: PostgreSQL writes a queue once a statement already.
SELECT 1;
