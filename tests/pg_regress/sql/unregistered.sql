-- Tables that have what protect() gives and are in no registry, as they come by a dump of the schema or of a table alone, or as a copy.
\i include/world.sql
set role owner;
create table app.zones (id integer primary key);
create table app.parents (id integer primary key, tenant_id uuid not null);
create table app.children (id integer primary key, tenant_id uuid not null, parent_id integer references app.parents,
  twin integer references app.children deferrable initially deferred, zone integer references app.zones);
create table app.notes (id integer primary key, tenant_id uuid, parent_id integer references app.parents);
create table app.bills (id integer, client integer not null, at integer, primary key (id, at)) partition by range (at);
create table app.bills_1 partition of app.bills for values from (0) to (100);
create table app.papers (id integer primary key, tenant_id uuid not null);
create table app.contracts (signed date) inherits (app.papers);
\o /dev/null
select tenancy.protect('app.zones', 'untenanted'), tenancy.protect('app.parents', 'required', create_index => 'never'),
  tenancy.protect('app.children', 'required', create_index => 'never'), tenancy.protect('app.notes', 'optional', create_index => 'never'),
  tenancy.protect('app.bills', 'required', 'client', create_index => 'never'), tenancy.protect('app.papers', 'required', create_index => 'never');
select tenancy.set_reference_rule('app.notes', 'notes_parent_id_fkey', names_tenant => true);
\o
grant all on all tables in schema app to app;
\c - postgres
insert into app.parents values (1, :acme), (9, :globex);
insert into app.notes values (1, :acme, 1), (9, :globex, 9);
insert into app.zones values (1);
create table app.kept as select * from tenancy.protection;
create table app.rules as select * from tenancy.reference_settings;
delete from tenancy.reference_settings where relation::text !~ 'documents|articles';
delete from tenancy.protection where relation::text !~ 'documents|articles';

-- rows: what there is is shown as before, nothing comes
\c - app
begin;
call app.act_as('ann');
select id from app.parents;
select id from app.notes order by id;
savepoint s;
insert into app.children (id, parent_id) values (1, 9);
rollback to s;
insert into app.children (id, tenant_id, parent_id) values (1, :acme, 1);
rollback to s;
update app.notes set parent_id = 9 where id = 1;
rollback to s;
insert into app.notes (id, parent_id) values (2, 1);
rollback to s;
insert into app.parents (id) values (2) on conflict do nothing;
rollback to s;
merge into app.parents p using (values (2)) v (id) on p.id = v.id when not matched then insert (id) values (v.id);
rollback to s;
truncate app.bills_1;
rollback to s;
insert into app.bills (id, at) values (1, 1);
rollback to s;
insert into app.bills_1 (id, client, at) values (1, 1010, 1);
rollback to s;
insert into app.contracts (id) values (1);
rollback to s;
insert into app.zones values (2);
rollback;
-- prepared while it was protected
\c - postgres
insert into tenancy.protection select * from app.kept where relation = 'app.parents'::regclass;
set role app;
begin;
call app.act_as('ann', for_session => true);
prepare add (integer) as insert into app.parents (id) values ($1);
execute add (20);
commit;
set role postgres;
delete from tenancy.protection where relation = 'app.parents'::regclass;
set role app;
execute add (21);
select tenancy.leave();
reset role;
delete from app.parents where id = 20;

-- the modes
select tenancy.set_mode('warn');
set role app;
begin;
call app.act_as('ann');
insert into app.zones values (2);
insert into app.zones values (3);
rollback;
reset role;
select tenancy.set_mode('off');
set role app;
begin;
insert into app.zones values (2);
rollback;
reset role;
select tenancy.set_mode('enforce');

-- a superuser is told, once a transaction; who restores a dump is not
begin;
insert into app.children values (1, :acme, 9);
insert into app.children values (2, :acme, 9);
truncate app.children;
rollback;
set check_function_bodies = off;
begin;
insert into app.children values (1, :acme, 9);
rollback;
set role app;
insert into app.zones values (2);
reset role;
reset check_function_bodies;

