//! Diesel's description of the tables. `migrations/` makes them, with the same names on both databases.

diesel::table! {
    queues (id) {
        id -> BigInt,
        name -> Text,
        folded_name -> Text,
        sort_key -> Binary,
        #[sql_name = "type"]
        type_ -> SmallInt,
        enabled -> Bool,
        created_at -> Timestamp,
        updated_at -> Nullable<Timestamp>,
        updated_by -> Nullable<BigInt>,
        covered -> SmallInt,
        missing -> SmallInt,
    }
}

diesel::table! {
    flow_schemas (id) {
        id -> BigInt,
        name -> Text,
        folded_name -> Text,
        sort_key -> Binary,
        #[sql_name = "type"]
        type_ -> Text,
        editor -> Bool,
        schema -> Text,
        created_at -> Timestamp,
        updated_at -> Nullable<Timestamp>,
        updated_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// The flow schemas that hooks run. On Webitel's tables one may belong to another domain; then its name is empty.
    hook_schemas (id) {
        id -> BigInt,
        name -> Text,
        folded_name -> Text,
        sort_key -> Binary,
    }
}

diesel::table! {
    name_keys (rules) {
        rules -> Text,
    }
}

diesel::table! {
    hooks (id) {
        id -> BigInt,
        queue_id -> BigInt,
        schema_id -> BigInt,
        event -> Text,
        enabled -> Bool,
        updated_at -> Nullable<Timestamp>,
        updated_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    hook_counts (queue_id, event, enabled) {
        queue_id -> BigInt,
        event -> Text,
        enabled -> Bool,
        hooks -> BigInt,
        changes -> BigInt,
    }
}

diesel::table! {
    journal (id) {
        id -> BigInt,
        change -> Text,
        at -> Timestamp,
        author_id -> Nullable<BigInt>,
        author -> Text,
        subject -> Text,
        subject_id -> BigInt,
        queue_id -> Nullable<BigInt>,
        action -> Text,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
        text -> Nullable<Text>,
        undoes -> Nullable<Text>,
    }
}

diesel::table! {
    people (id) {
        id -> BigInt,
        name -> Text,
        display_name -> Text,
        folded_name -> Text,
        sort_key -> Binary,
        password -> Text,
        enabled -> Bool,
        rights -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        zone -> Nullable<Text>,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        hash -> Text,
        person_id -> BigInt,
        created_at -> Timestamp,
        used_at -> Timestamp,
        address -> Text,
        agent -> Text,
    }
}

diesel::table! {
    links (hash) {
        hash -> Text,
        purpose -> Text,
    }
}

diesel::table! {
    sign_in_failures (key) {
        key -> Text,
        failures -> BigInt,
        since -> Timestamp,
    }
}

diesel::table! {
    keys (purpose) {
        purpose -> Text,
        key -> Text,
    }
}

diesel::table! {
    people_journal (id) {
        id -> BigInt,
        at -> Timestamp,
        author_id -> Nullable<BigInt>,
        author -> Text,
        action -> Text,
        person_id -> Nullable<BigInt>,
        person -> Text,
        address -> Text,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
        change -> Nullable<Text>,
        about -> Text,
    }
}

diesel::table! {
    tokens (id) {
        id -> BigInt,
        hash -> Text,
        person_id -> BigInt,
        name -> Text,
        rights -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    tries (id) {
        id -> BigInt,
        schema_id -> BigInt,
        digest -> Text,
        author_id -> Nullable<BigInt>,
        author -> Text,
        at -> Timestamp,
        event -> Text,
        queue_type -> SmallInt,
        outcome -> Text,
        sentence -> Text,
        took -> Nullable<BigInt>,
        steps -> BigInt,
        requests -> BigInt,
        way -> Nullable<Binary>,
    }
}

diesel::table! {
    try_values (person_id, schema_id) {
        person_id -> BigInt,
        schema_id -> BigInt,
        at -> Timestamp,
        event -> Text,
        queue_type -> SmallInt,
        typed -> Text,
    }
}

diesel::table! {
    forgotten (entry_id) {
        entry_id -> BigInt,
    }
}

diesel::joinable!(hooks -> queues (queue_id));
diesel::joinable!(hooks -> flow_schemas (schema_id));
diesel::joinable!(hooks -> hook_schemas (schema_id));
diesel::joinable!(hook_counts -> queues (queue_id));
diesel::joinable!(tries -> flow_schemas (schema_id));
diesel::allow_tables_to_appear_in_same_query!(queues, flow_schemas, hook_schemas, hooks, hook_counts, journal, tries);
diesel::allow_columns_to_appear_in_same_group_by_clause!(queues::type_, queues::covered);
diesel::joinable!(sessions -> people (person_id));
diesel::joinable!(tokens -> people (person_id));
diesel::allow_tables_to_appear_in_same_query!(sessions, tokens, people);
