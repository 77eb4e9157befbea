-- $1 foreign key between protected tables. Where the trigger that fires with it is missing: table, its constraint, function,
-- deferrable, initially deferred. A partition has an entry of the foreign key of its own.
with recursive family as (
  select k.oid, k.conrelid, k.confrelid, k.condeferrable, k.condeferred from pg_constraint k where k.oid = $1
  union all
  select k.oid, k.conrelid, k.confrelid, k.condeferrable, k.condeferred
  from family join pg_constraint k on k.conparentid = family.oid
)
select k.conrelid, k.oid, to_regprocedure('tenancy.check_row()')::oid, k.condeferrable, k.condeferred
from family k
join pg_constraint original on original.oid = $1 and original.confrelid = k.confrelid
join pg_class c on c.oid = k.conrelid and c.relkind = 'r'
where k.condeferrable
  and not exists (
    select from pg_trigger t
    where t.tgconstraint = k.oid
      and t.tgrelid = k.conrelid
      and t.tgfoid = to_regprocedure('tenancy.check_row()')
      -- as parts.rs gives it: key, the oid
      and t.tgargs = decode('6b657900', 'hex') || convert_to($1::text, 'UTF8') || '\x00'::bytea
  )
order by k.conrelid
