-- Promise 5: for each kind of query and each reach of a context the plan has the shape of the one by hand: the same nodes, indexes,
-- order, joins. What plans look like differs between versions of PostgreSQL, so that they are compared, not shown.
\i include/world.sql
\set ECHO none
insert into tenancy.tenants (id, name) select md5('Tenant ' || n)::uuid, 'Tenant ' || n from generate_series(1, 200) n;
insert into tenancy.tenant_groups (name) values ('half');
insert into tenancy.tenant_group_members (group_id, tenant_id)
  select g.id, t.id from tenancy.tenant_groups g join tenancy.tenants t on t.number % 2 = 0 where g.name = 'half' and t.kind = 'tenant';
insert into tenancy.roles (name, read_access, read_group_id) select 'half', 'group', id from tenancy.tenant_groups where name = 'half';
create table app.tenant as select row_number() over (order by number) as n, id, number from tenancy.tenants where kind <> 'none';
grant select on app.tenant to public;
alter table app.tenant owner to owner;
set role owner;
create table app.customers (id bigint primary key, tenant_id uuid not null, region integer);
create table app.orders (id bigint primary key, tenant_id uuid not null, customer_id bigint not null references app.customers,
  product_id bigint, at timestamptz not null, amount integer not null, note text);
create table app.payments (id bigint primary key, tenant integer not null, order_id bigint not null, amount integer);
create table app.products (id bigint primary key, tenant_id uuid, title text);
create table app.events (id bigint, tenant_id uuid not null, at timestamptz, value integer) partition by hash (tenant_id);
select format('create table app.events_%s partition of app.events for values with (modulus 4, remainder %s)', n, n) from generate_series(0, 3) n \gexec
\o /dev/null
select tenancy.protect('app.customers', 'required'), tenancy.protect('app.orders', 'required', create_index => 'never'),
  tenancy.protect('app.payments', 'required', 'tenant'), tenancy.protect('app.products', 'optional'), tenancy.protect('app.events', 'required');
\o
create view app.order_list with (security_invoker) as select o.*, c.region, c.tenant_id as customer_tenant_id
  from app.orders o join app.customers c on c.id = o.customer_id;
grant select, insert, update, delete on all tables in schema app to app;
reset role;
\i include/no_autovacuum.sql
insert into app.customers select t.n * 1000 + k, t.id, k % 20 from app.tenant t, generate_series(1, 20) k;
insert into app.products select k, case when k % 5 > 0 then t.id end, 'x' from generate_series(1, 4000) k join app.tenant t on t.n = 1 + k % 200;
insert into app.orders select row_number() over (), c.tenant_id, c.id, 5, timestamptz '2026-01-01' + k * interval '1 minute', k * 7919 % 1000, 'note'
  from app.customers c, generate_series(1, 10) k;
insert into app.payments select o.id, t.number, o.id, o.amount from app.orders o join app.tenant t on t.id = o.tenant_id;
insert into app.events select o.id, o.tenant_id, o.at, o.amount from app.orders o;
create index orders_by_time on app.orders (tenant_id, at, id);
create index orders_by_time_alone on app.orders (at, id);
create index orders_by_customer on app.orders (customer_id);
create index payments_by_order on app.payments (order_id);
analyze;

