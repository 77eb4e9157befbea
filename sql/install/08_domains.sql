-- E-mail domains, and from contact to user: src/domains.rs, src/logins.rs

-- Locking: none of its own. A domain is a primary key, so that two statements that give it meet on its index.
create table tenancy.domains (
  domain text primary key,
  tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
  includes_subdomains boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create index domains_tenant_id_idx on tenancy.domains (tenant_id);

comment on table tenancy.domains is 'which tenant the people with e-mail addresses of a domain belong to';
comment on column tenancy.domains.domain is 'what comes after the @; kept in lower case';
comment on column tenancy.domains.includes_subdomains is 'whether the domains below it belong to the tenant, too, unless they are here themselves';
comment on column tenancy.domains.tenant_id is 'the tenant';
comment on column tenancy.domains.created_at is 'when it was inserted';
comment on column tenancy.domains.updated_at is 'when it was last changed; kept by the extension';

create function tenancy.complete_domain() returns trigger
  language c
  as 'MODULE_PATHNAME', 'complete_domain_wrapper';

comment on function tenancy.complete_domain() is 'trigger: one spelling for each domain; refuses what is no domain; keeps updated_at';

create function tenancy.tenant_for_email(email text) returns uuid
  language c stable strict parallel safe
  as 'MODULE_PATHNAME', 'tenant_for_email_wrapper';

comment on function tenancy.tenant_for_email(text) is
  'the active tenant whose domain the e-mail address has; NULL if there is none; grant it to the role of the login page only';

create function tenancy.enable_login(contact_id uuid, role text default 'member') returns void
  language c volatile parallel unsafe
  as 'MODULE_PATHNAME', 'enable_login_wrapper';

comment on function tenancy.enable_login(uuid, text) is 'make a contact a user who holds the role; for administrators';

create function tenancy.disable_login(contact_id uuid) returns void
  language c volatile parallel unsafe
  as 'MODULE_PATHNAME', 'disable_login_wrapper';

comment on function tenancy.disable_login(uuid) is 'make a user a contact again, without roles; for administrators';

revoke all on function
  tenancy.complete_domain(),
  tenancy.tenant_for_email(text),
  tenancy.enable_login(uuid, text),
  tenancy.disable_login(uuid)
from public;

-- They look at their caller themselves. Which domains are whose is nobody's business: tenant_for_email() is granted singly.
grant execute on function
  tenancy.enable_login(uuid, text),
  tenancy.disable_login(uuid)
to public;

create trigger administrators_only before insert or update or delete on tenancy.domains
  for each statement execute function tenancy.require_administrator();
alter table tenancy.domains enable always trigger administrators_only;

create trigger never_truncated before truncate on tenancy.domains
  for each statement execute function tenancy.refuse_truncate();
alter table tenancy.domains enable always trigger never_truncated;

create trigger row_completed before insert or update on tenancy.domains
  for each row execute function tenancy.complete_domain();
alter table tenancy.domains enable always trigger row_completed;

alter table tenancy.domains enable row level security;
create policy domains_select on tenancy.domains for select using (tenancy.knows_tenant(tenant_id));
create policy domains_insert on tenancy.domains for insert with check (tenancy.administers());
create policy domains_update on tenancy.domains for update using (tenancy.administers()) with check (tenancy.administers());
create policy domains_delete on tenancy.domains for delete using (tenancy.administers());
grant select, insert, update, delete on tenancy.domains to public;

select pg_catalog.pg_extension_config_dump('tenancy.domains', '');

-- "What did this user do?"
create index activity_user_id_idx on tenancy.activity (user_id, happened_at);
