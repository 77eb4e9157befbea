-- $1 protected table. Its deferrable foreign keys, or those of its parts, without the trigger that fires with them. pg_upgrade
-- leaves them so: the checks at commit are there.
with recursive covered (root, relation) as (
  select p.relation::oid, p.relation::oid from tenancy.protection p
  union
  select covered.root, i.inhrelid from covered join pg_inherits i on i.inhparent = covered.relation
),
family as (
  select k.oid, k.conrelid, k.confrelid, k.confrelid as referenced, k.conname
  from pg_constraint k
  where k.contype = 'f'
    and k.conparentid = 0
    and k.condeferrable
    and k.conrelid in (select covered.relation from covered where covered.root = $1)
    and k.confrelid in (select covered.relation from covered)
  union all
  select k.oid, k.conrelid, k.confrelid, family.referenced, k.conname
  from family join pg_constraint k on k.conparentid = family.oid
)
select 'reference_deferrable', k.conrelid, format('constraint %I on %s', k.conname, k.conrelid::regclass),
  'no trigger of tenancy fires with the deferrable foreign key: SET CONSTRAINTS tells which keys other tenants have',
  format('select tenancy.mend(%L)', $1::regclass::text)
from family k
join pg_class c on c.oid = k.conrelid and c.relkind = 'r'
where k.confrelid = k.referenced
  and not exists (
    select from pg_trigger t
    where t.tgconstraint = k.oid
      and t.tgrelid = k.conrelid
      and t.tgfoid = to_regprocedure('tenancy.check_row()')
      and t.tgenabled = 'A'
  )
