-- Ways around, writing: into, out of and between tenants, by every kind of statement. First against row security made by hand,
-- then against pg_tenancy. (More of each: promise_untouchable_writes, promise_untouchable_merge, promise_invisible_copy,
-- promise_invisible_parts.)
\i include/world.sql
\i include/rolled.sql
\c - bob

-- TRUNCATE, to which row security does not apply
begin; truncate rolled.documents cascade; rollback;
truncate app.documents cascade;
truncate app.comments;
truncate app.events_1;
truncate only app.events;

-- a partition by its own name: the policies are those of the table that is named
select what from rolled.events order by id;
select what from rolled.events_1 order by id;
select what from app.events_1 order by id;
update rolled.events_1 set what = 'seen' where tenant_id <> rolled.tenant() returning tenant_id;
update app.events_1 set what = 'seen' returning what;
insert into rolled.events_1 values (20, :acme, 'for Acme');
insert into app.events_1 values (20, :acme, 'for Acme');
copy rolled.events_2 to stdout;
copy app.events_2 to stdout;
-- and one made later
\c - owner
create table rolled.events_3 partition of rolled.events for values from (200) to (300);
create table app.events_3 partition of app.events for values from (200) to (300);
grant all on rolled.events_3, app.events_3 to public;
\c - alice
insert into rolled.events values (201, :acme, 'acme 201');
insert into app.events values (201, :acme, 'acme 201');
\c - bob
select what from rolled.events_3;
select what from app.events_3;

-- a row that is given to another tenant, or taken from it: not where each policy says USING and WITH CHECK
update rolled.documents set tenant_id = :acme where id = 5;
update rolled.documents set tenant_id = :globex returning id;
insert into rolled.documents values (1, :globex, 'x') on conflict (id) do update set tenant_id = :globex, title = documents.title returning title;
insert into rolled.documents values (5, :globex, 'x') on conflict (id) do update set tenant_id = :acme;
merge into rolled.documents d using (values (1), (5)) v (id) on d.id = v.id when matched then update set tenant_id = :acme;
merge into rolled.documents d using (values (80)) v (id) on d.id = v.id when not matched then insert values (v.id, :acme, 'x');
with moved as (delete from rolled.documents returning *) insert into rolled.documents select id + 100, :acme, title from moved;
\copy rolled.documents from /dev/null
-- but USING alone is asked of new rows, too: who may read public rows writes them, and makes his own public. And each further
-- policy is one more way in
\c - owner
create table rolled.articles (id integer primary key, tenant_id uuid default rolled.tenant(), title text);
alter table rolled.articles enable row level security, force row level security;
create policy tenant_or_public on rolled.articles using (tenant_id = rolled.tenant() or tenant_id is null);
create table rolled.reports (id integer primary key, tenant_id uuid default rolled.tenant(), title text);
alter table rolled.reports enable row level security, force row level security;
create policy tenant on rolled.reports for all using (tenant_id = rolled.tenant());
create policy reporters on rolled.reports for insert with check (title = 'for Acme');
grant all on rolled.articles, rolled.reports to public;
\c - postgres
insert into rolled.articles select * from app.articles;
insert into rolled.reports select * from rolled.documents;
\c - bob
update rolled.articles set title = 'read this' where tenant_id is null returning title;
update rolled.articles set tenant_id = null where id = 4 returning title;
insert into rolled.reports values (90, :acme, 'for Acme');
\copy rolled.reports from /dev/null
merge into rolled.reports r using (values (92)) v (id) on r.id = v.id when not matched then insert values (v.id, :acme, 'for Acme');
with new as (insert into rolled.reports values (93, :acme, 'for Acme')) select 1 as done;
update app.articles set title = 'read this' where tenant_id is null returning title;
update app.articles set tenant_id = null where id = 4 returning title;
insert into app.articles values (90, null, 'read this');
\c - alice
select :titles from rolled.articles where tenant_id is null;
select :titles from rolled.reports where title = 'for Acme';
\c - bob
update rolled.documents set tenant_id = :acme where id = 5;
update app.documents set tenant_id = :acme where id = 5;
update app.documents set tenant_id = :globex returning id;
insert into app.documents values (1, :globex, 'x') on conflict (id) do update set tenant_id = :globex, title = documents.title returning title;
insert into app.documents values (5, :globex, 'x') on conflict (id) do update set tenant_id = :acme;
merge into app.documents d using (values (1), (5)) v (id) on d.id = v.id when matched then update set tenant_id = :acme;
merge into app.documents d using (values (1)) v (id) on d.id = v.id
  when matched then delete when not matched then insert values (v.id, :globex, 'x');
