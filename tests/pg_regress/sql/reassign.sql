\i include/world.sql
-- Rows are parked in the no-tenant and moved out of it later, with those that follow them.
select id as parked from tenancy.tenants where kind = 'none' \gset
set role owner;
create table app.machines (id integer primary key, tenant_id uuid not null, name text);
create table app.parts (id integer primary key, tenant_id uuid not null,
  machine_id integer constraint machine references app.machines);
create table app.logs (id integer primary key, tenant_id uuid not null,
  machine_id integer constraint machine references app.machines);
select tenancy.protect('app.machines', 'required', create_index => 'never'),
  tenancy.protect('app.parts', 'required', create_index => 'never'),
  tenancy.protect('app.logs', 'required', create_index => 'never') \g /dev/null
select tenancy.set_reference_rule('app.parts', 'machine', on_tenant_change => 'cascade');
reset role;
insert into app.machines select n, :'parked', 'machine ' || n from generate_series(1, 6) n;
insert into app.parts (id, machine_id) select n, n from generate_series(1, 6) n;
grant select, insert, update, delete on all tables in schema app to app;

-- an administrator moves them out; what follows them follows
\c - app
begin;
call app.act_as('ada');
select tenancy.reassign('app.machines', 'id <= 2', 'a0000000-0000-0000-0000-000000000000');
select tenancy.reassign('app.machines', $$name like '%3' -- a comment$$, 'b0000000-0000-0000-0000-000000000000');
select tenancy.reassign('app.machines', 'id = 2', 'a0000000-0000-0000-0000-000000000000') as there_already;
commit;
\c - postgres
select m.id, t.name, p.tenant_id = m.tenant_id as part_follows
from app.machines m join app.parts p on p.machine_id = m.id join tenancy.tenants t on t.id = m.tenant_id order by 1;

-- what refers to a row and may not stay behind keeps it where it is, and with it all the others
insert into app.logs values (1, 'a0000000-0000-0000-0000-000000000000', 1);
\c - app
begin;
call app.act_as('ada');
select tenancy.reassign('app.machines', 'id < 3', 'b0000000-0000-0000-0000-000000000000');
rollback;
begin;
call app.act_as('ada');
select tenancy.reassign('app.parts', 'id = 1', 'b0000000-0000-0000-0000-000000000000');
rollback;
\c - postgres
select id, tenant_id from app.machines where id < 3 order by 1;

-- an ordinary user finds rows that it may write, and moves them where it may write, nothing else
\c - app
begin;
call app.act_as('mia');
select tenancy.reassign('app.machines', 'true', 'ae000000-0000-0000-0000-000000000000');
rollback;
begin;
call app.act_as('mia');
select tenancy.reassign('app.machines', 'id = 2', 'ae000000-0000-0000-0000-000000000000');
select tenancy.reassign('app.machines', 'id > 2', 'ae000000-0000-0000-0000-000000000000') as hidden;
select m.id, t.name, p.tenant_id = m.tenant_id as part_follows
from app.machines m join app.parts p on p.machine_id = m.id join tenancy.tenants t on t.id = m.tenant_id order by 1;
commit;
-- another's tenant and none at all look the same
begin;
call app.act_as('mia');
savepoint s;
select tenancy.reassign('app.machines', 'id = 2', 'b0000000-0000-0000-0000-000000000000');
rollback to s;
select tenancy.reassign('app.machines', 'id = 2', 'd0000000-0000-0000-0000-000000000000');
rollback to s;
select tenancy.reassign('app.machines', 'id = 2', '00000000-0000-8000-8000-000000000002');
rollback to s;
-- rows become public only by those who may write these, and only where there are public rows
select tenancy.reassign('app.articles', 'true', null);
rollback to s;
select tenancy.reassign('app.machines', 'true', null);
rollback;
begin;
call app.act_as('ada');
select tenancy.reassign('app.articles', 'id = 2', null);
select tenancy.reassign('app.articles', 'id <= 2', 'b0000000-0000-0000-0000-000000000000');
select id, tenant_id from app.articles order by 1;
rollback;
-- whoever reads a tenant but writes none of it moves nothing out; whoever acts for nobody, neither
begin;
call app.act_as('aud');
select tenancy.reassign('app.documents', 'true', 'a0000000-0000-0000-0000-000000000000');
rollback;
begin;
call app.act_as('pol');
select tenancy.reassign('app.documents', 'id = 1', 'ae000000-0000-0000-0000-000000000000') as cannot_be_read_there;
rollback;
begin;
call app.act_as('pia');
select tenancy.reassign('app.documents', 'true', '10000000-0000-0000-0000-000000000000');
rollback;
select tenancy.reassign('app.documents', 'true', 'a0000000-0000-0000-0000-000000000000');

