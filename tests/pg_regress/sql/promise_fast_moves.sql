-- Moving a subtree looks up what its own rows refer to: it does not read through the rows of others, in whatever way.
\c - postgres
insert into tenancy.tenants (name) values ('Provider');
insert into tenancy.tenants (name, allows_subtenants) values ('Here', true), ('There', true), ('Others', false);
insert into tenancy.tenants (name, parent_id, allows_subtenants) select 'Top', id, true from tenancy.tenants where name = 'Here';
insert into tenancy.tenants (name, parent_id) select 'Below ' || n, t.id from generate_series(1, 5) n, tenancy.tenants t where t.name = 'Top';

insert into tenancy.tenants (name) select 'Other ' || n from generate_series(1, 3000) n;
analyze tenancy.tenants;

create schema firm;
create table firm.customers (id bigint primary key, tenant_id uuid not null);
create table firm.orders (id bigint primary key, tenant_id uuid not null, customer_id bigint not null references firm.customers);
insert into firm.customers select n, t.id from generate_series(1, 10000) n, tenancy.tenants t where t.name = 'Others';
insert into firm.customers select -row_number() over (order by name), id from tenancy.tenants where name = 'Top' or name like 'Below %';
insert into firm.orders select n, t.id, n from generate_series(1, 10000) n, tenancy.tenants t where t.name = 'Others';
insert into firm.orders
select -row_number() over (order by t.name, n, c.id), t.id, c.id
from tenancy.tenants t, generate_series(1, 100) n, firm.customers c, tenancy.tenants o
where t.name like 'Below %' and o.name = case when n % 2 = 0 then 'Top' else t.name end and c.tenant_id = o.id;
create index on firm.orders (customer_id);
select from tenancy.protect('firm.customers', 'required');
select from tenancy.protect('firm.orders', 'required');
-- as if each tenant had a few rows: with so few tenants it hangs on their random ids what the planner thinks best
alter table firm.customers alter tenant_id set (n_distinct = 3000);
alter table firm.orders alter tenant_id set (n_distinct = 3000);
analyze firm.customers, firm.orders;

create procedure pg_temp.move_to(name text) language plpgsql as $$
declare
  before bigint[]; read bigint[];
begin
  before := pg_temp.read_so_far();
  update tenancy.tenants set parent_id = (select t.id from tenancy.tenants t where t.name = move_to.name) where tenants.name = 'Top';
  read := pg_temp.read_so_far();
  raise notice 'few rows read: %, few tenants read: %', read[1] - before[1] < 1500, read[2] - before[2] < 1500;
end
$$;
create function pg_temp.read_so_far() returns bigint[] language sql as $$
  select array_agg(rows order by schemaname)
  from (
    select schemaname, sum(seq_tup_read + idx_tup_fetch)::bigint as rows
    from pg_stat_xact_user_tables
    where schemaname = 'firm' or schemaname = 'tenancy' and relname = 'tenants'
    group by schemaname
  ) read
$$;

call pg_temp.move_to('There');
set plan_cache_mode = force_generic_plan;
call pg_temp.move_to('Here');
reset plan_cache_mode;

-- what it may no longer refer to is found all the same
update firm.customers set tenant_id = (select id from tenancy.tenants where name = 'Here') where id = (select min(id) from firm.customers);
update firm.orders set customer_id = (select min(id) from firm.customers) where id = -1;
update tenancy.tenants set parent_id = (select id from tenancy.tenants where name = 'There') where name = 'Top';
