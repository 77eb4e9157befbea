-- $1 who acts: the home tenant, $2 the user, $3 the deleted tenant's id, $4 its name, $5 how many rows went.
insert into tenancy.activity (event, tenant_id, user_id, detail)
values ('delete_tenant', $1, $2, jsonb_build_object('message', $4, 'tenant', $3, 'rows', $5))
