-- $1 tenant key; {relation}, {column}.
select pg_catalog.count(*) from {relation} r where r.{column} operator(pg_catalog.=) $1
