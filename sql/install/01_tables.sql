-- The tables that an installation is made of. Administered with plain SQL; the triggers in 03_administration.sql keep the rules.
-- Reading is for everybody as far as row security (05_policies.sql) lets it; pg_dump run by a tenant's user needs that.
create schema tenancy;

comment on schema tenancy is 'pg_tenancy: multi-tenancy enforced by the database';

grant usage on schema tenancy to public;

-- Locking: read by every statement that needs the mode (ACCESS SHARE); written by set_mode() and by administrators.
create table tenancy.installation (
  id boolean primary key default true,
  mode text not null default 'enforce',
  max_depth integer not null default 4,
  max_tenants bigint not null default 0,
  record_entries text not null default 'first',
  constraint installation_record_entries check (record_entries in ('none', 'first', 'all')),
  constraint installation_single_row check (id),
  constraint installation_mode check (mode in ('off', 'setup', 'warn', 'enforce')),
  constraint installation_max_depth check (max_depth >= 0),
  constraint installation_max_tenants check (max_tenants >= 0)
);

comment on table tenancy.installation is 'one row: how strictly tenancy is enforced, and the limits of the installation';
comment on column tenancy.installation.mode is 'off: nothing is enforced; setup: administrators only; warn: refusals are warnings; enforce (set with set_mode())';
comment on column tenancy.installation.max_depth is 'how many levels a hierarchy may have; 0: unlimited';
comment on column tenancy.installation.record_entries is 'which entries activity has: none; the first of an identity in a session and hour; all (refused ones always)';
comment on column tenancy.installation.max_tenants is 'how many tenants there may be, not counting the two built-in ones; 0: unlimited';
comment on column tenancy.installation.id is 'true: there is one row';

insert into tenancy.installation default values;

-- Never holds a row. Statements that lean on the hierarchy (a row that refers to a row of a tenant above its own, a new
-- subtenant) lock it in ROW SHARE mode, which never waits for its like; statements that change the hierarchy lock it in
-- EXCLUSIVE mode. An advisory lock would do the same, but any tenant can take those.
create table tenancy.hierarchy_lock ();

comment on table tenancy.hierarchy_lock is 'empty; locked by those who lean on the hierarchy (ROW SHARE) and those who change it (EXCLUSIVE)';

-- Drawn from by a trigger, which steps over numbers that were given by hand: a default could not.
create sequence tenancy.tenants_number_seq;

-- Locking: changes of parent_id or allows_subtenants lock hierarchy_lock EXCLUSIVE, a new subtenant locks it ROW SHARE.
-- Protected rows refer to a tenant by foreign key, so that their writers hold KEY SHARE on its row.
create table tenancy.tenants (
  id uuid primary key default gen_random_uuid(),
  name text not null unique,
  parent_id uuid references tenancy.tenants (id),
  kind text not null,
  status text not null default 'active',
  allows_subtenants boolean not null default false,
  depth integer not null,
  number bigint not null unique,
  description text,
  terms_of_use text,
  logo_url text,
  contact_id uuid,
  location text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint tenants_name_not_blank check (name ~ '\S' and length(name) <= 200),
  constraint tenants_kind check (kind in ('service_provider', 'default', 'none', 'tenant')),
  constraint tenants_status check (status in ('active', 'inactive')),
  constraint tenants_number_not_zero check (number <> 0),
  constraint tenants_id_not_zero check (id <> '00000000-0000-0000-0000-000000000000'),
  constraint tenants_service_provider check (kind <> 'service_provider' or (parent_id is null and status = 'active')),
  constraint tenants_built_in check (kind not in ('default', 'none') or (parent_id is null and not allows_subtenants))
);

alter sequence tenancy.tenants_number_seq owned by tenancy.tenants.number;

create index tenants_parent_id_idx on tenancy.tenants (parent_id);
create unique index tenants_one_of_each_kind_idx on tenancy.tenants (kind) where kind <> 'tenant';
create index tenants_inactive_idx on tenancy.tenants (id) where status = 'inactive';

