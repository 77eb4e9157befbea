-- Promise 5: a statement that changes rows and looks at them asks once for reading and writing, not twice. Promises 1 and 2: it changes
-- what the session may read and write, also by a plan that was made for a session of which both were the same.
\i include/world.sql
\set ECHO none
insert into tenancy.tenant_groups (name) values ('branches');
insert into tenancy.tenant_group_members (group_id, tenant_id)
  select g.id, t from tenancy.tenant_groups g, unnest(array[:east, :west]::uuid[]) t where g.name = 'branches';
insert into tenancy.roles (name, read_access, read_group_id, write_access, write_group_id)
  select 'writes less', 'home_subtenants', null, 'group', id from tenancy.tenant_groups where name = 'branches'
  union all select 'reads less', 'group', id, 'home_subtenants', null from tenancy.tenant_groups where name = 'branches';
insert into tenancy.roles (name, read_access, read_group_id, updates_public)
  select 'publishes', 'group', id, true from tenancy.tenant_groups where name = 'branches';
insert into tenancy.roles (name, read_access, write_access) values ('reads all', 'all', 'home'), ('reads home', 'home', 'none');
insert into tenancy.modules (name) values ('papers');
insert into tenancy.roles (name, read_access) values ('papers', 'home_subtenants');
insert into tenancy.role_modules (role_id, module_id) select r.id, m.id from tenancy.roles r, tenancy.modules m where r.name = 'papers';
insert into tenancy.user_roles (user_id, role_id)
  select md5('mia')::uuid, id from tenancy.roles where name in ('writes less', 'reads less', 'reads all', 'papers')
  union all select md5('gus')::uuid, id from tenancy.roles where name = 'reads home'
  union all select md5('pia')::uuid, id from tenancy.roles where name = 'publishes';
set role owner;
create table app.numbered (id integer primary key, tenant integer not null, title text);
create table app.counted (id integer primary key, tenant bigint, title text);
create table app.parted (id integer, tenant_id uuid not null, title text) partition by hash (tenant_id);
create table app.parted_0 partition of app.parted for values with (modulus 2, remainder 0);
create table app.parted_1 partition of app.parted for values with (modulus 2, remainder 1);
create index numbered_tenant on app.numbered (tenant);
create index counted_tenant on app.counted (tenant);
create index on app.parted (id);
create index documents_tenant on app.documents (tenant_id);
insert into app.numbered values (1, 1010, 'acme'), (2, 1011, 'east'), (3, 1020, 'globex');
insert into app.counted values (1, 1010, 'acme'), (2, 1011, 'east'), (3, 1020, 'globex'), (4, null, 'public');
\o /dev/null
select tenancy.protect('app.numbered', 'required', 'tenant', create_index => 'never'),
  tenancy.protect('app.counted', 'optional', 'tenant', create_index => 'never'), tenancy.protect('app.parted', 'required', create_index => 'never');
\o
create view app.papers with (security_invoker) as select * from app.documents where title <> 'secret';
create table app.narrowed (id integer primary key, tenant_id uuid not null, title text);
create table app.narrowed_before (id integer primary key, tenant_id uuid not null, title text);
\o /dev/null
select tenancy.protect('app.narrowed', 'required', create_index => 'never'), tenancy.protect('app.narrowed_before', 'required', create_index => 'never');
\o
-- one that counts for reading only comes between ours, one that counts for every command before both
create policy short_titles on app.narrowed as restrictive for select using (length(title) < 8);
create policy short_titles on app.narrowed_before as restrictive using (length(title) < 8);
grant select, insert, update, delete on all tables in schema app to app;
reset role;
insert into app.parted select * from app.documents;
insert into app.narrowed select * from app.documents;
insert into tenancy.module_tables select id, 'app.documents' from tenancy.modules where name = 'papers';
\c - app
\set ECHO all
set enable_seqscan = off;
set enable_bitmapscan = off;

begin;
call app.act_as('mia', 'manager');
explain (costs off) update app.documents set title = 'new' where id = 1;
explain (costs off) delete from app.numbered where id = 1;
explain (costs off) select * from app.counted where id = 1 for update;
explain (costs off) update app.articles set title = 'new' where id = 1;
explain (costs off) with gone as (delete from app.documents where id = 1 returning id), new as (insert into app.numbered values (9, 1010, 'x') returning id) select * from gone, new;
explain (costs off) update app.papers set title = 'new' where id = 1;
explain (costs off) delete from app.parted where id = 1;
explain (costs off) update app.documents d set title = p.title from app.numbered p where p.id = d.id and p.id = 1;
-- the tenant's index is used for what is asked once, also where public rows are not written
explain (costs off) update app.numbered set title = 'new' where title is not null;
explain (costs off) delete from app.counted where title is not null;
-- not where the one or the other is not asked, and not where somebody's policy stands between
explain (costs off) select * from app.documents where id = 1;
explain (costs off) delete from app.documents;
explain (costs off) update app.narrowed set title = 'new' where id = 1;
explain (costs off) update app.narrowed_before set title = 'new' where id = 1;
explain (costs off) merge into app.documents d using (values (1)) v (id) on v.id = d.id when matched then update set title = 'new';
-- the policy's words in the query are not the policy
explain (costs off) delete from app.documents where tenancy.can_write(tenant_id) and tenancy.can_read(tenant_id);
rollback;