-- the owner cannot take away what it has
set role owner;
alter table app.parents disable row level security;
alter table app.parents no force row level security;
drop policy tenancy_select on app.parents;
alter policy tenancy_select on app.parents using (true);
alter policy tenancy_select on app.parents rename to mine;
create policy mine on app.parents using (true);
drop trigger "00_tenancy_row" on app.zones;
alter table app.zones disable trigger "00_tenancy_row";
alter trigger "00_tenancy_row" on app.zones rename to mine;
alter table app.children alter tenant_id drop not null;
alter table app.children drop constraint children_tenant_id_fkey;
alter table app.children drop column tenant_id cascade;
create rule mine as on delete to app.notes do instead nothing;
alter table app.bills_1 disable row level security;
drop policy tenancy_select on app.contracts;
-- what takes nothing goes, and so does what a dump brings, one after the other
create trigger "00_tenancy_delete" after delete on app.notes for each row execute function tenancy.check_row();
alter table app.notes enable always trigger "00_tenancy_delete";
create policy mine on app.parents as restrictive using (id > 0);
drop policy mine on app.parents;
alter table app.parents add name text;
alter table app.parents drop name;
create function app.nothing() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger mine before insert on app.parents for each row execute function app.nothing();
drop trigger mine on app.parents;
-- nothing else is looked at: no other table is locked
begin;
create trigger mine before insert on app.parents for each row execute function app.nothing();
alter policy tenancy_select on app.parents using (tenancy.can_read(tenant_id));
select relation::regclass from pg_locks where pid = pg_backend_pid() and relation::regclass::text ~ '^app\.' order by 1;
rollback;
alter table app.bills detach partition app.bills_1;
alter table app.bills attach partition app.bills_1 for values from (0) to (100);
reset role;
alter table app.parents disable row level security;
alter table app.parents enable row level security;
\set lost 'select code, severity, object, remedy from tenancy.lint() where code in (''policies_without_protection'', ''table_unprotected'') order by 1, 3'
:lost;

-- who may mend: the owner, if he may bring tables under tenancy
set role app;
select tenancy.mend('app.zones');
select * from tenancy.mend();
set role owner;
select tenancy.mend('app.bills_1');
select tenancy.mend('app.contracts');
reset role;
begin;
revoke execute on function tenancy.protect from public, owner;
set local role owner;
select tenancy.mend('app.zones');
rollback;

-- what was written meanwhile is looked at
begin;
insert into app.children values (1, :acme, 9);
select tenancy.mend('app.parents');
select tenancy.mend('app.children');
rollback;

-- one table; then all of them, with the tables that lack something else
set role owner;
select tenancy.mend('app.zones');
reset role;
alter table app.documents no force row level security;
set role owner;
select * from tenancy.mend();
select * from tenancy.mend();
reset role;
select p.relation, p.kind, p.tenant_column, p.tenant_key, p.had, k.kind = p.kind and k.had = p.had as as_before from tenancy.protection p join app.kept k using (relation) order by 1;
select s.*, r.names_tenant as before from tenancy.reference_settings s full join app.rules r using (relation, constraint_name) order by 1, 2;
:lost;
select * from tenancy.violations();
\c - app
begin;
call app.act_as('ann');
insert into app.notes (id, parent_id) values (2, 1) returning tenant_id = :acme;
insert into app.bills (id, at) values (1, 1) returning client;
insert into app.contracts (id) values (1);
insert into app.children (id, parent_id) values (1, 1);
savepoint s;
insert into app.children (id, parent_id) values (2, 9);
rollback to s;
set constraints all immediate;
rollback;

