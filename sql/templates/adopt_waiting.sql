-- One of those that somebody else held: waits for them, holding nothing that they could wait for. $1, $2 the places.
with filled as (
  update only {relation} as {alias}
  set {column} = {value}
  where {alias}.ctid = (
      select {alias}.ctid
      from only {relation} as {alias}
      where {alias}.ctid >= $1
        and {alias}.ctid < $2
        and {alias}.{column} is null
        and {wanted}
      limit 1
    )
    and {alias}.{column} is null
  returning {alias}.{column}
)
select {column}::{key}, count(*) from filled group by 1
