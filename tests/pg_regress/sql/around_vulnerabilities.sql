-- Ways around, PostgreSQL's own vulnerabilities about row security, and about what statistics and messages tell, that were
-- fixed in past years: in the form in which they were open. Our policies ask for the context in every row, and do not lean on
-- the role for which a plan was made.
\i include/world.sql
\i include/rolled.sql
\o /dev/null
-- rolled.by_role: policies for roles, which is what most of them were about
set role owner;
create table rolled.by_role as select * from rolled.documents with no data;
alter table rolled.by_role enable row level security, force row level security;
create policy acme on rolled.by_role to alice using (tenant_id = 'a0000000-0000-0000-0000-000000000000');
create policy globex on rolled.by_role to bob using (tenant_id = 'b0000000-0000-0000-0000-000000000000');
grant select on rolled.by_role to public;
create view app.invoked with (security_invoker) as select * from app.documents;
create function app.listed() returns setof app.documents language sql stable as 'select * from app.documents';
create function app.below() returns setof app.documents language sql stable as 'with d as (select * from app.documents) select * from d';
create function rolled.below() returns setof rolled.by_role language sql stable as 'with d as (select * from rolled.by_role) select * from d';
create function app.one() returns text language sql stable as $$ select string_agg(title, ', ' order by id) from app.documents $$;
grant select on app.invoked to public;
reset role;
insert into rolled.by_role select * from rolled.documents;
create statistics rolled.of_events (mcv) on tenant_id, what from rolled.events_1;
create statistics app.of_events (mcv) on tenant_id, what from app.events_1;
insert into rolled.events select n, :acme, 'acme' from generate_series(2, 50) n;
insert into app.events select n, :acme, 'acme' from generate_series(3, 50) n;
analyze app.documents, app.articles, app.events, app.events_1, rolled.documents, rolled.events, rolled.events_1;
\o

-- CVE-2016-2193, CVE-2023-2455, CVE-2024-10976: a plan made for one role served another, plainly, where a function was inlined,
-- and where row security is below a sub-query, a WITH, a view of the invoker's or a function that returns rows
create role around_two login in role alice, bob;
\c - around_two
prepare by_role as select :titles from (select * from rolled.by_role offset 0) d;
prepare by_role_below as select :titles from rolled.below();
prepare plain as select :titles from app.documents;
prepare subquery as select :titles from (select * from app.documents offset 0) d;
prepare cte as with d as materialized (select * from app.documents) select :titles from d;
prepare sublink as select (select :titles from app.documents), exists (select from app.documents where tenant_id = 'a0000000-0000-0000-0000-000000000000') as acme;
prepare invoked as select :titles from app.invoked;
prepare listed as select :titles from app.listed();
prepare below as select :titles from app.below();
prepare one as select app.one();
create function pg_temp.all_of_them() returns setof text language plpgsql as $$
declare
  each text;
  shown text;
begin
  foreach each in array array['plain', 'subquery', 'cte', 'sublink', 'invoked', 'listed', 'below', 'one'] loop
    execute 'execute ' || each into shown;
    return next each || ': ' || coalesce(shown, 'nothing');
  end loop;
end $$;
set plan_cache_mode = force_generic_plan;
set role alice;
execute by_role;
execute by_role_below;
select pg_temp.all_of_them();
set role bob;
execute by_role;
execute by_role_below;
select pg_temp.all_of_them();
-- the same where the context changes below the plans, and where a superuser made them
\c - app
prepare below as select :titles from app.below();
prepare subquery as select :titles from (select * from app.documents offset 0) d;
prepare cte as with d as materialized (select * from app.documents) select :titles from d;
prepare invoked as select :titles from app.invoked;
prepare listed as select :titles from app.listed();
set plan_cache_mode = force_generic_plan;
begin; call app.act_as('mia'); execute subquery; execute cte; execute invoked; execute listed; execute below; commit;
begin; call app.act_as('gus'); execute subquery; execute cte; execute invoked; execute listed; execute below; commit;
execute subquery; execute cte; execute invoked; execute listed; execute below;
\c - postgres
prepare subquery as select :titles from (select * from app.documents offset 0) d;
prepare listed as select :titles from app.listed();
set plan_cache_mode = force_generic_plan;
execute subquery;
execute listed;
set role bob;
execute subquery;
execute listed;
set session authorization bob;
execute subquery;
execute listed;

