-- delete_tenant: an inactive tenant with all its rows, or its rows from some tables. For administrators.
\i include/world.sql
-- A table that refers to itself, two that refer to each other, a number as the tenant, partitions, and what is deferred.
set role owner;
create table app.folders (id integer primary key, tenant_id uuid not null, above integer references app.folders);
create table app.pages (id integer primary key, tenant_id uuid not null, folder integer references app.folders on delete restrict, cover integer);
create table app.pictures (id integer primary key, tenant_id uuid not null, page integer references app.pages, article integer references app.articles);
alter table app.pages add foreign key (cover) references app.pictures;
create table app.visits (page integer references app.pages deferrable initially deferred, tenant integer not null, day date) partition by range (day);
create table app.visits_old partition of app.visits for values from (minvalue) to ('2026-01-01');
create table app.visits_new partition of app.visits for values from ('2026-01-01') to (maxvalue);
insert into app.folders values (1, :east, null), (2, :east, 1), (3, :east, 2), (4, :acme, null), (5, :globex, null);
insert into app.pages values (1, :east, 3, null), (2, :east, 1, null), (3, :acme, 4, null), (4, :globex, 5, null);
insert into app.pictures values (1, :east, 1, 1), (2, :east, 2, 3), (3, :globex, 4, 4);
update app.pages set cover = 3 - id where id < 3;
insert into app.visits values (1, 1011, '2025-12-31'), (2, 1011, '2026-01-01'), (4, 1020, '2026-02-02');
\o /dev/null
select tenancy.protect(t, 'required') from unnest('{app.folders,app.pages,app.pictures}'::regclass[]) t;
select tenancy.protect('app.visits', 'required', 'tenant');
\o
reset role;

-- who may
\c - alice
select * from tenancy.delete_tenant(:globex);
\c - app
select * from tenancy.delete_tenant(:globex);
-- what may
\c - carol
select * from tenancy.delete_tenant(null);
select * from tenancy.delete_tenant(:nowhere);
select * from tenancy.delete_tenant(:provider);
select * from tenancy.delete_tenant('00000000-0000-8000-8000-000000000001');
select * from tenancy.delete_tenant('00000000-0000-8000-8000-000000000002', dry_run => true);
select * from tenancy.delete_tenant(:east);
select * from tenancy.delete_tenant(:east, '{app.pages,pg_class}');
select * from tenancy.delete_tenant(:east, array['app.pages'::regclass, null]);
select * from tenancy.delete_tenant(:east, '{app.visits_old}');

-- what would go, also of an active tenant
select * from tenancy.delete_tenant(:east, dry_run => true);
select * from tenancy.delete_tenant(:east, '{app.pictures,app.visits,app.pages}', dry_run => true);
-- parts of it: not what the tenant's own rows in other tables refer to
update tenancy.tenants set status = 'inactive' where id = :east;
select * from tenancy.delete_tenant(:east, '{app.folders,app.visits}');
select * from tenancy.delete_tenant(:east, '{app.visits,app.documents}');

-- all of it
select * from tenancy.delete_tenant(:east);
select * from tenancy.delete_tenant(:east);
select event, tenant_id = :provider as by_provider, user_id = md5('ada')::uuid as by_ada, detail from tenancy.activity where event = 'delete_tenant';
-- not one row is left, in no table of the database
\c - postgres
create function app.rows_naming(value text) returns table (relation text, rows bigint) language plpgsql as $$
declare c record;
begin
  for c in select a.attrelid::regclass r, a.attname from pg_attribute a join pg_class t on t.oid = a.attrelid
    where t.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
      and (a.atttypid in ('uuid'::regtype, 'integer'::regtype, 'bigint'::regtype) and t.relnamespace::regnamespace::text in ('app', 'tenancy'))
  loop
    return query execute format('select %L, count(*) from %s where %I::text = $1 having count(*) > 0', c.r, c.r, c.attname) using value;
  end loop;
end $$;
select * from app.rows_naming(:east);
select * from app.rows_naming('1011');
select * from app.rows_naming(:globex) order by 1;

