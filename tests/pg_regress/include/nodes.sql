\set ECHO none
-- For each node of a plan that can hold rows back, a query whose plan has it and whose session reads several tenants.
-- Needs nothing but the extension; ends as superuser.
\c - postgres
insert into tenancy.tenants (id, name, parent_id, allows_subtenants) values
  ('10000000-0000-0000-0000-000000000000', 'provider', null, false),
  ('a0000000-0000-0000-0000-000000000000', 'above', null, true),
  ('ae000000-0000-0000-0000-000000000000', 'below', 'a0000000-0000-0000-0000-000000000000', false);
insert into tenancy.roles (name, read_access, write_access) values ('reads several', 'home_subtenants', 'home_subtenants');
create procedure app.enter_several() language plpgsql security definer as
  $$ begin perform tenancy.enter_tenant('a0000000-0000-0000-0000-000000000000', 'reads several'); end $$;

set role owner;
create table app.doc (id integer primary key, tenant_id uuid not null, body text, n integer);
create table app.line (id integer primary key, tenant_id uuid not null, n integer) partition by range (id);
create table app.line_1 partition of app.line for values from (0) to (150);
create table app.line_2 partition of app.line for values from (150) to (1000);
insert into app.doc
select n, case n % 2 when 0 then 'a0000000-0000-0000-0000-000000000000' else 'ae000000-0000-0000-0000-000000000000' end::uuid,
  'body ' || n % 50, n % 50
from generate_series(1, 300) n;
insert into app.line select id, tenant_id, n from app.doc;
create index on app.doc (n);
create index on app.line (n);
create table app.narrow as select id, tenant_id from app.doc;
create index on app.narrow (id, tenant_id);
select tenancy.protect('app.doc', 'required', create_index => 'never'), tenancy.protect('app.line', 'required', create_index => 'never'),
  tenancy.protect('app.narrow', 'required', create_index => 'never') \g /dev/null
grant select, update on app.doc, app.line, app.narrow to app;
create function app.bodies() returns setof text language sql volatile as 'select body from app.doc order by id';
create function app.bodies_collected() returns setof text language plpgsql as 'begin return query select body from app.doc order by id; end';
create function app.bodies_in_array() returns text[] language plpgsql as 'begin return array(select body from app.doc order by id); end';
grant execute on all functions in schema app to app;

-- `off`: the ways to plan that are switched off. Gather and its like stand only in plans of the extended protocol's portals.
create table app.nodes (node text, off text[], query text, in_portals_only boolean default false);
insert into app.nodes values
  ('Seq Scan', '{}', 'select body from app.doc'),
  ('Sample Scan', '{}', 'select body from app.doc tablesample bernoulli (100)'),
  ('Tid Scan', '{seqscan}', $$select body from app.doc where ctid = any (array(select ('(0,' || n || ')')::tid from generate_series(1, 100) n))$$),
  ('Tid Range Scan', '{seqscan}', $$select body from app.doc where ctid < '(1000,1)'$$),
  ('Index Scan', '{seqscan,bitmapscan}', 'select body from app.doc where n < 40'),
  ('Index Only Scan', '{seqscan,bitmapscan}', 'select id from app.narrow where id < 100'),
  ('Bitmap Heap Scan', '{seqscan,indexscan}', 'select body from app.doc where n < 40'),
  ('BitmapOr', '{seqscan,indexscan}', 'select body from app.doc where n < 40 or id < 50'),
  ('Sort', '{}', 'select body from app.doc order by body'),
  ('Incremental Sort', '{seqscan,bitmapscan,sort}', 'select body from app.doc order by n, body'),
  ('Materialize', '{hashjoin,mergejoin}', 'select a.body from app.doc a, app.doc b where a.id <> b.id'),
  ('Hash Join', '{mergejoin,nestloop}', 'select a.body from app.doc a join app.doc b on a.n = b.id'),
  ('Merge Join', '{hashjoin,nestloop}', 'select a.body from app.doc a join app.doc b on a.n = b.n'),
  ('Nested Loop', '{hashjoin,mergejoin,material}', 'select a.body from app.doc a, app.doc b where a.id <> b.id'),
  ('Memoize', '{hashjoin,mergejoin,seqscan,material}', 'select b.body from app.doc a join app.doc b on a.n = b.id'),
  ('HashAggregate', '{sort}', 'select n, count(*) from app.doc group by n'),
  ('GroupAggregate', '{hashagg}', 'select n, count(*) from app.doc group by n'),
  ('MixedAggregate', '{}', 'select n, body, count(*) from app.doc group by grouping sets ((n), (body), ())'),
  ('Group', '{hashagg}', 'select n from app.doc group by n'),
  ('Unique', '{hashagg}', 'select distinct body from app.doc'),
  ('WindowAgg', '{}', 'select body, sum(n) over (partition by n) from app.doc'),
  ('HashSetOp', '{}', 'select n from app.doc except select 0'),
  ('SetOp', '{hashagg}', 'select n from app.doc except select 0'),
  ('Append', '{}', 'select n from app.line'),
  ('Merge Append', '{seqscan,bitmapscan,sort}', 'select id from app.line order by n'),
  ('Limit', '{}', 'select body from app.doc order by body limit 100'),
  ('LockRows', '{}', 'select body from app.doc order by id for update'),
  ('CTE Scan', '{}', 'with d as materialized (select body from app.doc order by body) select * from d'),
  ('Recursive Union', '{}', 'with recursive d as (select id from app.doc where id < 3 union all select e.id from d join app.doc e on e.id = d.id + 2) select * from d'),
  ('WorkTable Scan', '{}', 'with recursive d as (select id from app.doc where id < 3 union select e.id from d join app.doc e on e.id = d.id + 2) select * from d'),
  ('Subquery Scan', '{}', 'select * from (select body, row_number() over (order by body) as nth from app.doc) d where nth % 2 = 1'),
  ('SubPlan', '{}', 'select n from generate_series(1, 100) n where n not in (select id + 1000 from app.doc)'),
  ('InitPlan', '{}', 'select n, (select max(body) from app.doc) from generate_series(1, 100) n'),
  ('Function Scan on bodies', '{}', 'select * from app.bodies()'),
  ('Function Scan on bodies_collected', '{}', 'select * from app.bodies_collected()'),
  ('Function Scan on unnest', '{}', 'select * from unnest(app.bodies_in_array())'),
  ('ProjectSet', '{}', 'select app.bodies()'),
  ('Result', '{}', 'select unnest(app.bodies_in_array()) || 1'),
  ('Values Scan', '{}', 'select * from (values ((select max(body) from app.doc)), ((select min(body) from app.doc)), ((select max(body) from app.doc where n < 4))) v, generate_series(1, 100)'),
  ('Gather', '{}', 'select body from app.doc'),
  ('Gather Merge', '{}', 'select body from app.doc order by body');
select current_setting('server_version_num')::integer >= 170000 as has_json_table \gset
\if :has_json_table
  insert into app.nodes values
    ('Table Function Scan', '{}', $$select * from json_table((select json_agg(body order by id) from app.doc), '$[*]' columns (body text path '$')) d$$);
\endif
update app.nodes set in_portals_only = true where node ~ 'Gather';
grant select on app.nodes to app;

reset role;
analyze app.doc, app.line, app.narrow;
\set ECHO all