-- the condition is one expression, and nothing else
begin;
call app.act_as('ann');
savepoint s;
select tenancy.reassign('app.machines', 'true); delete from app.parts; select (true', 'a0000000-0000-0000-0000-000000000000');
rollback to s;
select tenancy.reassign('app.machines', 'true; delete from app.parts', 'a0000000-0000-0000-0000-000000000000');
rollback to s;
select tenancy.reassign('app.machines', 'true;', 'a0000000-0000-0000-0000-000000000000');
rollback to s;
select tenancy.reassign('app.machines', 'true) or (true', 'a0000000-0000-0000-0000-000000000000');
rollback to s;
select tenancy.reassign('app.machines', 'true) returning (id', 'a0000000-0000-0000-0000-000000000000');
rollback to s;
select tenancy.reassign('app.machines', 'true from app.parts', 'a0000000-0000-0000-0000-000000000000');
rollback to s;
select tenancy.reassign('app.machines', 'true where true', 'a0000000-0000-0000-0000-000000000000');
rollback to s;
select tenancy.reassign('app.machines', 'true, true', 'a0000000-0000-0000-0000-000000000000');
rollback to s;
select tenancy.reassign('app.machines', 'true as x', 'a0000000-0000-0000-0000-000000000000');
rollback to s;
select tenancy.reassign('app.machines', 'true union select true', 'a0000000-0000-0000-0000-000000000000');
rollback to s;
select tenancy.reassign('app.machines', 'all true', 'a0000000-0000-0000-0000-000000000000');
rollback to s;
select tenancy.reassign('app.machines', '*', 'a0000000-0000-0000-0000-000000000000');
rollback to s;
select tenancy.reassign('app.machines', '', 'a0000000-0000-0000-0000-000000000000');
rollback to s;
select tenancy.reassign('app.machines', '/*', 'a0000000-0000-0000-0000-000000000000');
rollback to s;
select tenancy.reassign('app.machines', '-- nothing', 'a0000000-0000-0000-0000-000000000000');
rollback to s;
select tenancy.reassign('app.machines', 'current of c', 'a0000000-0000-0000-0000-000000000000');
rollback to s;
select tenancy.reassign('app.machines', 'id = $1', 'a0000000-0000-0000-0000-000000000000');
rollback to s;
select tenancy.reassign('app.machines', 'id', 'a0000000-0000-0000-0000-000000000000');
rollback to s;
-- what it reads, it reads with the rights of the caller
select tenancy.reassign('app.machines', 'exists (select from tenancy.token_secrets)', 'a0000000-0000-0000-0000-000000000000');
rollback to s;
select tenancy.reassign('app.machines', 'id in (select id from app.documents where tenant_id::text like ''b%'')', 'a0000000-0000-0000-0000-000000000000');
rollback;
\c - postgres
revoke update on app.machines from app;
\c - app
begin;
call app.act_as('ann');
select tenancy.reassign('app.machines', 'true', 'a0000000-0000-0000-0000-000000000000');
rollback;
begin read only;
call app.act_as('ada');
select tenancy.reassign('app.documents', 'true', 'a0000000-0000-0000-0000-000000000000');
rollback;

