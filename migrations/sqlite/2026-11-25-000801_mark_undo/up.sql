-- The change that an entry undoes; nothing for one that somebody made anew.
ALTER TABLE journal ADD COLUMN undoes TEXT;
