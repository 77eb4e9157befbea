-- Promise 5: a new row that must be readable as well is checked once, not twice. Promise 2: it is refused as by both checks.
\i include/world.sql
\set ECHO none
insert into tenancy.tenant_groups (name) values ('branches');
insert into tenancy.tenant_group_members (group_id, tenant_id)
  select g.id, t from tenancy.tenant_groups g, unnest(array[:east, :west]::uuid[]) t where g.name = 'branches';
insert into tenancy.roles (name, read_access, write_access, write_group_id)
  select 'writes less', 'home_subtenants', 'group', id from tenancy.tenant_groups where name = 'branches';
insert into tenancy.roles (name, read_access, read_group_id, write_access)
  select 'reads less', 'group', id, 'home_subtenants' from tenancy.tenant_groups where name = 'branches';
insert into tenancy.modules (name) values ('papers');
insert into tenancy.roles (name, read_access) values ('papers', 'home_subtenants');
insert into tenancy.role_modules (role_id, module_id) select r.id, m.id from tenancy.roles r, tenancy.modules m where r.name = 'papers';
insert into tenancy.user_roles (user_id, role_id)
  select md5('mia')::uuid, id from tenancy.roles where name in ('writes less', 'reads less', 'papers');
set role owner;
create table app.numbered (id integer primary key, tenant integer not null, title text);
create table app.narrowed (id integer primary key, tenant_id uuid not null, title text);
create table app.narrowed_before (id integer primary key, tenant_id uuid not null, title text);
\o /dev/null
select tenancy.protect('app.numbered', 'required', 'tenant', create_index => 'never'),
  tenancy.protect('app.narrowed', 'required', create_index => 'never'), tenancy.protect('app.narrowed_before', 'required', create_index => 'never');
\o
create view app.papers with (security_invoker) as select * from app.documents where title <> 'secret' with check option;
-- one that counts for reading only comes after both of ours, one that counts for every command between them
create policy short_titles on app.narrowed as restrictive for select using (length(title) < 8);
create policy short_titles on app.narrowed_before as restrictive using (length(title) < 8);
grant select, insert, update, delete on all tables in schema app to app;
reset role;
insert into app.numbered values (1, 1010, 'acme'), (2, 1011, 'east');
insert into app.narrowed select * from app.documents;
insert into app.narrowed_before select * from app.documents;
insert into tenancy.module_tables select id, 'app.documents' from tenancy.modules where name = 'papers';
alter role app set track_functions = 'all';
create function app.asked() returns text language sql security definer set search_path = pg_catalog, pg_temp as $$
  -- the counts of a transaction are those since they were last sent, which otherwise is not at each end
  select pg_stat_force_next_flush();
  select string_agg(funcname || ' ' || calls, ', ' order by funcname)
  from pg_stat_xact_user_functions where funcname ~ 'check_(write|change)|can_read'
$$;
grant execute on function app.asked to app;
\c - app
\set ECHO all

-- what is asked about new rows
begin; call app.act_as('mia', 'manager'); update app.documents set title = 'new' where id = 1; select app.asked(); rollback;
begin; call app.act_as('mia', 'manager'); update app.numbered set title = 'new' where id = 1; select app.asked(); rollback;
begin; call app.act_as('mia', 'manager'); update app.papers set title = 'new' where id = 1; select app.asked(); rollback;
begin; call app.act_as('mia', 'manager'); insert into app.documents values (90, :acme, 'new'); select app.asked(); rollback;
begin; call app.act_as('mia', 'manager'); insert into app.documents values (90, :acme, 'new') returning id; select app.asked(); rollback;
begin; call app.act_as('mia', 'manager'); insert into app.documents values (1, :acme, 'new') on conflict (id) do update set title = excluded.title; select app.asked(); rollback;
begin; call app.act_as('mia', 'manager'); with new as (insert into app.documents values (90, :acme, 'new') returning id) update app.numbered n set title = 'new' from new where n.id = 1; select app.asked(); rollback;
begin; call app.act_as('mia', 'manager'); update app.narrowed set title = 'new' where id = 1; select app.asked(); rollback;
begin; call app.act_as('mia', 'manager'); update app.narrowed_before set title = 'new' where id = 1; select app.asked(); rollback;

-- refused: a tenant that may be read only, one that may be written only, neither, a title too long, modules
begin; call app.act_as('mia', 'writes less'); update app.documents set tenant_id = :acme where id = 3; rollback;
begin; call app.act_as('mia', 'reads less'); update app.documents set tenant_id = :acme where id = 3; rollback;
begin; call app.act_as('mia', 'reads less'); insert into app.documents values (90, :acme, 'new') returning id; rollback;
begin; call app.act_as('mia', 'reads less'); insert into app.documents values (90, :acme, 'new'); rollback;
begin; call app.act_as('mia', 'manager'); update app.documents set tenant_id = :globex where id = 1; rollback;
begin; call app.act_as('mia', 'manager'); update app.numbered set tenant = 1020 where id = 1; rollback;
begin; call app.act_as('mia', 'manager'); update app.papers set title = 'secret' where id = 1; rollback;
begin; call app.act_as('mia', 'manager'); update app.narrowed set title = 'far too long' where id = 1; rollback;
begin; call app.act_as('mia', 'manager'); update app.narrowed_before set title = 'far too long' where id = 1; rollback;
begin; call app.act_as('mia', 'papers'); insert into app.documents values (90, :acme, 'new') returning id; rollback;
begin; call app.act_as('mia', 'papers'); insert into app.numbered values (90, 1010, 'new') returning id; rollback;
begin; call app.act_as('mia', 'papers'); insert into app.documents values (90, :globex, 'new') returning id; rollback;

-- a kept plan, whoever acts next
set plan_cache_mode = force_generic_plan;
prepare move(uuid) as update app.documents set tenant_id = $1 where id = 3 returning id;
begin; call app.act_as('mia', 'manager'); execute move(:acme); rollback;
begin; call app.act_as('mia', 'reads less'); execute move(:acme); rollback;
begin; call app.act_as('mia', 'writes less'); execute move(:acme); rollback;
begin; call app.act_as('mia', 'papers'); execute move(:acme); rollback;
begin; call app.act_as('mia', 'papers'); execute move(:globex); rollback;
begin; call app.act_as('ada'); execute move(:globex); rollback;

-- it says what both say, also where it is called by hand
begin;
call app.act_as('mia', 'reads less');
select tenancy.check_change(:east) as east, tenancy.check_change(:acme) as acme, tenancy.check_change_number(1011::bigint) as east, tenancy.check_change_number(1011) as east;
select tenancy.check_change(null);
rollback;

-- in the modes off and warn all pass
\c - postgres
select from tenancy.set_mode('warn');
\c - app
begin; call app.act_as('gus'); update app.documents set title = 'new', tenant_id = :globex where id in (1, 5) returning id; rollback;
\c - postgres
select from tenancy.set_mode('off');
\c - app
begin; call app.act_as('gus'); update app.documents set title = 'new', tenant_id = :globex where id in (1, 5) returning id; rollback;
\c - postgres
alter role app reset track_functions;
