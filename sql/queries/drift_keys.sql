-- $1 protected table. What the foreign keys of it and its parts lack: one to tenants, in force, and none whose action would
-- empty the tenant column.
with recursive down (relation) as (
  select $1::oid
  union
  select i.inhrelid from down join pg_inherits i on i.inhparent = down.relation
),
parts as (
  select c.oid, c.oid::regclass::text as name, a.attname, a.attnum, p.tenant_key
  from tenancy.protection p
  cross join down
  join pg_class c on c.oid = down.relation and c.relkind in ('r', 'p')
  join pg_attribute a on a.attrelid = c.oid and a.attname = p.tenant_column and not a.attisdropped
  where p.relation = $1
),
keys as (
  -- conenforced is there from PostgreSQL 18 on
  select k.*, coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true) as enforced
  from parts
  join pg_constraint k on k.conrelid = parts.oid and k.contype = 'f' and parts.attnum = any (k.conkey)
),
tenant_keys as (
  select k.conrelid, bool_or(k.convalidated) as valid
  from keys k
  join pg_attribute r on r.attrelid = k.confrelid and array[r.attnum] = k.confkey
  join parts on parts.oid = k.conrelid and array[parts.attnum] = k.conkey
  where k.confrelid = 'tenancy.tenants'::regclass
    and r.attname = case parts.tenant_key when 'uuid' then 'id' else 'number' end
    and k.enforced
  group by k.conrelid
),
emptying as (
  select k.*, parts.name,
    k.confdeltype in ('n', 'd') and (k.confdelsetcols is null or parts.attnum = any (k.confdelsetcols)) as on_delete,
    k.confupdtype in ('n', 'd') as on_update,
    (
      select string_agg(quote_ident(a.attname), ', ' order by array_position(k.conkey, a.attnum))
      from pg_attribute a
      where a.attrelid = k.conrelid and a.attnum = any (k.conkey) and a.attnum <> parts.attnum
    ) as others
  from keys k
  join parts on parts.oid = k.conrelid
  where k.conparentid = 0
)
select 'tenant_key_missing', parts.oid, format('column %I of table %s', parts.attname, parts.name),
  'no foreign key holds the tenant column to existing tenants',
  format('select tenancy.mend(%L)', $1::regclass::text)
from parts
where parts.oid not in (select t.conrelid from tenant_keys t)
union all
select 'tenant_key_not_valid', parts.oid, format('column %I of table %s', parts.attname, parts.name),
  'the foreign key to tenants was not validated: older rows may name tenants that do not exist',
  format('select tenancy.mend(%L)', $1::regclass::text)
from parts
join tenant_keys t on t.conrelid = parts.oid
where not t.valid
union all
select 'key_empties_tenant', conrelid, format('constraint %I on %s', conname, name),
  'when the row referred to goes or changes, the foreign key takes the tenant from the rows that refer to it',
  format(
    'alter table %s drop constraint %I, add constraint %2$I %s', name, conname,
    regexp_replace(
      regexp_replace(
        pg_get_constraintdef(oid),
        'ON UPDATE SET (NULL|DEFAULT)',
        'ON UPDATE CASCADE'
      ),
      'ON DELETE SET (NULL|DEFAULT)( \([^)]*\))?',
      case when not on_delete then 'ON DELETE SET \1\2' when others is null then 'ON DELETE NO ACTION' else format('ON DELETE SET \1 (%s)', others) end
    )
  )
from emptying
where on_delete
  or on_update
