UPDATE people SET rights = replace(rights, ' flow_schemas:try', '');
