-- $1 relation. The other tables that refer to it.
select distinct c.conrelid
from pg_constraint c
where c.contype = 'f'
  and c.conparentid = 0
  and c.confrelid = $1
  and c.conrelid <> $1
order by c.conrelid
