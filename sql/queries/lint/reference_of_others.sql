-- Foreign keys by which code of an owner runs in the sessions of those who write protected tables, and whom nobody declared. The same as
-- src/referring.rs refuses: they came by a superuser, by REASSIGN OWNED, or before a role or a declaration was taken back.
, part_of (bottom, relation) as (
  select w.relation, w.relation from written_with w
  union
  select part_of.bottom, i.inhparent from part_of join pg_inherits i on i.inhrelid = part_of.relation
),
found (oid, name, child, parent, above, owner) as (
  select k.oid, k.conname, k.conrelid, k.confrelid, k.conparentid, c.relowner
  from written_with w
  join pg_constraint k on k.confrelid = w.relation and k.contype = 'f'
  join pg_class c on c.oid = k.conrelid
  where not exists (
    select
    from part_of p
    join pg_class r on r.oid = p.relation
    where p.bottom = k.confrelid
      and (
        pg_has_role(c.relowner, r.relowner, 'usage')
        or exists (select from tenancy.referring_owners o where o.relation = p.relation and o.owner = c.relowner)
      )
  )
)
select
  'constraint ' || quote_ident(f.name) || ' on ' || f.child::regclass,
  format(
    'Code of %s, as triggers and index expressions are, runs in the session of whoever deletes or changes rows of %s, or of a protected table that these follow. The remedy trusts that role; who does not drops the constraint.',
    f.owner::regrole,
    f.parent::regclass
  ),
  format('insert into tenancy.referring_owners (relation, owner) values (%L, %L) on conflict do nothing', f.parent::regclass, f.owner::regrole)
from found f
where not exists (select from found a where a.oid = f.above and a.child = f.child)
