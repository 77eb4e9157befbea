\set ECHO none
-- A service provider; Acme with the subtenants East and West; Globex, which has nothing to do with Acme.
-- Ends as superuser; `\c - app` goes on as an application.
\c - postgres
\set provider '''10000000-0000-0000-0000-000000000000'''
\set acme '''a0000000-0000-0000-0000-000000000000'''
\set east '''ae000000-0000-0000-0000-000000000000'''
\set west '''af000000-0000-0000-0000-000000000000'''
\set globex '''b0000000-0000-0000-0000-000000000000'''
\set nowhere '''d0000000-0000-0000-0000-000000000000'''

insert into tenancy.tenants (id, name, parent_id, allows_subtenants, number) values
  (:provider, 'Provider', null, false, 1000),
  (:acme, 'Acme', null, true, 1010),
  (:east, 'East', :acme, false, 1011),
  (:west, 'West', :acme, false, 1012),
  (:globex, 'Globex', null, false, 1020);

insert into tenancy.roles (name, read_access, write_access, updates_public, administers) values
  ('worker', 'home', 'same_as_read', false, false),
  ('manager', 'home_subtenants', 'same_as_read', false, false),
  ('auditor', 'home_relatedtenants', 'none', false, false),
  ('poster', 'home', 'home_subtenants', false, false),
  ('onlooker', 'home_supertenants', 'home', false, false),
  ('publisher', 'all', 'home', true, false),
  ('boss', 'all', 'all', true, true);

-- A user's id is the md5 of the name.
create temp table people (name text, tenant_id uuid, role text);
insert into people values
  ('ann', :acme, 'worker'), ('mia', :acme, 'manager'), ('aud', :acme, 'auditor'), ('pol', :acme, 'poster'),
  ('eve', :east, 'worker'), ('ona', :east, 'onlooker'), ('wes', :west, 'worker'),
  ('gus', :globex, 'worker'), ('fay', :globex, 'publisher'), ('all', :globex, 'boss'),
  ('pam', :provider, 'worker'), ('pia', :provider, 'publisher'), ('ada', :provider, 'boss');
insert into tenancy.contacts (id, tenant_id, name, email)
  select md5(name)::uuid, tenant_id, name, name || '@example.org' from people;
insert into tenancy.users (id) select md5(name)::uuid from people;
insert into tenancy.user_roles (user_id, role_id)
  select md5(p.name)::uuid, r.id from people p join tenancy.roles r on r.name = p.role;
drop table people;

-- People with logins of PostgreSQL.
update tenancy.users set db_role = 'alice' where id = md5('ann')::uuid;
update tenancy.users set db_role = 'bob' where id = md5('gus')::uuid;
update tenancy.users set db_role = 'carol' where id = md5('ada')::uuid;

-- The application may say on whose behalf it acts.
grant execute on function tenancy.enter(uuid, text, boolean), tenancy.enter_tenant(uuid, text, boolean) to app;
create procedure app.act_as(who text, role text default null, for_session boolean default false)
  language plpgsql as $$ begin perform tenancy.enter(pg_catalog.md5(who)::uuid, role, for_session); end $$;

set role owner;

create table app.documents (id integer primary key, tenant_id uuid not null, title text);
create table app.articles (id integer primary key, tenant_id uuid, title text);
insert into app.documents values
  (1, :acme, 'acme 1'), (2, :acme, 'acme 2'), (3, :east, 'east 3'), (4, :west, 'west 4'), (5, :globex, 'globex 5'),
  (6, :globex, 'globex 6'), (7, :provider, 'provider 7');
insert into app.articles values
  (1, null, 'public 1'), (2, :acme, 'acme 2'), (3, :east, 'east 3'), (4, :globex, 'globex 4'), (5, :provider, 'provider 5');
\o /dev/null
select tenancy.protect('app.documents', 'required', create_index => 'never'),
  tenancy.protect('app.articles', 'optional', create_index => 'never');
\o
grant select, insert, update, delete, truncate on app.documents, app.articles to public;

reset role;
\set ECHO all
