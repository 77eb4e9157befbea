-- Is there still a row without a tenant between two places? $1, $2 the places.
select
from only {relation} as {alias}
where {alias}.ctid >= $1
  and {alias}.ctid < $2
  and {alias}.{column} is null
  and {wanted}
limit 1
