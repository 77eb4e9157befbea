-- Sets of rows without a place that have to do with each other: each joins the least of those that it has to do with. A set is
-- known by the unit of its rows, which is the id of one of them, the only one that is changed here.
update pg_temp.tenancy_rows r
set unit = m.least
from (
  select a.unit, min(b.unit) as least
  from (
    select l.first as one, l.later as other from pg_temp.tenancy_links l
    union all
    select l.later, l.first from pg_temp.tenancy_links l
  ) x
  join pg_temp.tenancy_rows a on a.id = x.one
  join pg_temp.tenancy_rows b on b.id = x.other
  where a.place is null and b.place is null and b.unit < a.unit
  group by a.unit
) m
where r.id = m.unit
