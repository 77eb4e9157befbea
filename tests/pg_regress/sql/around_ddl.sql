-- Ways around, DDL: what a migration of the owner's makes, forgets and takes away, and what a tenant's user then sees. First against
-- row security made by hand, then against pg_tenancy. (More of each: governed_schemas, guards_refused, guards_above, lint_drift.)
\i include/world.sql
\i include/rolled.sql

-- a new table, about which nobody has thought: in a governed schema it takes no rows before it is declared
insert into tenancy.governed_schemas (schema_name) values ('app');
\c - owner
alter default privileges in schema rolled grant select, insert on tables to public;
alter default privileges in schema app grant select, insert on tables to public;
create table rolled.plans (tenant_id uuid not null default rolled.tenant(), plan text);
create table app.plans (tenant_id uuid not null, plan text);
\c - alice
insert into rolled.plans (plan) values ('of Acme');
insert into app.plans (tenant_id, plan) values (:acme, 'of Acme');
\c - bob
select plan from rolled.plans;
select plan from app.plans;
\c - owner
select tenancy.protect('app.plans', 'required', create_index => 'never') \g /dev/null
\c - alice
insert into app.plans (plan) values ('of Acme');
\c - bob
select plan from app.plans;

-- a table of which a table with policies is a part: only the policies of the one that is named are asked
\c - owner
create table rolled.papers (title text);
create table app.papers (title text);
select tenancy.protect('app.papers', 'untenanted') \g /dev/null
alter table rolled.documents inherit rolled.papers;
alter table app.documents inherit app.papers;
\c - bob
select title from rolled.papers order by 1;
select title from app.papers;

-- what referred to a row before its partition was detached refers to it still: by hand, a check of the other side looks at the table
\c - owner
create table rolled.slips (id integer, tenant_id uuid not null, document integer references rolled.documents) partition by range (id);
create table rolled.slips_1 partition of rolled.slips for values from (1) to (10);
create table app.slips (id integer, tenant_id uuid not null, document integer references app.documents) partition by range (id);
create table app.slips_1 partition of app.slips for values from (1) to (10);
select tenancy.protect('app.slips', 'required', create_index => 'never') \g /dev/null
create function rolled.check_slips() returns trigger language plpgsql as $$
begin
  if exists (select from rolled.slips s where s.document = new.id and s.tenant_id <> new.tenant_id) then raise 'slips refer to it'; end if;
  return new;
end $$;
create trigger check_slips before update on rolled.documents for each row execute function rolled.check_slips();
\c - postgres
insert into rolled.slips values (1, :acme, 2);
insert into app.slips values (1, :acme, 2);
update rolled.documents set tenant_id = :globex where id = 2;
update app.documents set tenant_id = :globex where id = 2;
\c - owner
alter table rolled.slips detach partition rolled.slips_1 concurrently;
alter table app.slips detach partition app.slips_1 concurrently;
alter table app.slips detach partition app.slips_1;
\c - postgres
update rolled.documents set tenant_id = :globex where id = 2;
update app.documents set tenant_id = :globex where id = 2;

-- a trigger that is made to depend on an extension goes when that is dropped (below)
\c - owner
alter trigger check_slips on rolled.documents depends on extension pg_tenancy;
alter trigger "00_tenancy_row" on app.documents depends on extension plpgsql;

-- a restrictive policy only narrows, also where the planner finds that it is always true
\c - owner
create policy narrower on rolled.documents as restrictive using (true);
create policy narrower on app.documents as restrictive using (true);
\c - bob
select :titles from rolled.documents;
select :titles from app.documents;

-- one more policy is one more way in; one that is dropped shows less
\c - owner
create policy support on rolled.documents for select using (title like 'acme%');
create policy support on app.documents for select using (title like 'acme%');
\c - bob
select :titles from rolled.documents;
select :titles from app.documents;
\c - owner
drop policy support on rolled.documents;
drop policy tenancy_select on app.documents;

-- row security is switched off for a while, or for good; not forced, it does not bind who acts as the owner
create function rolled.report() returns setof text language sql security definer as 'select title from rolled.documents order by id';
create function app.report() returns setof text language sql security definer as 'select title from app.documents order by id';
alter table rolled.documents no force row level security;
alter table app.documents no force row level security;
\c - bob
select rolled.report();
select app.report();
\c - owner
alter table rolled.documents disable row level security;
alter table app.documents disable row level security;
\c - bob
select :titles from rolled.documents;
select :titles from app.documents;
\c - owner
alter table rolled.documents enable row level security, force row level security;

-- all rows of all tenants are published
\c - postgres
grant create on database :"DBNAME" to owner;
\c - owner
set client_min_messages = error;
create publication rolled for table rolled.documents;
create publication ours for table app.documents;
reset client_min_messages;
select pubname, tablename from pg_publication_tables;
drop publication rolled;

-- what the policies call goes, and the policies with it: row security stays and shows nothing, in both
\set VERBOSITY terse
drop function rolled.tenant() cascade;
\c - postgres
set client_min_messages = warning;
drop extension pg_tenancy cascade;
reset client_min_messages;
select tgname from pg_trigger where tgrelid = 'rolled.documents'::regclass and not tgisinternal;
\c - bob
select :titles from rolled.documents;
select :titles from app.documents;
\c - owner
select :titles from rolled.documents;
select :titles from app.documents;
