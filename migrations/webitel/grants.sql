-- All that the owner of our schema may do outside it. Run by whoever may give it: the owner of Webitel's tables.
GRANT USAGE ON SCHEMA call_center, flow, directory TO :"owner";
GRANT SELECT (id, domain_id, name, type, enabled, created_at, updated_at, updated_by),
    UPDATE (enabled, updated_at, updated_by)
    ON call_center.cc_queue TO :"owner";
GRANT SELECT (id, queue_id, schema_id, event, enabled, updated_at),
    INSERT (id, queue_id, schema_id, event, enabled, updated_at, updated_by),
    UPDATE (schema_id, event, enabled, updated_at, updated_by), DELETE
    ON call_center.cc_queue_events TO :"owner";
GRANT USAGE ON SEQUENCE call_center.cc_queue_events_id_seq TO :"owner";
GRANT SELECT (id, domain_id, name, type, editor, scheme, created_at, updated_at) ON flow.acr_routing_scheme TO :"owner";
GRANT SELECT (id, dc) ON directory.wbt_user TO :"owner";
