-- More, if flow schemas are to be written here: Webitel's trigger keeps each version, as the one who writes.
GRANT SELECT (created_by, updated_by),
    INSERT (id, domain_id, name, scheme, type, editor, created_at, created_by, updated_at, updated_by),
    UPDATE (name, scheme, type, updated_at, updated_by)
    ON flow.acr_routing_scheme TO :"owner";
GRANT USAGE ON SEQUENCE flow.acr_routing_scheme_id_seq, flow.scheme_version_id_seq TO :"owner";
GRANT SELECT, INSERT, DELETE ON flow.scheme_version TO :"owner";
GRANT SELECT ON call_center.system_settings TO :"owner";
