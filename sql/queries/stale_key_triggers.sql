-- $1 foreign key. The commands that drop triggers which fired with it as it was before it was altered.
with recursive family as (
  select k.oid, k.conrelid, k.condeferrable, k.condeferred from pg_constraint k where k.oid = $1
  union all
  select k.oid, k.conrelid, k.condeferrable, k.condeferred from family join pg_constraint k on k.conparentid = family.oid
)
select format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass)
from family k
join pg_trigger t on t.tgconstraint = k.oid and t.tgfoid = to_regprocedure('tenancy.check_row()')
where not k.condeferrable
  or t.tginitdeferred <> k.condeferred
  or t.tgenabled <> 'A'
  -- that of a table which has become a partition, or no longer is one
  or t.tgargs <> decode('6b657900', 'hex') || convert_to($1::text, 'UTF8') || '\x00'::bytea
