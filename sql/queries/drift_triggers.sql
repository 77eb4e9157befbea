-- $1 protected table. What its triggers and those of its parts lack: there, ours, for the right events, enabled always.
with recursive covered (root, relation) as (
  select p.relation::oid, p.relation::oid from tenancy.protection p
  union
  select covered.root, i.inhrelid from covered join pg_inherits i on i.inhparent = covered.relation
),
-- a partition goes with the foreign keys of the tables that it is a partition of
above (relation, ancestor) as (
  select covered.relation, covered.relation from covered where covered.root = $1
  union
  select above.relation, i.inhparent
  from above
  join pg_class c on c.oid = above.ancestor and c.relispartition
  join pg_inherits i on i.inhrelid = above.ancestor
),
facts as (
  select
    c.oid, c.oid::regclass::text as name,
    p.kind <> 'untenanted' as has_tenant,
    exists (
      select from above join tenancy.reference_settings s on s.relation = above.ancestor
      where above.relation = c.oid and s.names_tenant
    ) as named_by_reference,
    exists (
      select from above join pg_constraint k on above.ancestor in (k.conrelid, k.confrelid)
      where above.relation = c.oid
        and k.contype = 'f'
        and k.conparentid = 0
        and k.condeferrable
        and k.conrelid in (select covered.relation from covered)
        and k.confrelid in (select covered.relation from covered)
    ) as deferrable,
    exists (select from tenancy.quotas q where q.relation = p.relation) or exists (
      select from above join pg_constraint k on k.confrelid = above.ancestor
      where above.relation = c.oid
        and k.contype = 'f'
        and k.conparentid = 0
        and k.conrelid in (select covered.relation from covered)
        and k.confrelid in (select covered.relation from covered)
    ) as deletes_matter
  from tenancy.protection p
  join covered on covered.root = p.relation
  join pg_class c on c.oid = covered.relation and c.relkind in ('r', 'p')
  where p.relation = $1
),
-- The types are those of trigger.h: of rows 1, before 2, insert 4, delete 8, update 16, truncate 32.
expected (oid, name, trigger, function, type, arguments) as (
  select f.oid, f.name, '00_tenancy_row', to_regprocedure('tenancy.check_row()'), 1 + 4 + 16, '\x'::bytea from facts f
  union all
  select f.oid, f.name, '00_tenancy_delete', to_regprocedure('tenancy.check_row()'), 1 + 8, '\x' from facts f
  where f.deletes_matter
  union all
  select f.oid, f.name, '00_tenancy_truncate', to_regprocedure('tenancy.check_truncate()'), 2 + 32, '\x' from facts f
  where f.has_tenant
  union all
  select f.oid, f.name, 'zz_tenancy_name', to_regprocedure('tenancy.name_tenant()'), 1 + 2 + 4, '\x' from facts f
  where f.named_by_reference
  union all
  select f.oid, f.name, '00_tenancy_name', to_regprocedure('tenancy.name_tenant()'), 1 + 2 + 4, 'first\000' from facts f
  where f.named_by_reference
  union all
  select f.oid, f.name, '00_tenancy_deferred', to_regprocedure('tenancy.check_row()'), 1 + 4 + 8 + 16, 'deferred\000' from facts f
  where f.deferrable
),
compared as (
  select
    e.oid, e.name, e.trigger,
    t.oid as found,
    t.tgenabled,
    t.tgfoid = e.function
      and t.tgtype = e.type
      and t.tgargs = e.arguments
      and t.tgqual is null
      and t.tgattr::text = ''
      -- ALTER TRIGGER … DEPENDS ON EXTENSION
      and not exists (
        select from pg_depend d where d.classid = 'pg_trigger'::regclass and d.objid = t.oid and d.deptype = 'x'
      )
      as same
  from expected e
  left join pg_trigger t on t.tgrelid = e.oid and t.tgname = e.trigger
)
select 'trigger_missing', oid, format('trigger %I on %s', trigger, name),
  'the trigger is missing',
  format('select tenancy.mend(%L)', $1::regclass::text)
from compared
where found is null
union all
select 'trigger_changed', oid, format('trigger %I on %s', trigger, name),
  'the trigger is not what tenancy.protect() made: its function, events, conditions or dependencies differ',
  format('select tenancy.mend(%L)', $1::regclass::text)
from compared
where found is not null
  and not same
union all
select 'trigger_disabled', oid, format('trigger %I on %s', trigger, name),
  'the trigger is not enabled always',
  format('alter table %s enable always trigger %I', name, trigger)
from compared
where same
  and tgenabled <> 'A'
