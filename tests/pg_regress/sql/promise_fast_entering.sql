-- Promise 5, a context of many tenants: all below are found and no others, worked out once, and not kept for nobody.
\c - postgres
\set ECHO none
update tenancy.installation set max_depth = 0;
insert into tenancy.tenants (name, allows_subtenants) values ('Provider', true), ('Top', true), ('Other', true);
create procedure pg_temp.add(label text, above text, times integer) language sql as $$
  insert into tenancy.tenants (name, parent_id, allows_subtenants)
  select label || n || ' of ' || t.name, t.id, true from tenancy.tenants t, generate_series(1, times) n where t.name like above
$$;
-- 700 on a level, below which a hundred have nobody and one has very many
call pg_temp.add('A', 'Top', 700);
call pg_temp.add('B', 'A_00 of Top', 3);
call pg_temp.add('B', 'A2_ of Top', 40);
call pg_temp.add('C', 'B1 of A300 of Top', 900);
call pg_temp.add('D', 'C7__ of %', 1);
call pg_temp.add('X', 'Other', 10100);
update tenancy.tenants set status = 'inactive' where name in ('A300 of Top', 'B2 of A21 of Top', 'A1 of Top');
create view app.below as
with recursive below as (
  select t.id, t.status from tenancy.tenants t where t.name = 'Top'
  union all
  select t.id, t.status from below b join tenancy.tenants t on t.parent_id = b.id
)
select * from below;
insert into tenancy.roles (name, read_access) values ('wide', 'home_subtenants'), ('related', 'home_relatedtenants');
create table app.top as select id, name from tenancy.tenants where name in ('Top', 'Other');
create table app.notes (id integer primary key, tenant_id uuid not null);
insert into app.notes select number, id from tenancy.tenants where kind = 'tenant';
select from tenancy.protect('app.notes', 'required');
analyze app.notes, tenancy.tenants;
grant select on app.notes, app.top to app;
grant execute on function tenancy.enter_tenant to app;
\set ECHO all

-- all below, each once, also below those that are inactive
select count(*) there, count(*) filter (where status = 'inactive') inactive from app.below;
select count(*) found, count(distinct id) different, bool_and(id in (select id from app.below)) right
from tenancy.subtenants((select id from app.top where name = 'Top')) id;
select count(*) found, bool_and(id in (select id from app.below)) right
from tenancy.relatedtenants((select id from tenancy.tenants where name = 'C9 of B1 of A300 of Top')) id;
select array_agg(n order by n) from (select t.name n from tenancy.subtenants((select id from tenancy.tenants where name = 'A20 of Top')) s join tenancy.tenants t on t.id = s limit 4) x;

-- nobody is looked for below those that may have nobody
update tenancy.tenants t set allows_subtenants = false
where not exists (select from tenancy.tenants b where b.parent_id = t.id) and name not like 'C1%' and kind = 'tenant';
select count(*) found, count(distinct id) different, bool_and(id in (select id from app.below)) right
from tenancy.subtenants((select id from app.top where name = 'Top')) id;

-- whoever makes them circle by force: it ends
begin;
alter table tenancy.tenants disable trigger user;
update tenancy.tenants set parent_id = (select id from tenancy.tenants where name = 'B1 of A100 of Top') where name = 'Top';
select count(*) found, count(distinct id) different from tenancy.subtenants((select id from app.top where name = 'Top')) id;
rollback;

-- how many tenants a statement looks up
\set ECHO none
create function app.looked_up() returns bigint language sql volatile security definer as $$
  select pg_stat_get_xact_tuples_fetched('tenancy.tenants_parent_id_idx'::regclass)
$$;
create procedure app.looks_up(command text, inout many boolean default null) language plpgsql as $$
declare before constant bigint := app.looked_up();
begin
  execute command;
  many := app.looked_up() - before > 1500;
end
$$;
create function app.lists(query text) returns boolean language plpgsql set enable_seqscan = off as $$
declare plan text;
begin
  execute 'explain (format json) ' || query into plan;
  return plan like '%readable_tenants%';
end
$$;
\c - app
\set ECHO all
begin;
call app.looks_up($$ select tenancy.enter_tenant((select id from app.top where name = 'Top'), 'wide') $$);
call app.looks_up($$ select from app.notes $$);
select count(*) from app.notes;
commit;

-- nobody asks: it goes with the transaction
\c - app
begin;
call app.looks_up($$ select tenancy.enter_tenant((select id from app.top where name = 'Top'), 'wide') $$);
call app.looks_up($$ select tenancy.enter_tenant((select id from app.top where name = 'Top'), 'wide') $$);
commit;
begin;
call app.looks_up($$ select tenancy.enter_tenant((select id from app.top where name = 'Top'), 'wide') $$);
-- somebody asks, in a savepoint that is rolled back
savepoint s;
call app.looks_up($$ select from app.notes $$);
rollback to s;
call app.looks_up($$ select from app.notes $$);
commit;

-- very many are listed for an index where they have few of the rows: the planner looks at each of them
begin;
select from tenancy.enter_tenant((select id from app.top where name = 'Other'), 'wide');
select app.lists('select from app.notes') notes, app.lists('select from tenancy.tenants') tenants;
select count(*) from app.notes;
commit;
\c - postgres
\set ECHO none
alter table app.notes alter tenant_id set (n_distinct = 1000000);
analyze app.notes;
\c - app
\set ECHO all
begin;
select from tenancy.enter_tenant((select id from app.top where name = 'Other'), 'wide');
select app.lists('select from app.notes') notes;
select count(*) from app.notes;
commit;
