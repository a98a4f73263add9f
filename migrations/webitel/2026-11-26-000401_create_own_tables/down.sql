DROP TABLE flow_schema_texts, sort_keys, name_keys, forgotten, journal, people_journal, keys, sign_in_failures, links,
    tokens, sessions, webitel_users, people, webitel;
