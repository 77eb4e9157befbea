-- What the planner is told of calls that are no policies.
\i include/world.sql
\c - app

-- A condition of the user's own about a column that its table fills, where an outer join did not: public, says can_read(NULL).
call app.act_as('ann', for_session => true);
select tenancy.can_read(null);
create temp table numbers as select generate_series(1, 3) as id;
select n.id, d.title from numbers n left join app.documents d using (id) where tenancy.can_read(d.tenant_id) order by 1;
select n.id, d.title from numbers n left join app.documents d using (id) where not tenancy.can_read(d.tenant_id) order by 1;
explain (costs off) select n.id, d.title from numbers n left join app.documents d using (id);
-- and in a subquery, about which the planner asks in the name of the query around it
create temp table outside (id integer, tenant_id uuid not null);
create temp table inside (id integer, tenant_id uuid);
insert into outside values (1, :acme);
insert into inside values (1, null);
select id from outside o where exists (select from inside i where i.id = o.id and tenancy.can_read(i.tenant_id)) or id = 5;

-- ON CONFLICT: only policies go before the statement's own condition; what else it asks is its own business
create temp table own (id integer primary key, tenant_id uuid, times integer);
insert into own values (1, :globex, 1);
insert into own values (1, null, 0) on conflict (id) do update set times = 2 where own.times > 100 returning tenancy.can_write(own.tenant_id);
insert into own values (1, null, 0) on conflict (id) do update set times = own.times + tenancy.can_write(own.tenant_id)::integer where own.times > 100;
insert into own values (1, null, 0) on conflict (id) do update set times = 3 where tenancy.can_write(own.tenant_id);
select times from own;

-- a cast of PL/pgSQL, which is planned without a query: no crash
\c - postgres
create cast (boolean as uuid) with function tenancy.writable_tenant(boolean) as assignment;
create cast (uuid as boolean) with function tenancy.can_read(uuid) as assignment;
do $$
declare
  tenant uuid;
  known boolean;
begin
  select true into tenant;
  select tenant into known;
  raise notice '% %', tenant, known;
end
$$;
