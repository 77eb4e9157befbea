-- What long operations show of themselves: src/progress.rs

create function tenancy.running_operations() returns table (
  pid integer,
  operation text,
  phase text,
  relation regclass,
  rows_done bigint,
  rows_total bigint,
  tenant uuid,
  started timestamptz
)
  language c stable parallel restricted rows 10
  as 'MODULE_PATHNAME', 'running_operations_wrapper';

comment on function tenancy.running_operations() is 'behind the view progress: what of the long operations the caller may know';

create view tenancy.progress as
select pid, operation, phase, relation, rows_done, rows_total, tenant, started from tenancy.running_operations();

comment on view tenancy.progress is 'the long operations that are running in this database';

revoke all on function tenancy.running_operations() from public;
grant execute on function tenancy.running_operations() to public;
grant select on tenancy.progress to public;
