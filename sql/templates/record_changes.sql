-- What a statement did to a table of ours: {table} its name, {old} and {new} its transition tables or what stands for none,
-- {key} its primary key as jsonb of a row j, {tenant} whom it concerns, {user} who acts, {value} what is recorded of a value e. Columns
-- that follow others are left out.
insert into tenancy.activity (event, tenant_id, user_id, detail)
select case when o.j is null then 'inserted' when n.j is null then 'deleted' else 'updated' end,
  (select {tenant} from (values (coalesce(n.j, o.j))) r (j)),
  {user},
  pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
    'table', '{table}',
    'key', coalesce(n.key, o.key),
    'old', (select pg_catalog.jsonb_object_agg(e.key, {value}) from pg_catalog.jsonb_each(o.j) e
            where n.j is null or n.j -> e.key is distinct from e.value),
    'new', (select pg_catalog.jsonb_object_agg(e.key, {value}) from pg_catalog.jsonb_each(n.j) e
            where o.j is null or o.j -> e.key is distinct from e.value)
  ))
from (select j, {key} from (select pg_catalog.to_jsonb(t) - array['created_at', 'updated_at', 'depth', 'mode'] from {old} t) c (j)) o (j, key)
full join (select j, {key} from (select pg_catalog.to_jsonb(t) - array['created_at', 'updated_at', 'depth', 'mode'] from {new} t) c (j)) n (j, key)
  on n.key = o.key
where o.j is distinct from n.j
