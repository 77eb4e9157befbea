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
select pid, operation, phase, relation, rows_done, rows_total, tenant, started, pg_catalog.pg_blocking_pids(pid) as waits_for
from tenancy.running_operations();

comment on view tenancy.progress is 'the long operations that are running in this database';
comment on column tenancy.progress.pid is 'the process that is at work';
comment on column tenancy.progress.operation is 'what it does';
comment on column tenancy.progress.phase is 'where it is';
comment on column tenancy.progress.relation is 'the table that it is at';
comment on column tenancy.progress.rows_done is 'how many rows are done';
comment on column tenancy.progress.rows_total is 'how many there are to do; NULL: not known';
comment on column tenancy.progress.tenant is 'the tenant it is about; NULL: none';
comment on column tenancy.progress.started is 'when it began';
comment on column tenancy.progress.waits_for is 'the processes that it waits for; empty: none';

revoke all on function tenancy.running_operations() from public;
grant execute on function tenancy.running_operations() to public;
grant select on tenancy.progress to public;
