-- The foreign keys to tenants for which PostgreSQL has no triggers there, and the tables that refer. Those that are not enforced, as
-- PostgreSQL 18 has them, hold nothing; those of partitions go with the table's.
select k.oid, k.conrelid
from pg_constraint k
where k.contype = 'f'
  and k.confrelid = 'tenancy.tenants'::regclass
  and k.conparentid = 0
  and coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)
  and not exists (select from pg_trigger t where t.tgconstraint = k.oid and t.tgrelid = k.confrelid)
order by k.oid
