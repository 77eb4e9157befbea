-- What each tenant has in a table. {tenant}: its key as text, {widths}: the stored size of the columns, {written}: when the
-- transaction that wrote the row was committed, {condition}. Transactions are numbered by how far they are from the latest.
select {tenant}, count(*), sum(28 + {widths})::bigint, age('3'::xid)::bigint + 3 - min(age(r.xmin)), max({written})
from {relation} r
where {condition}
group by 1
