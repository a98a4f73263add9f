-- Nothing here: PostgreSQL would rather sort a whole queue by the times that it finds so.
SELECT 1;
