-- One row, of one length: a mark of this state of the database, the mark of the
-- state before, and whether the log may have been emptied since. So it can be
-- told whether a log belongs to the database that it lies beside: src/db/log.rs.
CREATE TABLE marks (
    id   INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    mark TEXT NOT NULL CHECK (length(mark) = 84)
);

INSERT INTO marks (id, mark)
    VALUES (1, 'queue-hooks mark ' || lower(hex(randomblob(16))) || ' 00000000000000000000000000000000 -');
