-- $1 user, $2 role.
insert into tenancy.user_roles (user_id, role_id) values ($1, $2) on conflict do nothing
