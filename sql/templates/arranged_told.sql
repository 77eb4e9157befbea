-- The rows of a set that has joined another take its unit.
update pg_temp.tenancy_rows r
set unit = u.unit
from pg_temp.tenancy_rows u
where r.place is null
  and u.id = r.unit
  and u.unit < r.unit
