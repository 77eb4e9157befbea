-- The rank of a row is how many come before its unit: rows of one unit have the same, and come into the same batch.
insert into pg_temp.tenancy_batches (batch, id, nth, part, tid)
select
  (rank() over (order by coalesce(r.place, {between}), case when r.place is null then r.unit else r.id end) - 1) / {size},
  r.id, r.nth, r.part, r.tid
from pg_temp.tenancy_rows r
