-- The ordinary work of the owner of protected tables goes on without special rights and without a word.
\i include/world.sql
\o /dev/null
grant create on database :"DBNAME" to owner;
create role guards_ordinary_heir nologin;
grant guards_ordinary_heir to owner with admin option;
grant create on schema app to guards_ordinary_heir;
set role owner;
create table app.events (id integer, tenant_id uuid not null, what text, primary key (id)) partition by range (id);
select tenancy.protect('app.events', 'required', create_index => 'never');
create function app.stamp() returns trigger language plpgsql as $$ begin return new; end $$;
\o
-- partitions and children
create table app.events_1 partition of app.events for values from (1) to (100);
create table app.events_2 (like app.events including all);
alter table app.events attach partition app.events_2 for values from (100) to (200);
create table app.events_3 partition of app.events for values from (200) to (300) partition by range (id);
create table app.events_31 partition of app.events_3 default;
alter table app.events detach partition app.events_2;
alter table app.events attach partition app.events_2 for values from (100) to (200);
create table app.drafts () inherits (app.documents);
alter table app.drafts no inherit app.documents;
alter table app.drafts inherit app.documents;
drop table app.events_31;
-- columns, constraints, indexes, statistics
alter table app.documents add column note text default 'x', add column size integer not null default 0 check (size >= 0),
  add column twice integer generated always as (id * 2) stored;
alter table app.documents alter column size type bigint, alter column note set not null, alter column note set storage external,
  alter column size set statistics 10;
alter table app.documents alter column note drop not null, drop column twice;
alter table app.documents rename column note to remark;
alter table app.documents add constraint sizes check (size < 100) not valid;
alter table app.documents validate constraint sizes;
alter table app.documents drop constraint sizes;
alter table app.documents set (fillfactor = 90), alter column remark set default '';
create index documents_size on app.documents (size);
create unique index concurrently documents_remark on app.documents (tenant_id, id, remark);
create statistics app.of_documents on tenant_id, size from app.documents;
comment on table app.documents is 'documents';
alter index app.documents_size rename to by_size;
cluster app.documents using by_size;
vacuum full app.documents;
reindex table app.documents;
analyze app.documents;
drop index app.by_size, app.documents_remark;
drop statistics app.of_documents;
-- triggers, restrictive policies, views
create trigger zzzz before insert or update on app.documents for each row execute function app.stamp();
alter table app.documents disable trigger zzzz;
alter table app.documents enable always trigger zzzz;
alter trigger zzzz on app.documents rename to stamp;
drop trigger stamp on app.documents;
create policy small on app.documents as restrictive for select using (size < 10);
alter policy small on app.documents using (size < 20);
drop policy small on app.documents;
create view app.some_documents with (security_invoker) as select id from app.documents;
drop view app.some_documents;
alter table app.documents enable row level security, force row level security;
-- foreign keys, also by others
create table app.pages (id integer primary key, tenant_id uuid, document integer references app.documents on delete cascade);
alter table app.pages add column article integer references app.articles deferrable;
alter table app.pages alter constraint pages_article_fkey deferrable initially deferred;
alter table app.pages drop constraint pages_article_fkey;
\o /dev/null
select tenancy.protect('app.pages', 'optional', create_index => 'never');
\o
-- names, schemas, owners
create schema ordinary;
alter table app.pages set schema ordinary;
alter table ordinary.pages rename to leaves;
alter schema ordinary rename to unusual;
create schema authorization guards_ordinary_heir create table heirlooms (id integer primary key);
alter table app.events owner to guards_ordinary_heir;
alter table app.events_1 owner to guards_ordinary_heir;
set role guards_ordinary_heir;
create table app.events_4 partition of app.events for values from (300) to (400);
alter table app.events disable row level security;
reset role;
insert into app.events values (300, :acme, 'acme'), (301, :globex, 'globex');
grant select, insert on app.events to app;
set role app;
begin;
call app.act_as('ann');
select id from app.events;
insert into app.events values (302, :acme, 'acme');
insert into app.events values (303, :globex, 'globex');
rollback;
set role owner;
reassign owned by guards_ordinary_heir to owner;
-- logical replication of other tables, and of one tenant's rows
create table app.settings (id integer primary key);
create publication settings for table app.settings, app.documents where (tenant_id = 'a0000000-0000-0000-0000-000000000000');
drop publication settings;
-- tables of all kinds that are not protected
create temp table scratch (id integer);
alter table scratch disable trigger all, enable row level security;
create policy everyone on scratch using (true);
alter policy everyone on scratch using (false);
create rule nothing as on insert to scratch do instead nothing;
drop policy everyone on scratch;
drop table scratch;
create table app.copied as select * from app.documents;
select * into app.copied2 from app.documents;
select count(*) from app.copied;
alter table app.settings disable row level security;
create trigger own before insert on app.settings for each row execute function app.stamp();
alter table app.settings disable trigger user;
drop table app.settings, app.copied, app.copied2, app.drafts, unusual.leaves;
-- TRUNCATE by a session that writes everything
grant truncate on app.articles to app;
set role app;
begin;
call app.act_as('ada');
truncate app.articles;
rollback;
-- a command that is rolled back leaves nothing behind
set role owner;
begin;
savepoint here;
alter table app.documents disable row level security;
rollback to here;
alter table app.documents add column later text;
commit;
alter table all in tablespace pg_default owned by owner set tablespace pg_default;
reset role;
select relation, m from tenancy.protected_tables, tenancy.mend(relation) m;
drop owned by guards_ordinary_heir;
drop role guards_ordinary_heir;
