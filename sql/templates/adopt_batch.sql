-- Rows without a tenant between two places get theirs, but those that somebody else holds. $1, $2 the places.
with filled as (
  update {rows} as {alias}
  set {column} = {value}
  where {alias}.ctid = any (array(
      select {alias}.ctid
      from {rows} as {alias}
      where {alias}.ctid >= $1
        and {alias}.ctid < $2
        and {alias}.{column} is null
        and {in_part}
        and {wanted}
      for no key update skip locked
    ))
    and {in_part}
    and {alias}.{column} is null
  returning {alias}.{column}
)
select {column}::{key}, count(*) from filled group by 1