merge into app.documents d using (values (80)) v (id) on d.id = v.id when not matched then insert values (v.id, :acme, 'x');
with moved as (delete from app.documents returning *) insert into app.documents select id + 100, :acme, title from moved;
with new as (insert into app.documents values (81, :globex, 'x') returning id)
update app.documents d set tenant_id = :acme from new where d.id = 5;
\copy app.documents from /dev/null

-- a trigger of the owner's that fires after all others, and a generated column: the check comes after them
\c - owner
create function app.give_away() returns trigger language plpgsql as $$
begin
  if new.title like 'give away%' then new.tenant_id := 'a0000000-0000-0000-0000-000000000000'; end if;
  return new;
end $$;
create trigger "zzzz_last" before insert or update on rolled.documents for each row execute function app.give_away();
create trigger "zzzz_last" before insert or update on app.documents for each row execute function app.give_away();
-- but not by hand where a trigger checks, and its name is not the last one
create table rolled.checked (id integer primary key, tenant_id uuid default rolled.tenant(), title text);
alter table rolled.checked enable row level security, force row level security;
create policy reads on rolled.checked for select using (tenant_id = rolled.tenant());
create policy adds on rolled.checked for insert with check (true);
create trigger "zzzz_last" before insert or update on rolled.checked for each row execute function app.give_away();
create function rolled.check_tenant() returns trigger language plpgsql as $$
begin
  if new.tenant_id is distinct from rolled.tenant() then raise 'not your tenant''s'; end if;
  return new;
end $$;
create trigger check_tenant before insert or update on rolled.checked for each row execute function rolled.check_tenant();
grant all on rolled.checked to public;
create table app.later (id integer, tenant_id uuid not null, document integer generated always as (id - 4) stored references app.documents);
select from tenancy.protect('app.later', 'required', create_index => 'never');
grant all on app.later to public;
\c - bob
insert into rolled.documents (id, title) values (83, 'give away 83');
insert into rolled.checked (id, tenant_id, title) values (82, :acme, 'for Acme');
insert into rolled.checked (id, title) values (83, 'give away 83');
insert into app.documents (id, title) values (83, 'give away 83');
update app.documents set title = 'give away 5' where id = 5;
insert into app.later (id) values (5);
insert into app.later (id) values (9) returning document;

\c - alice
select title from rolled.checked;
\c - bob

-- the referring side: somebody else's row
insert into rolled.comments (id, document_id, text) values (90, 1, 'under a document of Acme''s');
insert into app.comments (id, document_id, text) values (90, 1, 'under a document of Acme''s');
update app.comments set document_id = 1 where id = 2;
-- the side that is referred to: a cascade reaches rows of others, which the reference had let in
\c - alice
delete from rolled.documents where id = 1;
delete from app.documents where id = 1;
\c - postgres
select c.id, c.tenant_id from rolled.comments c order by 1;
select c.id, c.tenant_id from app.comments c order by 1;
-- it changes its tenant, its key is freed and taken, its subtree leaves: for superusers, too
update rolled.documents set tenant_id = :acme where id = 5;
update app.documents set tenant_id = :acme where id = 5;
delete from app.comments where id = 2;
insert into app.comments values (91, :east, 2, 'east on acme 2');
update tenancy.tenants set parent_id = null where id = :east;
select count(*) from tenancy.violations();
select c.id from rolled.comments c join rolled.documents d on d.id = c.document_id and d.tenant_id <> c.tenant_id order by 1;

-- a public row by a foreign key with the tenant in it, at which PostgreSQL does not look where that is NULL: any key, also another
-- tenant's
\c - owner
create table rolled.cases (tenant_id uuid default rolled.tenant(), id integer, unique (tenant_id, id));
create table rolled.links (tenant_id uuid default rolled.tenant(), case_id integer, foreign key (tenant_id, case_id) references rolled.cases (tenant_id, id));
create table app.cases (tenant_id uuid, id integer, unique (tenant_id, id));
create table app.links (tenant_id uuid, case_id integer, foreign key (tenant_id, case_id) references app.cases (tenant_id, id));
alter table rolled.cases enable row level security, force row level security;
alter table rolled.links enable row level security, force row level security;
create policy tenant_or_public on rolled.cases using (tenant_id = rolled.tenant() or tenant_id is null);
create policy tenant_or_public on rolled.links using (tenant_id = rolled.tenant() or tenant_id is null);
select tenancy.protect(name::regclass, 'optional', create_index => 'never') from unnest('{app.cases,app.links}'::text[]) name \g /dev/null
grant all on rolled.cases, rolled.links, app.cases, app.links to public;
\c - postgres
insert into rolled.cases values (:globex, 5);
insert into app.cases values (:globex, 5);
\c - carol
insert into rolled.links values (null, 5);
select count(*) from rolled.links;
insert into app.links values (null, 5);
select count(*) from app.links;
