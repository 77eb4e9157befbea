-- Rows that wait for none without a place get the place $1.
update pg_temp.tenancy_rows r
set place = $1
where r.place is null
  and not exists (
    select
    from pg_temp.tenancy_links l
    join pg_temp.tenancy_rows f on f.id = l.{first}
    where l.{later} = r.id and f.place is null
  )