-- one tenant of both, though the session reads others; all; none; public rows; modules
begin; call app.act_as('gus'); explain (costs off) update app.articles set title = 'new' where id = 1; rollback;
begin; call app.act_as('mia', 'reads all'); explain (costs off) delete from app.documents where id > 0; rollback;
begin; call app.act_as('pol'); explain (costs off) delete from app.documents where id > 0; rollback;
begin; call app.act_as('ada'); explain (costs off) update app.articles set title = 'new' where id = 1; rollback;
begin; call app.act_as('gus', 'reads home'); explain (costs off) update app.documents set title = 'new' where id = 1; rollback;
begin; call app.act_as('pia', 'publishes'); explain (costs off) update app.articles set title = 'new' where id = 1; rollback;
begin; call app.act_as('pia', 'publisher'); explain (costs off) update app.articles set title = 'new' where id = 1; rollback;
begin; call app.act_as('mia', 'papers'); explain (costs off) delete from app.documents where id = 1; explain (costs off) delete from app.articles where id = 1; rollback;

-- kept plans, whoever acts next
set plan_cache_mode = force_generic_plan;
prepare change as update app.documents set title = title || '!' where id > 0 returning id;
prepare publish as update app.articles set title = title || '!' where id > 0 returning id;
prepare remove as delete from app.numbered where id > 0 returning id;
prepare look as select id from app.counted order by id for update;
prepare part as with gone as (delete from app.parted where id > 0 returning id) select id from gone order by id;
prepare narrow as update app.narrowed set title = title || '!' where id > 0 returning id;
create function pg_temp.changed(out changed integer[], out published integer[], out removed integer[], out looked integer[], out parted integer[], out narrowed integer[])
language plpgsql as $$
declare
  n integer;
begin
  for n in execute 'execute change' loop changed := changed || n; end loop;
  for n in execute 'execute publish' loop published := published || n; end loop;
  for n in execute 'execute remove' loop removed := removed || n; end loop;
  for n in execute 'execute look' loop looked := looked || n; end loop;
  for n in execute 'execute part' loop parted := parted || n; end loop;
  for n in execute 'execute narrow' loop narrowed := narrowed || n; end loop;
end
$$;
begin; call app.act_as('mia', 'manager'); select * from pg_temp.changed(); rollback;
begin; call app.act_as('mia', 'writes less'); select * from pg_temp.changed(); rollback;
begin; call app.act_as('mia', 'reads less'); select * from pg_temp.changed(); rollback;
begin; call app.act_as('mia', 'reads all'); select * from pg_temp.changed(); rollback;
begin; call app.act_as('mia', 'papers'); select * from pg_temp.changed(); rollback;
begin; call app.act_as('gus'); select * from pg_temp.changed(); rollback;
begin; call app.act_as('gus', 'reads home'); select * from pg_temp.changed(); rollback;
begin; call app.act_as('ona'); select * from pg_temp.changed(); rollback;
begin; call app.act_as('pol'); select * from pg_temp.changed(); rollback;
begin; call app.act_as('pia', 'publishes'); select * from pg_temp.changed(); rollback;
begin; call app.act_as('pia', 'publisher'); select * from pg_temp.changed(); rollback;
begin; call app.act_as('ada'); select * from pg_temp.changed(); rollback;
begin; call app.act_as('aud'); select * from pg_temp.changed(); rollback;
select * from pg_temp.changed();

-- in the place of the policies it says what both say, also where it is called by hand
begin;
call app.act_as('mia', 'writes less');
select tenancy.can_change(:acme) as acme, tenancy.can_change(:east) as east, tenancy.can_change(null) as public,
  tenancy.can_change_number(1010::bigint) as acme, tenancy.can_change_number(1011) as east, tenancy.changes_all() as everything;
select cardinality(tenancy.changeable_tenants()) as by_id, tenancy.changeable_tenant_numbers() as by_number;
commit;
begin;
call app.act_as('ada');
select tenancy.can_change(:acme) as acme, tenancy.can_change(null) as public, tenancy.changes_all() as everything;
commit;

-- in the modes off and warn all pass, as with both policies
\c - postgres
select from tenancy.set_mode('warn');
\c - app
begin; call app.act_as('gus'); update app.documents set title = 'new' where id in (1, 5) returning id; rollback;
\c - postgres
select from tenancy.set_mode('off');
\c - app
begin; call app.act_as('gus'); update app.documents set title = 'new' where id in (1, 5) returning id; rollback;

-- superusers are not asked
\c - postgres
explain (costs off) update app.narrowed set title = 'new' where title is null;
