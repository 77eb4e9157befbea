-- $1 event, $2 tenant, $3 user, $4 detail.
insert into tenancy.activity (event, tenant_id, user_id, detail)
values ($1, $2, $3, $4)
