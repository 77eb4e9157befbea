-- $1 a composite type's relation. The tables made of the type.
select c.oid
from pg_type t
join pg_class c on c.reloftype = t.oid
where t.typrelid = $1
order by c.oid
