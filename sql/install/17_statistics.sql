-- What tenants have: src/statistics.rs

-- Locking: refresh_statistics() locks it in SHARE ROW EXCLUSIVE mode while it writes what it has counted. What was counted of a table
-- stays while it is released.
create table tenancy.counted_rows (
  tenant_id uuid references tenancy.tenants (id) on delete cascade,
  relation regclass not null,
  rows bigint not null,
  bytes bigint not null,
  last_write timestamptz,
  as_of timestamptz not null,
  newest text,
  unique nulls not distinct (tenant_id, relation)
);

create index counted_rows_relation_idx on tenancy.counted_rows (relation);

comment on table tenancy.counted_rows is 'what refresh_statistics() counted; see the view tenant_statistics';
comment on column tenancy.counted_rows.tenant_id is 'NULL: public rows';
comment on column tenancy.counted_rows.newest is 'the newest transaction that wrote one of the rows, with the database that counts it';
comment on column tenancy.counted_rows.relation is 'the protected table';
comment on column tenancy.counted_rows.rows is 'how many there were';
comment on column tenancy.counted_rows.bytes is 'their stored size, without indexes and free space';
comment on column tenancy.counted_rows.last_write is 'when one of the rows was last written, as far as known';
comment on column tenancy.counted_rows.as_of is 'when they were counted';

create trigger administrators_only before insert or update or delete on tenancy.counted_rows
  for each statement execute function tenancy.require_administrator();
alter table tenancy.counted_rows enable always trigger administrators_only;

create trigger never_truncated before truncate on tenancy.counted_rows
  for each statement execute function tenancy.refuse_truncate();
alter table tenancy.counted_rows enable always trigger never_truncated;

alter table tenancy.counted_rows enable row level security;
create policy counted_rows_select on tenancy.counted_rows for select
  using (tenancy.knows_tenant(tenant_id, relation) or tenancy.administers());
grant select on tenancy.counted_rows to public;

select pg_catalog.pg_extension_config_dump('tenancy.counted_rows', '');

create function tenancy.refresh_statistics(relation regclass default null) returns void
  language c volatile parallel unsafe
  as 'MODULE_PATHNAME', 'refresh_statistics_wrapper';

comment on function tenancy.refresh_statistics(regclass) is
  'count the rows of every tenant, in one protected table or in all, for the view tenant_statistics';

create function tenancy.tenant_statistics_exact(tenant uuid)
  returns table (relation regclass, rows bigint, bytes bigint, last_write timestamptz, as_of timestamptz)
  language c volatile strict parallel unsafe rows 20
  as 'MODULE_PATHNAME', 'tenant_statistics_exact_wrapper';

comment on function tenancy.tenant_statistics_exact(uuid) is
  'what a tenant has in each protected table at this moment, counted; for sessions that may know the tenant';

create function tenancy.quota_used(quota uuid) returns bigint
  language c stable strict parallel restricted
  as 'MODULE_PATHNAME', 'quota_used_wrapper';

comment on function tenancy.quota_used(uuid) is
  'how much of a quota is used by now; NULL before the first row after it was set, and for tenants that the session may not know';

revoke all on function
  tenancy.refresh_statistics(regclass),
  tenancy.tenant_statistics_exact(uuid),
  tenancy.quota_used(uuid)
from public;

-- These look at their caller themselves.
grant execute on function
  tenancy.refresh_statistics(regclass),
  tenancy.tenant_statistics_exact(uuid),
  tenancy.quota_used(uuid)
to public;

-- Each caller sees what the policies of the tables behind it show, and shares of that.
create view tenancy.tenant_statistics with (security_invoker = true) as
with users as (
  select u.tenant_id, pg_catalog.count(*) as users from tenancy.users u where u.login_enabled group by u.tenant_id
),
contacts as (
  select c.tenant_id, pg_catalog.count(*) as contacts from tenancy.contacts c group by c.tenant_id
),
rows_counted as (
  select c.* from tenancy.counted_rows c where c.relation in (select p.relation from tenancy.protection p)
),
totals as (
  select c.relation, pg_catalog.sum(c.rows) as rows from rows_counted c group by c.relation
  union all
  select null, pg_catalog.sum(u.users) from users u
),
counted as (
  select
    coalesce(c.tenant_id, q.tenant_id) as tenant_id, coalesce(c.relation, q.relation) as relation,
    c.rows, c.bytes, c.last_write, c.as_of, q.id as quota_id, q.max_rows
  from rows_counted c
  full join (select q.* from tenancy.quotas q where q.relation in (select p.relation from tenancy.protection p)) q
    on q.tenant_id = c.tenant_id and q.relation = c.relation
  union all
  select t.id, null, coalesce(u.users, 0), null, null, pg_catalog.now(), q.id, q.max_rows
  from tenancy.tenants t
  left join users u on u.tenant_id = t.id
  left join tenancy.quotas q on q.tenant_id = t.id and q.relation is null
)
select
  c.tenant_id,
  t.name as tenant,
  c.relation,
  c.rows,
  c.bytes,
  pg_catalog.round(c.rows / nullif(s.rows, 0), 4) as share,
  case when c.tenant_id is not null then coalesce(u.users, 0) end as users,
  case when c.tenant_id is not null then coalesce(k.contacts, 0) end as contacts,
  c.last_write,
  case when c.quota_id is not null then coalesce(tenancy.quota_used(c.quota_id), c.rows) end as quota_used,
  c.max_rows as quota_limit,
  c.as_of