comment on table tenancy.tenants is 'the independent parties that share this database; the first one created is the service provider';
comment on column tenancy.tenants.parent_id is 'the tenant directly above; NULL at the top of a hierarchy';
comment on column tenancy.tenants.kind is 'service_provider, default (adopted rows start there), none (parked rows) or tenant; given by the extension';
comment on column tenancy.tenants.status is 'active or inactive; rows of an inactive tenant are seen only by sessions that administer';
comment on column tenancy.tenants.depth is 'level in the hierarchy, 1 at its top; kept by the extension';
comment on column tenancy.tenants.number is 'the key for tenant columns of type integer or bigint; where none is given, the next of a sequence, which steps over given ones';
comment on column tenancy.tenants.contact_id is 'whom to ask at the tenant: a row of contacts, of whichever tenant';
comment on column tenancy.tenants.id is 'by which other tables name the tenant';
comment on column tenancy.tenants.name is 'unique; what people call the tenant';
comment on column tenancy.tenants.allows_subtenants is 'whether tenants may be placed directly below';
comment on column tenancy.tenants.description is 'about the tenant, for people';
comment on column tenancy.tenants.terms_of_use is 'the terms under which the tenant uses the installation, or where they are found';
comment on column tenancy.tenants.logo_url is 'where the tenant''s logo is found';
comment on column tenancy.tenants.location is 'where the tenant is at home';
comment on column tenancy.tenants.created_at is 'when it was inserted';
comment on column tenancy.tenants.updated_at is 'when it was last changed; kept by the extension';

-- Numbered below zero, so that applications may number their own tenants from 1.
insert into tenancy.tenants (id, name, kind, depth, number, description) values
  ('00000000-0000-8000-8000-000000000001', 'default tenant', 'default', 1, -1, 'adopted rows start here'),
  ('00000000-0000-8000-8000-000000000002', 'no-tenant', 'none', 1, -2, 'rows parked here are seen only by sessions that read all tenants');

-- Locking: none of its own.
create table tenancy.contacts (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
  name text not null,
  email text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (id, tenant_id),
  constraint contacts_name_not_blank check (name ~ '\S'),
  constraint contacts_email check (email ~ '^[^@\s]+@[^@\s]+$')
);

create unique index contacts_tenant_id_email_idx on tenancy.contacts (tenant_id, lower(email));

comment on table tenancy.contacts is 'people of a tenant: a name and an e-mail address, once in each tenant';
comment on column tenancy.contacts.id is 'also the user''s, where the contact is a user';
comment on column tenancy.contacts.tenant_id is 'the tenant that the contact belongs to';
comment on column tenancy.contacts.name is 'of the person';
comment on column tenancy.contacts.email is 'once in each tenant, in whichever case';
comment on column tenancy.contacts.created_at is 'when it was inserted';
comment on column tenancy.contacts.updated_at is 'when it was last changed; kept by the extension';

-- Locking: none of its own. tenant_id repeats the contact's, so that row security needs no sub-select.
create table tenancy.users (
  id uuid primary key,
  tenant_id uuid not null,
  login_enabled boolean not null default true,
  db_role name unique,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (id, tenant_id) references tenancy.contacts (id, tenant_id) on update cascade on delete cascade
);

create index users_tenant_id_idx on tenancy.users (tenant_id);

comment on table tenancy.users is 'contacts who may log in; id is the contact''s id, the contact''s tenant is the user''s home';
comment on column tenancy.users.tenant_id is 'the home tenant; filled from the contact';
comment on column tenancy.users.db_role is 'a login role of PostgreSQL that acts as this user without calling enter()';
comment on column tenancy.users.id is 'the contact''s';
comment on column tenancy.users.login_enabled is 'false: nobody can enter as this user';
comment on column tenancy.users.created_at is 'when it was inserted';
comment on column tenancy.users.updated_at is 'when it was last changed; kept by the extension';

-- Locking: none of its own. Groups are referred to by uuid without a foreign key, because system groups are not stored.
create table tenancy.custom_groups (
  id uuid primary key default gen_random_uuid(),
  name text not null unique,
  description text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint custom_groups_name_not_blank check (name ~ '\S')
);

comment on table tenancy.custom_groups is 'the administrators'' groups behind the view tenant_groups';
comment on column tenancy.custom_groups.id is 'by which roles name the group';
comment on column tenancy.custom_groups.name is 'unique among all groups';
comment on column tenancy.custom_groups.description is 'about the group, for people';
comment on column tenancy.custom_groups.created_at is 'when it was inserted';
comment on column tenancy.custom_groups.updated_at is 'when it was last changed; kept by the extension';

