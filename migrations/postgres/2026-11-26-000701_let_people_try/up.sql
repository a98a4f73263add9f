-- Whoever may do everything, or everything but managing people, may do this too: see src/access/rights.rs.
UPDATE people SET rights = 'queues:create queues:read queues:update queues:delete flow_schemas:create flow_schemas:read flow_schemas:update flow_schemas:delete flow_schemas:try people:manage'
    WHERE rights = 'queues:create queues:read queues:update queues:delete flow_schemas:create flow_schemas:read flow_schemas:update flow_schemas:delete people:manage';
UPDATE people SET rights = 'queues:create queues:read queues:update queues:delete flow_schemas:create flow_schemas:read flow_schemas:update flow_schemas:delete flow_schemas:try'
    WHERE rights = 'queues:create queues:read queues:update queues:delete flow_schemas:create flow_schemas:read flow_schemas:update flow_schemas:delete';
