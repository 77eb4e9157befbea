-- The life of a tenant: src/lifecycle/

create function tenancy.delete_tenant(tenant uuid, only_tables regclass[] default null, dry_run boolean default false)
  returns table (relation regclass, rows bigint)
  language c volatile parallel unsafe rows 20
  as 'MODULE_PATHNAME', 'delete_tenant_wrapper';

comment on function tenancy.delete_tenant(uuid, regclass[], boolean) is
  'remove an inactive tenant with all its rows, or its rows from some tables; says what went, or with dry_run what would go; for administrators';

create function tenancy.export_tenant(tenant uuid, with_subtenants boolean default false, only_tables regclass[] default null)
  returns setof text
  language c volatile parallel unsafe rows 100000
  as 'MODULE_PATHNAME', 'export_tenant_wrapper';

comment on function tenancy.export_tenant(uuid, boolean, regclass[]) is
  'a tenant, or a tenant and those below it, as lines of JSON: what import_tenant() reads';

create function tenancy.import_tenant(
  source regclass,
  target uuid default null,
  parent uuid default null,
  keys text default 'keep',
  on_conflict text default 'refuse',
  match_public jsonb default '{}',
  dry_run boolean default false
) returns table (relation regclass, rows bigint, written bigint)
  language c volatile parallel unsafe rows 20
  as 'MODULE_PATHNAME', 'import_tenant_wrapper';

comment on function tenancy.import_tenant(regclass, uuid, uuid, text, text, jsonb, boolean) is
  'insert the rows of an archive that was loaded into a table with the columns line and content; all or nothing; for administrators';

-- Called by the statements of import_tenant(), which run with the caller's rights.
create function tenancy.archive_line(line bigint, content text) returns text
  language c volatile strict parallel unsafe
  as 'MODULE_PATHNAME', 'archive_line_wrapper';

comment on function tenancy.archive_line(bigint, text) is
  'the content as it is; import_tenant() asks it so that it knows in which line a value is that cannot be read';

create function tenancy.initialize_tenant(tenant uuid, template uuid, only_tables regclass[] default null)
  returns table (relation regclass, rows bigint)
  language c volatile parallel unsafe rows 20
  as 'MODULE_PATHNAME', 'initialize_tenant_wrapper';

comment on function tenancy.initialize_tenant(uuid, uuid, regclass[]) is
  'copy a template tenant''s rows to a tenant, with new keys and the references among them intact; for administrators';

revoke all on function
  tenancy.archive_line(bigint, text),
  tenancy.import_tenant(regclass, uuid, uuid, text, text, jsonb, boolean),
  tenancy.initialize_tenant(uuid, uuid, regclass[]),
  tenancy.delete_tenant(uuid, regclass[], boolean),
  tenancy.export_tenant(uuid, boolean, regclass[])
from public;

-- They look at their caller themselves.
grant execute on function
  tenancy.archive_line(bigint, text),
  tenancy.import_tenant(regclass, uuid, uuid, text, text, jsonb, boolean),
  tenancy.initialize_tenant(uuid, uuid, regclass[]),
  tenancy.delete_tenant(uuid, regclass[], boolean),
  tenancy.export_tenant(uuid, boolean, regclass[])
to public;