-- what protect() finds of ours it takes over, what only bears our names it refuses
\c - postgres
delete from tenancy.protection where relation in ('app.parents'::regclass, 'app.zones'::regclass);
set client_min_messages = error;
alter table app.parents disable trigger "00_tenancy_row";
drop policy tenancy_update on app.parents;
reset client_min_messages;
set role owner;
select tenancy.protect('app.parents', 'required', create_index => 'never');
select tenancy.protect('app.zones', 'untenanted');
reset role;
select code, object from tenancy.lint() where code ~ '^(trigger|policy|policies|row_security|tenant_)' order by 1, 2;
set client_min_messages = error;
alter policy tenancy_delete on app.parents using (true);
delete from tenancy.protection where relation = 'app.parents'::regclass;
reset client_min_messages;
set role owner;
select tenancy.protect('app.parents', 'required', create_index => 'never');
select tenancy.protect('app.parents', 'untenanted');
-- that it was ours the rest of it says
select tenancy.mend('app.parents');
select * from tenancy.mend();
reset role;
-- released, it is as it was without tenancy, but for NOT NULL
select tenancy.release('app.parents');
select pg_get_expr(d.adbin, d.adrelid) from pg_attrdef d where d.adrelid = 'app.parents'::regclass
union all select p.polname from pg_policy p where p.polrelid = 'app.parents'::regclass
union all select t.tgname from pg_trigger t where t.tgrelid = 'app.parents'::regclass and not t.tgisinternal
union all select c.conname from pg_constraint c where c.conrelid = 'app.parents'::regclass and c.contype in ('p', 'f');
select relrowsecurity, relforcerowsecurity from pg_class where oid = 'app.parents'::regclass;
select tenancy.protect('app.parents', 'required', create_index => 'never');

-- which of two foreign keys named the tenant is not known
create table app.links (id integer primary key, tenant_id uuid not null, a integer references app.parents, b integer references app.parents);
select tenancy.protect('app.links', 'required', create_index => 'never');
select tenancy.set_reference_rule('app.links', 'links_a_fkey', names_tenant => true);
delete from tenancy.reference_settings where relation = 'app.links'::regclass;
delete from tenancy.protection where relation = 'app.links'::regclass;
select tenancy.mend('app.links');
select tenancy.set_reference_rule('app.links', 'links_a_fkey', names_tenant => true);
insert into app.links (id, a) values (1, 1) returning tenant_id = :acme;
drop table app.links;

-- copies: their default does not fill rows of a table that is not protected; temporary tables are nobody else's
set role owner;
create table app.copy (like app.notes including all);
create temp table staging (like app.notes including all);
create table app.own (id integer, tenant_id uuid default tenancy.writable_tenant());
grant all on app.copy to app;
reset role;
:lost;
set role app;
begin;
call app.act_as('ann');
insert into app.copy (id) values (1);
rollback;
begin;
call app.act_as('ann');
insert into app.copy (id, tenant_id) values (1, :acme);
rollback;
set role owner;
begin;
select from tenancy.mend('app.copy');
rollback;
reset role;
grant execute on function tenancy.enter(uuid, text, boolean) to owner;
set role owner;
begin;
call app.act_as('ann');
insert into staging (id) values (1) returning tenant_id = :acme;
rollback;
select tenancy.mend('app.copy');
select polname from pg_policy where polrelid = 'app.copy'::regclass order by 1;
drop table app.own;

-- two columns that may be the tenant's
create table app.two (id integer, a uuid default tenancy.writable_tenant(), b uuid default tenancy.writable_tenant());
select tenancy.mend('app.two');
drop table app.two;
-- parts of what is not protected do not come under tenancy by leaving it
create table app.mine (id integer, tenant_id uuid);
create policy tenancy_select on app.mine for select using (tenancy.can_read(tenant_id));
create table app.above (id integer, tenant_id uuid);
alter table app.mine inherit app.above;
alter table app.mine no inherit app.above;
select count(*) from tenancy.protection where relation = 'app.mine'::regclass;
drop table app.mine;

-- an adoption that nobody knows of
create table app.adopting (id integer, tenant_id uuid);
reset role;
create trigger zz_tenancy_adopt before insert or update on app.adopting for each row when (new.tenant_id is null) execute function tenancy.adopt_row();
grant insert on app.adopting to app;
set role app;
insert into app.adopting values (1, null);
