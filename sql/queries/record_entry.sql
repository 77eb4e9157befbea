-- $1 when, $2 tenant, $3 user, $4 role.
insert into tenancy.activity (happened_at, event, tenant_id, user_id, detail)
values ($1, 'entered', $2, $3, jsonb_strip_nulls(jsonb_build_object('role', $4)))
