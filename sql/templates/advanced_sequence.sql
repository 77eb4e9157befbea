-- The highest key that leaves a sequence at least half of what it still has to give becomes its last value.
select setval({name}::regclass, x.most)
from {sequence} s
join pg_sequence q on q.seqrelid = {name}::regclass
cross join lateral (select max(t.{column}) as most from {table} t where t.{column} <= s.last_value / 2 + q.seqmax / 2) x
where x.most > s.last_value