-- Locking: none of its own. Holds only what differs from the names and descriptions that system groups have by themselves.
create table tenancy.system_group_texts (
  tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
  relation text not null,
  name text unique,
  description text,
  primary key (tenant_id, relation),
  constraint system_group_texts_name_not_blank check (name ~ '\S'),
  constraint system_group_texts_relation check (relation in ('subtenants', 'supertenants', 'relatedtenants'))
);

comment on table tenancy.system_group_texts is 'names and descriptions that administrators gave to system groups';
comment on column tenancy.system_group_texts.tenant_id is 'whose group it is';
comment on column tenancy.system_group_texts.relation is 'which of its groups: subtenants, supertenants or relatedtenants';
comment on column tenancy.system_group_texts.name is 'in place of the name that it has by itself';
comment on column tenancy.system_group_texts.description is 'in place of the description that it has by itself';

-- Locking: adding and removing lock hierarchy_lock ROW SHARE, because they take the subtenants along.
create table tenancy.tenant_group_members (
  group_id uuid not null references tenancy.custom_groups (id) on delete cascade,
  tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
  added_with uuid,
  primary key (group_id, tenant_id)
);

create index tenant_group_members_tenant_id_idx on tenancy.tenant_group_members (tenant_id);

comment on table tenancy.tenant_group_members is 'the tenants of custom groups; adding or removing a tenant adds or removes its subtenants';
comment on column tenancy.tenant_group_members.added_with is 'the tenant by whose addition this one came in; filled by the extension';
comment on column tenancy.tenant_group_members.group_id is 'the custom group';
comment on column tenancy.tenant_group_members.tenant_id is 'the tenant in it';

-- Locking: none of its own.
create table tenancy.roles (
  id uuid primary key default gen_random_uuid(),
  name text not null unique,
  description text,
  read_access text not null default 'home',
  read_tenant_id uuid references tenancy.tenants (id),
  read_group_id uuid,
  write_access text not null default 'same_as_read',
  write_tenant_id uuid references tenancy.tenants (id),
  write_group_id uuid,
  updates_public boolean not null default false,
  administers boolean not null default false,
  built_in boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint roles_name_not_blank check (name ~ '\S'),
  constraint roles_read_access check (read_access in
    ('all', 'home', 'home_subtenants', 'home_supertenants', 'home_relatedtenants', 'tenant', 'group', 'none')),
  constraint roles_write_access check (write_access in
    ('all', 'home', 'home_subtenants', 'home_supertenants', 'home_relatedtenants', 'tenant', 'group', 'none', 'same_as_read')),
  constraint roles_read_tenant check ((read_access = 'tenant') = (read_tenant_id is not null)),
  constraint roles_read_group check ((read_access = 'group') = (read_group_id is not null)),
  constraint roles_write_tenant check ((write_access = 'tenant') = (write_tenant_id is not null)),
  constraint roles_write_group check ((write_access = 'group') = (write_group_id is not null))
);

comment on table tenancy.roles is 'what a user may read and write, set apart; home is the user''s own tenant, so that one role serves every tenant';
comment on column tenancy.roles.updates_public is 'may write public rows; counts only for users of the service provider';
comment on column tenancy.roles.administers is 'may change tenants, groups, roles and users; counts only for users of the service provider';
comment on column tenancy.roles.id is 'by which other tables name the role';
comment on column tenancy.roles.name is 'unique; what enter() and enter_tenant() are given';
comment on column tenancy.roles.description is 'about the role, for people';
comment on column tenancy.roles.read_access is
  'whose rows are read: all, home, home_subtenants, home_supertenants, home_relatedtenants, tenant, group or none';
comment on column tenancy.roles.read_tenant_id is 'where read_access is tenant: which';
comment on column tenancy.roles.read_group_id is 'where read_access is group: which of tenant_groups';
comment on column tenancy.roles.write_access is 'whose rows are written: as read_access, or same_as_read';
comment on column tenancy.roles.write_tenant_id is 'where write_access is tenant: which';
comment on column tenancy.roles.write_group_id is 'where write_access is group: which of tenant_groups';
comment on column tenancy.roles.built_in is 'came with the extension and stays';
comment on column tenancy.roles.created_at is 'when it was inserted';
comment on column tenancy.roles.updated_at is 'when it was last changed; kept by the extension';

