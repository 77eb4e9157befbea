-- {relation}, {column}: the rows of one part.
select r.{column}, pg_catalog.count(*) from only {relation} r group by 1
