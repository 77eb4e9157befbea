-- Tables that have row security of their own. Where rows have no tenants it is left to its owner; else permissive policies would show
-- what tenancy hides, and the refusal gives restrictive ones that mean the same.
\i include/world.sql
create role own_clerk;
create role own_auditor;
grant own_clerk, own_auditor to app;
set role owner;
create table app.config (one boolean primary key default true);
alter table app.config enable row level security;
create policy readable on app.config for select using (true);
select tenancy.protect('app.config', 'untenanted');
create policy changeable on app.config for update using (current_user = 'owner');
alter policy changeable on app.config using (false);
select polname, polpermissive from pg_policy where polrelid = 'app.config'::regclass order by 1;
reset role;
select code, object from tenancy.lint() where object ~ 'config' and severity <> 'notice';
select tenancy.mend('app.config');
select tenancy.release('app.config');
select relrowsecurity, relforcerowsecurity from pg_class where oid = 'app.config'::regclass;
select tenancy.protect('app.config', 'required', 'one');

-- several for one command, for different roles, and none for others; what they show before and after
create table app.members (id integer primary key, tenant_id uuid not null, person text, state text);
alter table app.members owner to owner;
insert into app.members select n, t.id, (array['ann', 'bob'])[n % 2 + 1], (array['here', 'ghost', 'here'])[n % 3 + 1]
  from generate_series(1, 12) n, tenancy.tenants t where t.name = 'Acme';
grant select, insert, update, delete on app.members to own_clerk, own_auditor, app;
grant usage on schema app to own_clerk, own_auditor;
set role owner;
alter table app.members enable row level security;
create policy "own row" on app.members to own_clerk using (person = 'ann') with check (person = 'ann' and state <> 'ghost');
create policy mates on app.members for select to own_clerk, own_auditor using (state <> 'ghost');
create policy audits on app.members for update to own_auditor using (id > 6) with check (id > 6 and state <> 'here');
reset role;
create function app.seen() returns table (who text, sees text, inserts text, updates text, deletes text) language plpgsql as $$
declare
  role name; tenant uuid := (select tenant_id from app.members limit 1);
begin
  perform tenancy.enter_tenant((select t.id from tenancy.tenants t where t.kind = 'service_provider'), 'administrator');
  -- beside the rows of others, those that row security of one's own hides
  foreach role in array array['own_clerk', 'own_auditor', 'app', 'carol'] loop
    who := role; sees := ''; inserts := ''; updates := ''; deletes := '';
    execute format('set local role %I', role);
    begin
      select string_agg(id::text, ' ' order by id) into sees from app.members;
    exception when insufficient_privilege then sees := 'none'; end;
    begin
      insert into app.members values (100, tenant, 'ann', 'here'); inserts := inserts || ' ann';
      raise exception using errcode = 'P0001';
    exception when insufficient_privilege then null; when raise_exception then null; end;
    begin
      insert into app.members values (101, tenant, 'bob', 'here'); inserts := inserts || ' bob';
      raise exception using errcode = 'P0001';
    exception when insufficient_privilege then null; when raise_exception then null; end;
    begin
      with u as (update app.members set state = 'away' returning id) select string_agg(id::text, ' ' order by id) into updates from u;
      raise exception using errcode = 'P0001';
    exception when insufficient_privilege then updates := 'refused'; when raise_exception then null; end;
    begin
      with d as (delete from app.members returning id) select string_agg(id::text, ' ' order by id) into deletes from d;
      raise exception using errcode = 'P0001';
    exception when insufficient_privilege then deletes := 'refused'; when raise_exception then null; end;
    reset role;
    return next;
  end loop;
end $$;
select * from app.seen();
create temp table before as select * from app.seen();
set role owner;
select tenancy.protect('app.members', 'required');
-- the hint is followed to the letter
reset role;
create function app.follow_hint() returns text language plpgsql as $$
declare
  hint text; message text;
begin
  perform tenancy.protect('app.members', 'required');
  return 'protected';
exception when object_not_in_prerequisite_state then
  get stacked diagnostics hint = pg_exception_hint;
  execute regexp_replace(hint, '^.*?: ', '');
  return 'followed';
end $$;
alter function app.follow_hint owner to owner;
set role owner;
select app.follow_hint();
select app.follow_hint();
reset role;
(select 'before', * from before except select 'before', * from app.seen())
union all
(select 'after', * from app.seen() except select 'after', * from before);
select * from app.seen();
set role owner;
-- a new one
create policy more on app.members for select using (true);
create policy less on app.members as restrictive for select using (true);
-- none for a command, and none for old rows
reset role;
select tenancy.release('app.members');
do $$ declare p name; begin for p in select polname from pg_policy where polrelid = 'app.members'::regclass loop execute format('drop policy %I on app.members', p); end loop; end $$;
create policy come on app.members for insert with check (person = 'ann');
create policy "look at" on app.members for select using (id < 5);
set role owner;
select tenancy.protect('app.members', 'required');
select app.follow_hint();
select app.follow_hint();
reset role;
select * from app.seen();
set role owner;
-- policies that were never in force are not brought into force
create table app.loose (id integer, tenant_id uuid);
create policy loose on app.loose using (false);
select tenancy.protect('app.loose', 'required');
-- one policy for all commands, and one of a partition
create table app.split (id integer, tenant_id uuid) partition by range (id);
create table app.split_1 partition of app.split default;
alter table app.split_1 enable row level security;
create policy one on app.split_1 using (id > 0);
select tenancy.protect('app.split', 'required');
reset role;
-- in a governed schema
create schema own_gov authorization owner;
insert into tenancy.governed_schemas (schema_name) values ('own_gov');
set role owner;
create table own_gov.people (id uuid primary key);
alter table own_gov.people enable row level security;
create policy self on own_gov.people using (id = tenancy.current_user_id());
select tenancy.protect('own_gov.people', 'untenanted');
insert into own_gov.people values (gen_random_uuid());