-- {o}, {c}, {q}, {e}, {v}: by hand the condition on the tenant, else nothing; {p} the same by number, {w} without public rows
create table app.query (name text primary key, words text);
insert into app.query values
  ('primary key', 'select * from app.orders o where o.id = 77{o}'),
  ('newest 10', 'select * from app.orders o where true{o} order by o.at desc limit 10'),
  ('keyset pagination', 'select * from app.orders o where (o.at, o.id) < (timestamptz ''2026-02-01'', 77){o} order by o.at desc, o.id desc limit 20'),
  ('count and sum', 'select count(*), sum(o.amount) from app.orders o where true{o}'),
  ('group by', 'select o.amount % 5, count(*) from app.orders o where true{o} group by 1'),
  ('join of three', 'select c.region, sum(p.amount) from app.customers c join app.orders o on o.customer_id = c.id
    join app.payments p on p.order_id = o.id where o.amount < 500{c}{o}{p} group by 1'),
  ('join with optional', 'select q.title, count(*) from app.orders o join app.products q on q.id = o.product_id where true{o}{q} group by 1'),
  ('exists', 'select count(*) from app.customers c where exists (select from app.orders o where o.customer_id = c.id and o.amount > 900{o}){c}'),
  ('anti-join', 'select count(*) from app.customers c where not exists (select from app.orders o where o.customer_id = c.id and o.amount > 900{o}){c}'),
  ('window function', 'select o.id, row_number() over (partition by o.customer_id order by o.at) from app.orders o where true{o}'),
  ('update by key', 'update app.orders o set note = ''new'' where o.id = 77{o}'),
  ('delete by key', 'delete from app.payments p where p.id = 77{p}'),
  ('update some', 'update app.orders o set note = ''new'' where o.amount < 500{o}'),
  ('update optional', 'update app.products q set title = ''new'' where q.title = ''x''{w}'),
  ('lock by key', 'select * from app.orders o where o.id = 77{o} for update'),
  ('partitioned table', 'select count(*), sum(e.value) from app.events e where e.value < 900{e}'),
  ('view', 'select * from app.order_list o where o.id = 77{o}{v}'),
  ('union', 'select o.id from app.orders o where o.amount = 7{o} union all select e.id from app.events e where e.value = 7{e}'),
  ('common table expression', 'with recent as materialized (select * from app.orders o where o.at > timestamptz ''2026-01-01 00:05''{o}) select count(*) from recent');

-- a plan in one line. What is asked once and lets all through (a Result), and a list with one part left after pruning, do not count.
create function app.shape(node jsonb) returns text language plpgsql as $$
declare
  children jsonb := coalesce(node -> 'Plans', '[]');
  kind text := node ->> 'Node Type';
begin
  if jsonb_array_length(children) = 1 and (kind in ('Append', 'Merge Append') or kind = 'Result' and node ? 'One-Time Filter') then
    return app.shape(children -> 0);
  end if;
  return concat_ws(' ', kind, regexp_replace(node ->> 'Relation Name', '\d$', ''), regexp_replace(node ->> 'Index Name', '\d', ''), node ->> 'Scan Direction', node ->> 'Join Type',
    node ->> 'Strategy', '(' || (select string_agg(app.shape(child), ', ' order by n) from jsonb_array_elements(children) with ordinality c (child, n)) || ')');
end
$$;
create function app.planned(words text) returns text language plpgsql as $$
declare
  plan jsonb;
begin
  execute 'explain (format json) ' || words into plan;
  return app.shape(plan -> 0 -> 'Plan');
end
$$;
create function app.written(words text, ids uuid[], numbers bigint[]) returns text language plpgsql as $$
declare
  by_id text := case when cardinality(ids) = 1 then format('= %L::uuid', ids[1]) else format('= any (%L::uuid[])', ids) end;
  by_number text := case when cardinality(ids) = 1 then format('= %s', numbers[1]) else format('= any (%L::integer[])', numbers) end;
  alias text;
begin
  foreach alias in array array['o', 'c', 'e'] loop
    words := replace(words, '{' || alias || '}', case when ids is null then '' else format(' and %s.tenant_id %s', alias, by_id) end);
  end loop;
  words := replace(words, '{v}', case when ids is null then '' else format(' and o.customer_tenant_id %s', by_id) end);
  words := replace(words, '{w}', case when ids is null then '' else format(' and q.tenant_id %s', by_id) end);
  words := replace(words, '{p}', case when ids is null then '' else format(' and p.tenant %s', by_number) end);
  return replace(words, '{q}', case when ids is null then '' else format(' and (q.tenant_id %s or q.tenant_id is null)', by_id) end);
end
$$;

create table app.by_hand as
select who, name, app.planned(app.written(words, ids, numbers)) as shape
from app.query, (values
  ('one', array[:globex]::uuid[], array[1020]::bigint[]),
  ('three', array[:acme, :east, :west]::uuid[], array[1010, 1011, 1012]::bigint[]),
  ('half', (select array_agg(id) from app.tenant where number % 2 = 0 and number > 0), (select array_agg(number) from app.tenant where number % 2 = 0 and number > 0)),
  ('all', null, null)) context (who, ids, numbers);
create function app.differing(context text) returns table (compared bigint, same bigint, others text) language sql as $$
  select count(*), count(*) filter (where now = shape), string_agg(name, ', ' order by name) filter (where now <> shape)
  from (select name, shape, app.planned(regexp_replace(words, '\{.\}', '', 'g')) as now from app.query join app.by_hand using (name) where who = context) both_plans
$$;
grant select on all tables in schema app to app;
\c - app
\set globex '''b0000000-0000-0000-0000-000000000000'''
\set ECHO all
begin; call app.act_as('gus'); select * from app.differing('one'); rollback;
-- PostgreSQL leaves out partitions for several tenants only if they are constants
begin; call app.act_as('mia'); select * from app.differing('three'); rollback;
-- by hand the join looks for payments by an index, because a list of tenants in a condition counts for more than a call
begin; select from tenancy.enter_tenant(:globex, 'half'); select * from app.differing('half'); rollback;
begin; call app.act_as('ada'); select * from app.differing('all'); rollback;

-- our own tables: a session of one tenant finds it by the key, not by looking at all tenants
begin;
call app.act_as('gus');
set local enable_seqscan = off;
explain (costs off) select name from tenancy.tenants;
explain (costs off) select email from tenancy.contacts;
select name from tenancy.tenants;
rollback;
begin; call app.act_as('mia'); set local enable_seqscan = off; explain (costs off) select name from tenancy.tenants; select name from tenancy.tenants; rollback;
begin; call app.act_as('ada'); explain (costs off) select name from tenancy.tenants; rollback;
-- no event of nobody's
begin; call app.act_as('pia'); select count(*) from tenancy.activity where tenant_id is null; rollback;