insert into tenancy.roles (id, name, description, read_access, write_access, updates_public, administers, built_in) values
  ('00000000-0000-8000-8000-000000000011', 'member', 'reads and writes the rows of the user''s own tenant',
   'home', 'same_as_read', false, false, true),
  ('00000000-0000-8000-8000-000000000012', 'administrator', 'reads and writes everything; for users of the service provider also public rows and administration',
   'all', 'all', true, true, true);

-- Locking: none of its own.
create table tenancy.user_roles (
  user_id uuid not null references tenancy.users (id) on delete cascade,
  role_id uuid not null references tenancy.roles (id),
  primary key (user_id, role_id)
);

create index user_roles_role_id_idx on tenancy.user_roles (role_id);

comment on table tenancy.user_roles is 'which roles a user holds; the context is their union, or the one named at entry';
comment on column tenancy.user_roles.user_id is 'the user';
comment on column tenancy.user_roles.role_id is 'the role that the user holds';

-- Locking: protect() and release() also hold the protected table in ACCESS EXCLUSIVE mode.
create table tenancy.protection (
  relation regclass primary key,
  kind text not null,
  tenant_column name,
  tenant_key text,
  created_at timestamptz not null default now(),
  had text[] not null default '{}',
  created_by name not null default session_user,
  constraint protection_kind check (kind in ('required', 'optional', 'untenanted')),
  constraint protection_tenant_key check (tenant_key in ('uuid', 'number')),
  constraint protection_tenant_column check
    ((kind = 'untenanted') = (tenant_column is null) and (kind = 'untenanted') = (tenant_key is null))
);

comment on table tenancy.protection is 'the tables given to protect(), without their partitions; see the view protected_tables';
comment on column tenancy.protection.had is 'what the table had before, so that release() leaves it: not_null, foreign_key, row_security, forced';
comment on column tenancy.protection.relation is 'the table';
comment on column tenancy.protection.kind is
  'required: every row has a tenant; optional: rows without one are public; untenanted: rows have no tenants';
comment on column tenancy.protection.tenant_column is 'the column that says whose a row is; NULL for untenanted tables';
comment on column tenancy.protection.tenant_key is 'what it holds: uuid (tenants.id) or number (tenants.number)';
comment on column tenancy.protection.created_at is 'when the table was protected';
comment on column tenancy.protection.created_by is 'the role of PostgreSQL that had logged in when it was';

-- Locking: set_reference_rule() also holds both tables in SHARE ROW EXCLUSIVE mode.
create table tenancy.reference_settings (
  relation regclass not null,
  constraint_name name not null,
  service_provider_eligible boolean not null default false,
  on_tenant_change text not null default 'restrict',
  names_tenant boolean not null default false,
  primary key (relation, constraint_name),
  constraint reference_settings_on_tenant_change check (on_tenant_change in ('restrict', 'cascade', 'delete'))
);

comment on table tenancy.reference_settings is 'what set_reference_rule() changed; see the view reference_rules';
comment on column tenancy.reference_settings.relation is 'the table that refers';
comment on column tenancy.reference_settings.constraint_name is 'its foreign key';
comment on column tenancy.reference_settings.service_provider_eligible is 'whether rows of the service provider may be referred to as well';
comment on column tenancy.reference_settings.on_tenant_change is
  'what happens where the row referred to changes its tenant: restrict, cascade or delete';
comment on column tenancy.reference_settings.names_tenant is 'whether a row that names no tenant gets that of the row referred to';

-- Locking: none of its own; rows are only added.
create table tenancy.activity (
  id bigint generated always as identity primary key,
  happened_at timestamptz not null default now(),
  event text not null,
  tenant_id uuid,
  user_id uuid,
  session_role name not null default session_user,
  detail jsonb not null default '{}'
);

create index activity_tenant_id_idx on tenancy.activity (tenant_id, happened_at);

comment on table tenancy.activity is 'what happened: entries and refused ones, changes of our tables, refusals in warn mode, changes of the mode';
comment on column tenancy.activity.id is 'names the row';
comment on column tenancy.activity.happened_at is 'the beginning of the transaction';
comment on column tenancy.activity.event is 'what happened, in a word';
comment on column tenancy.activity.tenant_id is 'the tenant that it is about; NULL: none, or all';
comment on column tenancy.activity.user_id is 'the user who did it; NULL: nobody entered';
comment on column tenancy.activity.session_role is 'the role of PostgreSQL that had logged in';
comment on column tenancy.activity.detail is 'what else there is to say';
