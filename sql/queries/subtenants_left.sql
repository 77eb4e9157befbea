-- A tenant of this statement that allows no subtenants and has some.
select n.name, count(*)
from new_rows n
join tenancy.tenants c on c.parent_id = n.id
where not n.allows_subtenants
group by n.name
limit 1
