-- The same of those that have waited for one with the place $2.
update pg_temp.tenancy_rows r
set place = $1
where r.place is null
  and r.id in (
    select l.{later} from pg_temp.tenancy_rows b join pg_temp.tenancy_links l on l.{first} = b.id where b.place = $2
  )
  and not exists (
    select
    from pg_temp.tenancy_links l
    join pg_temp.tenancy_rows f on f.id = l.{first}
    where l.{later} = r.id and f.place is null
  )
