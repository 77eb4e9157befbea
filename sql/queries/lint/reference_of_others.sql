-- Foreign keys by which code of an owner runs in the sessions of those who write protected tables, and whom nobody declared. The same as
-- src/referring.rs refuses: they came by a superuser, by REASSIGN OWNED, or before a role or a declaration was taken back.
, foreign_key (oid, child, parent, above, writes) as (
  select k.oid, k.conrelid, k.confrelid, k.conparentid, k.confdeltype in ('c', 'n', 'd') or k.confupdtype in ('c', 'n', 'd')
  from pg_constraint k
  where k.contype = 'f'
),
-- protected tables, what their keys' actions write, and parts of these
written (relation) as (
  select relation from part
  union
  select x.relation
  from written w
  cross join lateral (
    select k.child from foreign_key k where k.parent = w.relation and k.writes
    union all
    select i.inhrelid from pg_inherits i where i.inhparent = w.relation
  ) x (relation)
),
part_of (bottom, relation) as (
  select w.relation, w.relation from written w
  union
  select part_of.bottom, i.inhparent from part_of join pg_inherits i on i.inhrelid = part_of.relation
),
found as (
  select k.*, c.relowner as owner
  from written w
  join foreign_key k on k.parent = w.relation
  join pg_class c on c.oid = k.child
  where not exists (
    select
    from part_of p
    join pg_class r on r.oid = p.relation
    where p.bottom = k.parent
      and (
        pg_has_role(c.relowner, r.relowner, 'usage')
        or exists (select from tenancy.referring_owners o where o.relation = p.relation and o.owner = c.relowner)
      )
  )
)
select
  'constraint ' || quote_ident(k.conname) || ' on ' || f.child::regclass,
  format(
    'Code of %s, as triggers and index expressions are, runs in the session of whoever deletes or changes rows of %s, or of a protected table that these follow. The remedy trusts that role; who does not drops the constraint.',
    f.owner::regrole,
    f.parent::regclass
  ),
  format('insert into tenancy.referring_owners (relation, owner) values (%L, %L) on conflict do nothing', f.parent::regclass, f.owner::regrole)
from found f
join pg_constraint k on k.oid = f.oid
where not exists (select from found a where a.oid = f.above and a.child = f.child)