-- CVE-2017-15099: ON CONFLICT DO UPDATE did not ask the SELECT policies about the row in the way. CVE-2023-39418: MERGE did not ask
-- the UPDATE and SELECT policies. By hand: one may write the rows of all tenants, but read one's own; and read, but write nothing.
\c - owner
create table rolled.written (like rolled.documents including indexes);
create table rolled.read (like rolled.documents including indexes);
alter table rolled.written enable row level security, force row level security;
alter table rolled.read enable row level security, force row level security;
create policy writes on rolled.written for update using (true) with check (true);
create policy adds on rolled.written for insert with check (true);
create policy reads on rolled.written for select using (tenant_id = rolled.tenant());
create policy reads on rolled.read for select using (true);
create policy writes on rolled.read for update using (tenant_id = rolled.tenant());
grant all on rolled.written, rolled.read to public;
\c - postgres
insert into rolled.written select * from app.documents;
insert into rolled.read select * from app.documents;
\c - bob
insert into rolled.written values (3, :globex, 'x') on conflict (id) do update set title = written.title || ' seen' returning title;
insert into rolled.written values (3, :globex, 'x') on conflict (id) do update set title = 'x';
merge into rolled.written d using (values (3)) v (id) on d.id = v.id when matched then update set title = 'x';
merge into rolled.read d using (values (3)) v (id) on d.id = v.id when matched then update set title = 'x';
merge into rolled.read d using (values (3)) v (id) on d.id = v.id when matched then delete;
-- pol may write Acme's subtenants' rows, but not read them
\c - app
begin; call app.act_as('pol');
insert into app.documents values (3, :acme, 'x') on conflict (id) do update set title = documents.title || ' seen' returning title;
rollback;
begin; call app.act_as('pol');
insert into app.documents values (3, :acme, 'x') on conflict (id) do update set title = 'x';
rollback;
begin; call app.act_as('pol');
insert into app.documents values (3, :acme, 'x') on conflict on constraint documents_pkey do update set id = 3;
rollback;

-- aud reads Acme's whole hierarchy and writes nothing
begin; call app.act_as('aud');
merge into app.documents d using (values (2), (3)) v (id) on d.id = v.id when matched then update set title = 'x';
rollback;
begin; call app.act_as('pol');
merge into app.documents d using (values (3)) v (id) on d.id = v.id when matched then update set title = 'x';
merge into app.documents d using (values (2)) v (id) on d.id = v.id when matched then update set tenant_id = :globex;
rollback;
begin; call app.act_as('aud');
merge into app.documents d using (values (2)) v (id) on d.id = v.id when matched then delete;
rollback;

-- CVE-2017-7484, CVE-2019-10130, CVE-2025-8713: the planner showed sampled values to operators of the attacker's; for tables,
-- for row security, and by way of views, partitions and inheritance children
\c - bob
create function playground.leak(text, text) returns boolean language plpgsql immutable
  as $$ begin raise notice 'sampled %', $1; return true; end $$;
create operator playground.<~ (leftarg = text, rightarg = text, function = playground.leak, restrict = scalarltsel, join = scalarltjoinsel);
create view playground.seen as select * from app.documents;
create view playground.rolled as select * from rolled.documents;
-- it does see samples, where it may: of a table of the attacker's own
create table playground.own as select 'own ' || n as title from generate_series(1, 3) n;
analyze playground.own;
\o /dev/null
explain (costs off) select * from playground.own where title operator(playground.<~) 'x';
\o
-- and nowhere else
\o /dev/null
explain (costs off) select * from rolled.documents where title operator(playground.<~) 'x';
explain (costs off) select * from playground.rolled where title operator(playground.<~) 'x';
explain (costs off) select * from app.documents where title operator(playground.<~) 'x';
explain (costs off) select * from app.events where what operator(playground.<~) 'x';
explain (costs off) select * from app.events_1 where what operator(playground.<~) 'x';
explain (costs off) select * from playground.seen where title operator(playground.<~) 'x';
explain (costs off) select * from playground.seen s join app.articles a on s.title operator(playground.<~) a.title;
\o

-- but by hand in a partition, which has no policies
explain (costs off) select * from rolled.events_1 where what operator(playground.<~) 'x';
-- CVE-2024-4317: those of several columns were shown to others than the owner, where there is no row security
select statistics_schemaname, tablename from pg_stats_ext where most_common_vals is not null;

-- CVE-2014-8161, CVE-2021-3393: messages about broken constraints showed columns that the session may not read
\c - owner
alter table app.documents add column secret text default 'the secret', add constraint short check (length(title) < 20);
alter table app.events add column secret text default 'the secret';
revoke select on app.documents, app.events from public;
grant select (id, title) on app.documents to public;
grant select (id, what) on app.events to public;
\c - bob
update app.documents set title = repeat('x', 30);
update app.events set id = 999 where id = 2;
update app.documents set id = 1 where id = 5;
-- and by hand
\c - owner
alter table rolled.documents add column secret text default 'the secret', add constraint short check (length(title) < 20);
revoke select on rolled.documents from public;
grant select (id, title) on rolled.documents to public;
\c - bob
update rolled.documents set title = repeat('x', 30);
update rolled.documents set id = 1 where id = 5;
-- and the row of another tenant that an index finds while it is built is named to nobody but its owner
create unique index on app.documents (title);

-- CVE-2024-0985, CVE-2022-1552: what a superuser refreshes, reindexes or analyzes runs as its owner. The attacker's view asks
-- for all rows and gets those of a session that acts for nobody.
create materialized view playground.rolled_hoard as select id, title from rolled.documents with no data;
create materialized view playground.hoard as select * from app.invoked with no data;
create unique index on playground.hoard (id);
\c - postgres
grant select on app.documents to public;
refresh materialized view playground.rolled_hoard;
select count(*) from playground.rolled_hoard;
refresh materialized view playground.hoard;
refresh materialized view concurrently playground.hoard;
select count(*) from playground.hoard;
