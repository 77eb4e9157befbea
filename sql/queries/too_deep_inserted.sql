-- The deepest new tenant that the installation does not allow.
select n.name, n.depth::bigint, i.max_depth::bigint
from new_rows n
join tenancy.installation i on i.max_depth > 0 and n.depth > i.max_depth
order by n.depth desc, n.name
limit 1
