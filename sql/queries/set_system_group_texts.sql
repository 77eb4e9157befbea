-- $1 tenant, $2 relation, $3 name, $4 description; NULL for what the group has by itself.
insert into tenancy.system_group_texts (tenant_id, relation, name, description)
values ($1, $2, $3, $4)
on conflict (tenant_id, relation) do update set name = excluded.name, description = excluded.description
