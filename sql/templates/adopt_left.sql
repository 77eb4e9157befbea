-- Is there still a row without a tenant between two places? $1, $2 the places.
select
from {rows} as {alias}
where {alias}.ctid >= $1
  and {alias}.ctid < $2
  and {alias}.{column} is null
  and {in_part}
  and {wanted}
limit 1