from counted c
left join tenancy.tenants t on t.id = c.tenant_id
left join users u on u.tenant_id = c.tenant_id
left join contacts k on k.tenant_id = c.tenant_id
left join totals s on s.relation is not distinct from c.relation;

comment on view tenancy.tenant_statistics is
  'what each tenant has in each protected table, as of the last refresh_statistics(), and its users and quotas';
comment on column tenancy.tenant_statistics.tenant_id is 'NULL: public rows';
comment on column tenancy.tenant_statistics.relation is 'the protected table; NULL: the users who may log in';
comment on column tenancy.tenant_statistics.bytes is 'the stored size of the rows, without indexes and free space';
comment on column tenancy.tenant_statistics.share is 'of the rows that the caller may know of';
comment on column tenancy.tenant_statistics.last_write is
  'when the newest row was committed, if track_commit_timestamp is on; else, and for deletions, when a refresh first saw the change';
comment on column tenancy.tenant_statistics.quota_used is 'by now, where somebody has written since the quota was set; else as of as_of';
comment on column tenancy.tenant_statistics.as_of is 'when rows and bytes were counted; NULL: not yet';
comment on column tenancy.tenant_statistics.tenant is 'the tenant''s name';
comment on column tenancy.tenant_statistics.rows is 'how many rows, or users';
comment on column tenancy.tenant_statistics.users is 'how many may log in at the tenant';
comment on column tenancy.tenant_statistics.contacts is 'how many contacts the tenant has';
comment on column tenancy.tenant_statistics.quota_limit is 'the quota; NULL: none';

grant select on tenancy.tenant_statistics to public;

create function tenancy.tenant_overview(most integer default 20) returns setof text
  language sql stable parallel restricted
  set search_path = pg_catalog, pg_temp
begin atomic
  with tenants as (
    select
      s.tenant_id,
      coalesce(s.tenant, '(public)') as name,
      coalesce(sum(s.rows) filter (where s.relation is not null), 0) as rows,
      coalesce(sum(s.bytes), 0) as bytes,
      max(s.users) as users,
      round(max(100.0 * s.quota_used / greatest(s.quota_limit, 1)))::bigint as quota,
      row_number() over (order by coalesce(sum(s.rows) filter (where s.relation is not null), 0) desc, coalesce(s.tenant, '(public)') collate "C") as place
    from tenancy.tenant_statistics s
    group by s.tenant_id, s.tenant
  ),
  shown as (
    select
      t.place,
      t.name,
      repeat('█', round(20 * t.rows / greatest(max(t.rows) over (), 1))::integer) as bar,
      to_char(t.rows, 'FM999,999,999,999,999') as rows,
      pg_size_pretty(t.bytes) as bytes,
      coalesce(t.users::text, '') as users,
      case when t.quota is not null then t.quota::text || ' %' else '' end as quota
    from tenants t
    where t.place <= $1
    union all
    select 0, 'tenant', '', 'rows', 'size', 'users', 'fullest quota'
  ),
  lines as (
    select
      s.place,
      rpad(s.name, (max(length(s.name)) over ())::integer) || '  '
        || rpad(s.bar, 20) || '  '
        || lpad(s.rows, (max(length(s.rows)) over ())::integer) || '  '
        || lpad(s.bytes, (max(length(s.bytes)) over ())::integer) || '  '
        || lpad(s.users, 5) || '  '
        || s.quota as line
    from shown s
    union all
    select $1 + 1, 'and ' || (count(*) - $1)::text || ' more' from tenants having count(*) > $1
    union all
    select $1::bigint + 2, 'as of ' || coalesce(to_char(min(c.as_of), 'YYYY-MM-DD HH24:MI:SS TZ'), 'never: call tenancy.refresh_statistics()')
    from tenancy.counted_rows c
  )
  select rtrim(l.line) from lines l order by l.place;
end;

comment on function tenancy.tenant_overview(integer) is 'the view tenant_statistics drawn: one line for each tenant that the caller may know, the largest first';

revoke all on function tenancy.tenant_overview(integer) from public;
grant execute on function tenancy.tenant_overview(integer) to public;