-- what is refused to everybody
\c - postgres
create table app.open (id integer);
create table app.shared (id integer);
select tenancy.protect('app.shared', 'untenanted');
select tenancy.reassign('app.open', 'true', :acme);
select tenancy.reassign('app.shared', 'true', :acme);
select tenancy.reassign('app.machines', 'true', :nowhere);
select tenancy.reassign('app.machines', 'true', null);
select tenancy.reassign(null, 'true', :acme);
select tenancy.reassign('app.machines', null, :acme);
update tenancy.tenants set status = 'inactive' where id = :west;
select tenancy.reassign('app.documents', 'true', :west);
\c - app
begin;
call app.act_as('ada');
select tenancy.reassign('app.documents', 'true', 'af000000-0000-0000-0000-000000000000');
rollback;
begin;
call app.act_as('ann');
select tenancy.reassign('app.documents', 'true', 'af000000-0000-0000-0000-000000000000');
rollback;

-- tenants by number; names that look like places; a table divided by tenant, and one part of it
\c - postgres
create table app."{condition}" (id integer primary key, "Tenant" integer);
insert into app."{condition}" values (1, 1010), (2, null), (3, 1020);
select tenancy.protect('app."{condition}"', 'optional', 'Tenant', create_index => 'never');
select tenancy.reassign('app."{condition}"', '"{condition}".id < 3', :globex);
select * from app."{condition}" order by id;
create table app.events (id integer, tenant bigint not null) partition by list (tenant);
create table app.events_acme partition of app.events for values in (1010);
create table app.events_rest partition of app.events default;
insert into app.events values (1, 1010), (2, 1010), (3, 1020);
select tenancy.protect('app.events', 'required', 'tenant', create_index => 'never');
select tenancy.reassign('app.events', 'id in (1, 3)', :east);
select tableoid::regclass, * from app.events order by id;
select tenancy.reassign('app.events_rest', 'true', :west);
update tenancy.tenants set status = 'active' where id = :west;
select tenancy.reassign('app.events_rest', 'true', :globex);
select tableoid::regclass, * from app.events order by id;

-- while it runs it shows how many rows are done
create function app.look() returns trigger language plpgsql as $$
  declare p record;
  begin
    perform pg_stat_clear_snapshot();
    select operation, phase, relation, rows_done, rows_total, t.name into p
    from tenancy.progress join tenancy.tenants t on t.id = tenant where pid = pg_backend_pid();
    raise notice '%', p;
    return null;
  end $$;
create trigger zzz_look after update on app.documents for each row execute function app.look();
select tenancy.reassign('app.documents', 'id <= 3', :globex);

-- table after table, with the foreign keys checked at commit: of a superuser's tables. Of others' each statement is checked when it ends,
-- and the HINT does not say otherwise; what it says instead leads out
\c - postgres
create table app.makers (id integer primary key, tenant_id uuid);
create table app.models (id integer primary key, tenant_id uuid, maker_id integer references app.makers deferrable);
insert into app.makers values (1, :acme);
insert into app.models values (1, :acme, 1);
select tenancy.protect('app.makers', 'required', create_index => 'never'), tenancy.protect('app.models', 'required', create_index => 'never') \g /dev/null
begin;
set constraints all deferred;
select tenancy.reassign('app.makers', 'true', :globex);
select tenancy.reassign('app.models', 'true', :globex);
commit;
begin;
set constraints all deferred;
select tenancy.reassign('app.makers', 'true', :acme);
commit;
alter table app.models owner to owner;
alter table app.makers owner to owner;
begin;
set constraints all deferred;
select tenancy.reassign('app.makers', 'true', :acme);
rollback;
with a as (update app.makers set tenant_id = :acme) update app.models set tenant_id = :acme;
select tenancy.set_reference_rule('app.models', 'models_maker_id_fkey', on_tenant_change => 'cascade');
select tenancy.reassign('app.makers', 'true', :globex);
select tenant_id = :globex as followed from app.models;
