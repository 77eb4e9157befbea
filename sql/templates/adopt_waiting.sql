-- One of those that somebody else held: waits for them, holding nothing that they could wait for. $1, $2 the places.
with filled as (
  update {rows} as {alias}
  set {column} = {value}
  where {alias}.ctid = (
      select {alias}.ctid
      from {rows} as {alias}
      where {alias}.ctid >= $1
        and {alias}.ctid < $2
        and {alias}.{column} is null
        and {in_part}
        and {wanted}
      limit 1
    )
    and {in_part}
    and {alias}.{column} is null
  returning {alias}.{column}
)
select {column}::{key}, count(*) from filled group by 1
