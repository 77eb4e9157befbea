-- $1 relations, $2 whether they count as protected. The foreign keys of them, to them and further down by which code of an owner runs in
-- the sessions of those who write a protected table, and who is neither trusted by its owner nor declared: the table that refers, the
-- one referred to, the owner. Further down: where a key's action writes rows, keys to these are looked at in the same sessions.
with recursive concerned (relation) as (
  select c.relation from unnest($1) c (relation)
  union
  select i.inhrelid from concerned join pg_inherits i on i.inhparent = concerned.relation
),
foreign_key (oid, child, parent, above, writes) as (
  select k.oid, k.conrelid, k.confrelid, k.conparentid, k.confdeltype in ('c', 'n', 'd') or k.confupdtype in ('c', 'n', 'd')
  from pg_constraint k
  where k.contype = 'f'
),
key (oid, child, parent, above, writes) as (
  select k.*
  from foreign_key k
  where k.child in (select relation from concerned)
    or k.parent in (select relation from concerned)
  union
  select k.*
  from key
  join foreign_key k on key.writes and k.parent = key.child
),
-- what is written together with a table referred to, or makes PostgreSQL write it
up (bottom, relation) as (
  select key.parent, key.parent from key
  union
  select up.bottom, w.relation
  from up
  cross join lateral (
    select i.inhparent from pg_inherits i where i.inhrelid = up.relation
    union all
    select k.confrelid
    from pg_constraint k
    where k.conrelid = up.relation
      and k.contype = 'f'
      and (k.confdeltype in ('c', 'n', 'd') or k.confupdtype in ('c', 'n', 'd'))
  ) w (relation)
),
part_of (bottom, relation) as (
  select key.parent, key.parent from key
  union
  select part_of.bottom, i.inhparent from part_of join pg_inherits i on i.inhrelid = part_of.relation
),
found (oid, child, parent, above, owner) as (
  select key.oid, key.child, key.parent, key.above, c.relowner
  from key
  join pg_class c on c.oid = key.child
  where exists (
      select
      from up
      where up.bottom = key.parent
        and (
          up.relation in (select p.relation from tenancy.protection p)
          or $2 and up.relation in (select relation from concerned)
        )
    )
    and not exists (
      select
      from part_of p
      join pg_class r on r.oid = p.relation
      where p.bottom = key.parent
        and (
          pg_has_role(c.relowner, r.relowner, 'usage')
          or exists (select from tenancy.referring_owners o where o.relation = p.relation and o.owner = c.relowner)
        )
    )
)
select f.child, f.parent, f.owner::regrole::text
from found f
-- A key to a partitioned table is one to each partition as well.
where not exists (select from found a where a.oid = f.above and a.child = f.child)
order by f.parent::regclass::text, f.child::regclass::text
