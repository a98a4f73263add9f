-- The name of the time zone in which a person wants to see times; without one, that of their browser.
ALTER TABLE people ADD COLUMN zone TEXT;