-- what other tenants' rows refer to stays: Acme's rows, while West's refer to them
alter table app.documents add column folder integer references app.folders on delete cascade;
update app.documents set folder = 4 where id in (1, 4);
update tenancy.tenants set status = 'inactive' where id = :acme;
\c - carol
select * from tenancy.delete_tenant(:acme, '{app.folders,app.pages,app.documents}', dry_run => true);
select * from tenancy.delete_tenant(:acme);
update app.documents set folder = null where id = 4;
-- not while it has subtenants
select * from tenancy.delete_tenant(:acme);
select * from tenancy.delete_tenant(:acme, '{app.folders,app.pages,app.documents}');
-- not while a role names it or its groups
delete from tenancy.tenants where id = :west;
update tenancy.tenants set status = 'inactive' where id = :west;
select * from tenancy.delete_tenant(:west);
insert into tenancy.roles (name, read_access, read_tenant_id) values ('at acme', 'tenant', :acme);
insert into tenancy.roles (name, read_access, read_group_id)
  values ('below acme', 'group', tenancy.system_group_id(:acme, 'subtenants'));
select * from tenancy.delete_tenant(:acme);
delete from tenancy.roles where name in ('at acme', 'below acme');
select * from tenancy.delete_tenant(:acme);
select relation, count(*) from tenancy.violations() group by 1;

-- a trigger that keeps rows
\c - postgres
update tenancy.tenants set status = 'inactive' where id = :globex;
create function app.keep() returns trigger language plpgsql as 'begin return null; end';
create trigger keep before delete on app.visits_new for each row execute function app.keep();
select * from tenancy.delete_tenant(:globex);
drop trigger keep on app.visits_new;
-- a circle of two owners
insert into tenancy.referring_owners (relation, owner) values ('app.articles', 'alice'), ('app.pages', 'alice'), ('app.pictures', 'owner'), ('app.folders', 'alice');
alter table app.pictures owner to alice;
select * from tenancy.delete_tenant(:globex);
alter table app.pictures owner to owner;
-- tables of two owners, where a row that would stay refers to one that would go
create table app.notes (id integer primary key, tenant_id uuid not null, folder integer references app.folders on delete cascade);
alter table app.notes owner to alice;
insert into app.notes values (1, :globex, 5);
select tenancy.protect('app.notes', 'required', create_index => 'never');
select * from tenancy.delete_tenant(:globex, '{app.folders,app.pages,app.pictures,app.visits}');
-- the superuser has no context, the rows go as their tables' owners
begin isolation level serializable;
select * from tenancy.delete_tenant(:globex);
select * from app.rows_naming(:globex);
commit;
select event, tenant_id, user_id, detail from tenancy.activity order by id desc limit 1;

-- many rows of partitions, by the table's name where that makes a difference
\set leaving '''fa000000-0000-0000-0000-000000000000'''
insert into tenancy.tenants (id, name) values (:leaving, 'Leaving');
set role owner;
create table app.meters (id integer, tenant_id uuid not null, next integer, primary key (id)) partition by hash (id);
select format('create table app.meters_%s partition of app.meters for values with (modulus 5, remainder %s)', n, n) from generate_series(0, 4) n \gexec
alter table app.meters add foreign key (next) references app.meters;
reset role;
select tenancy.protect('app.meters', 'required', create_index => 'never') \g /dev/null
insert into app.meters values (0, :provider, null);
insert into app.meters select n, :leaving, n - n % 10 from generate_series(1, 12000) n;
update tenancy.tenants set status = 'inactive' where id = :leaving;
create function app.say() returns trigger language plpgsql as $$begin raise notice '% %', tg_op, tg_table_name; return null; end$$;
create trigger say after delete on app.meters for each statement execute function app.say();
begin; select * from tenancy.delete_tenant(:leaving); rollback;
drop trigger say on app.meters;
insert into tenancy.referring_owners (relation, owner) values ('app.meters', 'alice');
alter table app.meters_2 owner to alice;
begin; select * from tenancy.delete_tenant(:leaving); rollback;
select format('alter table app.meters_%s owner to owner', n) from generate_series(0, 4) n \gexec
select * from tenancy.delete_tenant(:leaving);
select tableoid::regclass, * from app.meters;
