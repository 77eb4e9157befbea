-- The foreign keys from tenant columns hold without PostgreSQL's triggers on tenants, so that no table is dropped, released, attached or
-- detached by locking tenants.
\i include/world.sql
create table app.counted (id integer primary key, tenant_id bigint);
create table app.divided (id integer, tenant_id uuid not null) partition by list (id);
create table app.divided_1 partition of app.divided for values in (1);
create table app.divided_2 (id integer, tenant_id uuid not null);
create table app.above (id integer, tenant_id uuid not null);
create table app.below () inherits (app.above);
create table app.own_key (id integer, tenant_id uuid references tenancy.tenants);
create table app.cascading (id integer, tenant_id uuid references tenancy.tenants on delete cascade);
create table app.unprotected (id integer, tenant_id uuid references tenancy.tenants);
\o /dev/null
select tenancy.protect(t, 'required', create_index => 'never') from unnest('{app.divided,app.divided_2,app.above}'::regclass[]) t;
select tenancy.protect(t, 'optional', create_index => 'never') from unnest('{app.counted,app.own_key,app.cascading}'::regclass[]) t;
\o
create view app.keys as
  select k.conrelid::regclass::text as relation, (select count(*) from pg_trigger t where t.tgconstraint = k.oid and t.tgrelid = k.confrelid) as triggers
  from pg_constraint k
  where k.confrelid = 'tenancy.tenants'::regclass and k.conparentid = 0 and k.connamespace = 'app'::regnamespace
  order by 1;
-- those that change rows, and those of tables that are not protected, stay PostgreSQL's
select * from app.keys;

-- a tenant with rows is neither deleted nor given another key, whatever table they are in
insert into tenancy.tenants (id, name, number) values (:nowhere, 'Leaving', 2000);
create procedure app.holds(what text) language plpgsql as $$
begin
  execute what;
  begin
    delete from tenancy.tenants where number = 2000;
    raise notice 'deleted';
  exception when foreign_key_violation then raise notice '%', sqlerrm;
  end;
  begin
    update tenancy.tenants set number = 2001 where number = 2000;
    raise notice '%', case when found then 'changed' else 'gone' end;
  exception when others then raise notice '%', sqlerrm;
  end;
  rollback;
end
$$;
call app.holds($$insert into app.documents values (20, 'd0000000-0000-0000-0000-000000000000', 'x')$$);
call app.holds($$insert into app.counted values (20, 2000)$$);
call app.holds($$insert into app.divided values (1, 'd0000000-0000-0000-0000-000000000000')$$);
call app.holds($$insert into app.below values (1, 'd0000000-0000-0000-0000-000000000000')$$);
call app.holds($$insert into app.own_key values (1, 'd0000000-0000-0000-0000-000000000000')$$);
call app.holds($$insert into app.unprotected values (1, 'd0000000-0000-0000-0000-000000000000')$$);
call app.holds('select');
-- what goes with the tenant is gone before the others are asked
insert into app.cascading values (1, :nowhere);
begin; delete from tenancy.tenants where id = :nowhere; select count(*) from app.cascading; rollback;
delete from app.cascading;

-- after whatever happens to the table
alter table app.divided attach partition app.divided_2 for values in (2);
alter table app.divided detach partition app.divided_1;
alter table app.documents drop constraint documents_tenant_id_fkey, add constraint again foreign key (tenant_id) references tenancy.tenants;
select tenancy.release('app.above');
select tenancy.mend('app.counted');
select * from app.keys;
call app.holds($$insert into app.divided values (2, 'd0000000-0000-0000-0000-000000000000')$$);
call app.holds($$insert into app.divided_1 values (1, 'd0000000-0000-0000-0000-000000000000')$$);
call app.holds($$insert into app.documents values (20, 'd0000000-0000-0000-0000-000000000000', 'x')$$);
-- a released table's own foreign key holds on
select tenancy.release('app.own_key');
call app.holds($$insert into app.own_key values (1, 'd0000000-0000-0000-0000-000000000000')$$);
drop table app.own_key, app.divided_1;
-- the rest of the table is dropped without a word to tenants
begin;
drop table app.divided;
select tenancy.release('app.documents');
select mode from pg_locks where pid = pg_backend_pid() and relation = 'tenancy.tenants'::regclass and mode like '%Exclusive%' order by 1;
rollback;
select code, object from tenancy.lint() where code like 'tenant_key%' or code = 'own_trigger_disabled';
-- no rows are left, and the tenant goes
delete from tenancy.tenants where id = :nowhere;
