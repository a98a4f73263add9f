-- What the application signs with. Whoever has a key can write what it signs.
CREATE TABLE keys (
    purpose TEXT PRIMARY KEY NOT NULL CHECK (purpose IN ('browser')),
    key     TEXT NOT NULL
);

-- Each of these has 122 bits from the operating system.
INSERT INTO keys (purpose, key) VALUES ('browser', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));
