-- Roles say what may be read and written relative to the user's own tenant, so that one role serves all tenants.
-- 'member' (one's own tenant) and 'administrator' (everything) are built in.
insert into tenancy.roles (name, description, read_access, write_access)
values ('desk', 'serves its own tenant and all below it', 'home_subtenants', 'same_as_read'),
       ('auditor', 'reads its own tenant and all below it', 'home_subtenants', 'none');

-- A service desk for every tenant.
insert into tenancy.contacts (tenant_id, name, email)
select id, 'Service desk ' || split_part(name, ' ', 1), 'desk.' || lower(split_part(name, ' ', 1)) || '@example.org'
from tenancy.tenants
where kind in ('tenant', 'service_provider');

insert into tenancy.users (id)
select id from tenancy.contacts;

-- Those with tenants below them serve these too, the others are members; the service provider's administers.
insert into tenancy.user_roles (user_id, role_id)
select u.id, r.id
from tenancy.users u
join tenancy.tenants t on t.id = u.tenant_id
join tenancy.roles r on r.name = case
  when t.kind = 'service_provider' then 'administrator'
  when t.allows_subtenants then 'desk'
  else 'member' end;

-- A user may hold several roles, and act in one of them.
insert into tenancy.user_roles (user_id, role_id)
select u.id, r.id
from tenancy.users u
join tenancy.tenants t on t.id = u.tenant_id
join tenancy.roles r on r.name = 'auditor'
where t.allows_subtenants and t.kind = 'tenant';

-- Three of them have logins of PostgreSQL.
update tenancy.users u
set db_role = l.db_role
from tenancy.tenants t
join (values ('Worldwide', 'itam_provider'), ('DE', 'itam_de'), ('DE-BY', 'itam_de_by')) as l (code, db_role)
  on l.code = split_part(t.name, ' ', 1)
where t.id = u.tenant_id;

analyze tenancy.contacts, tenancy.users, tenancy.user_roles;
