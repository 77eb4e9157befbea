-- The condition is the caller's, in lines of its own: a comment at its end ends there.
update {relation}
set {column} = {value}
where (
{condition}
)
  and ({name}.{column} operator(pg_catalog.=) {value}) is not true
  and ({name}.{column} is not null or {value} is not null)
