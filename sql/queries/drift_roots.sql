-- The tables given to protect() that are there.
select c.oid
from tenancy.protection p
join pg_class c on c.oid = p.relation
order by c.oid::regclass::text
