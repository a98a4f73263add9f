-- Nothing to mark here: PostgreSQL keeps its log to itself.
SELECT 1;
